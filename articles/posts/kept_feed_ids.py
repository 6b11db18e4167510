"""The feed ids that subscribers have from an old site, so that its items do not become new ones.

A post carries its old id in its layout until its digest is published; see
`articles.digests.identifiers`.
"""

from django.utils.translation import gettext as _

from articles.digests.identifiers import KEPT_ID
from articles.document import Document
from articles.models import Digest
from articles.models.digest import MAX_FEED_ID_LENGTH
from articles.posts.post_files import PostFile
from articles.rules import permalinks


class KeptFeedIds:
    """The old ids of one import. `site` is the address of the old site; if it is empty, no ids are
    kept."""

    def __init__(self, site: str):
        self.site = site
        self.files: dict[str, str] = {}

    def keep(self, post: Document, file: PostFile) -> list[str]:
        """Note in a post the id that it had on the old site. Returns why not, if it cannot."""
        if not self.site:
            return []
        paths = permalinks.of_post(post.front_matter, file.stem, post.date)
        feed_id = permalinks.feed_id(self.site, paths)
        if len(feed_id) > MAX_FEED_ID_LENGTH:
            return [_("The feed id %(id)s is too long, so it is not kept.") % {"id": feed_id}]
        first = self.files.setdefault(feed_id, file.name)
        digest = Digest.objects.filter(feed_id=feed_id).exclude(date=post.date).first()
        if digest or first != file.name:
            message = _("The feed id %(id)s is that of %(other)s already, so it is not kept.")
            return [message % {"id": feed_id, "other": digest.date if digest else first}]
        post.layout[KEPT_ID] = feed_id
        return []


def has_new_feed_id(digest: Digest, post: Document) -> bool:
    """Whether a post brings an old feed id to a digest that was never published here. Without one,
    the post takes over the id of an earlier import."""
    kept = digest.layout.get(KEPT_ID)
    if kept:
        post.layout.setdefault(KEPT_ID, kept)
    return not digest.feed_id and post.layout.get(KEPT_ID) != kept
