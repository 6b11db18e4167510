"""Slugs that articles had with readers before.

The slug of a published article stays (see `articles.digests.editing`), with one exception: an
article that was taken out and brought back, when another one had been given its slug meanwhile.
"""

from articles.digests.revisions import Kind
from articles.models import Article, Digest


def article_once_at(digest: Digest, slug: str) -> Article | None:
    """The article of a digest, whose parts are loaded, that readers once had under a slug.

    None if they never had one there that is still in the digest. Of several the one that had it
    last.
    """
    here = {str(article.uid): article for article in digest.articles.all()}
    saved = digest.revisions.filter(kind=Kind.SAVED, data__status=Digest.Status.PUBLISHED)
    texts = saved.order_by("-number").values_list("data__articles", flat=True)
    for articles in texts.iterator(chunk_size=20):
        for text in articles:
            if text["slug"] == slug and text["uid"] in here:
                return here[text["uid"]]
    return None
