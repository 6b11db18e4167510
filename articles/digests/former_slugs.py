"""Former slugs of articles that readers may still use.

The slug of a published article stays (see `articles.digests.editing`). There is one exception: an
article that was removed and restored, when another article had taken its slug meanwhile.
"""

from articles.digests.revisions import Kind
from articles.models import Article, Digest
from articles.rules.text import fold


def article_at(digest: Digest, slug: str) -> Article | None:
    """The article of a digest with this slug in any spelling, else the one that readers once had
    under it. The digest's parts must be loaded."""
    written = fold(slug)
    same = (article for article in digest.articles.all() if article.slug == written)
    return next(same, None) or article_once_at(digest, written)


def article_once_at(digest: Digest, slug: str) -> Article | None:
    """The article of a digest that readers once had under a slug. The digest's parts must be
    loaded.

    None if no article of the digest ever had that slug with readers. If several had it, the latest
    one wins.
    """
    here = {str(article.uid): article for article in digest.articles.all()}
    saved = digest.revisions.filter(kind=Kind.SAVED, data__status=Digest.Status.PUBLISHED)
    texts = saved.order_by("-number").values_list("data__articles", flat=True)
    for articles in texts.iterator(chunk_size=20):
        for text in articles:
            if text["slug"] == slug and text["uid"] in here:
                return here[text["uid"]]
    return None
