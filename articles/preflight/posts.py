"""A post's document as a snapshot to check, without saving anything."""

from articles.document import Document
from articles.lines import citation_data
from articles.text import unique_slug

TEXTS = ("headline", "points", "technical_significance", "industry_impact", "outlook")


def snapshot_of(post: Document, name: str = "") -> dict:
    """What `check` needs to know of a post; `name` is its file's, without the suffix.

    Articles are told apart by slugs of their headlines, as they have no permanent id yet.
    """
    slugs: list[str] = []
    for article in post.articles:
        slugs.append(unique_slug(article.headline, slugs))
    return {
        "date": post.date.isoformat(),
        "title": post.title,
        "introduction": post.introduction,
        "language": post.language,
        "publish_at": post.stamp.isoformat(),
        "slug": name,
        "articles": [
            {name: getattr(article, name) for name in TEXTS}
            | {
                "uid": slug,
                "slug": slug,
                "citations": [citation_data(citation) for citation in article.citations],
                "tags": [],
                "drafted_by": "",
                "read_by": "",
            }
            for article, slug in zip(post.articles, slugs, strict=True)
        ],
    }
