"""What stands beside an article that is read: its citations, their excerpts, and its figures."""

from itertools import pairwise

from django.utils.html import format_html, format_html_join

from articles.fields import IMPLICATION_FIELDS
from articles.posts.pushes import excerpts
from articles.preflight import figures
from articles.rules.addresses import comparison_key, domain_of
from articles.rules.rendering import plain
from articles.rules.validators import is_web_address


def citations(digest, article):
    """The citations of an article in a snapshot, each with the excerpt of its page, in which the
    figures of the article are marked. One query."""
    known = excerpts.of_article(digest, article)
    wanted = _figures_of(article)
    rows = []
    for citation in article["citations"]:
        url = citation["url"]
        excerpt = known.get(comparison_key(url), "") if url else ""
        rows.append(
            {
                **citation,
                "href": url if is_web_address(url) else "",
                "domain": domain_of(url) if is_web_address(url) else "",
                "excerpt": excerpt and _marked(excerpt, figures.common(excerpt, wanted)),
                "meanings": {figure.meaning for figure in figures.spot(excerpt)},
            }
        )
    return rows


def missing(article, cited):
    """The figures of an article that are in no excerpt, each once; None without excerpts."""
    if not any(row["excerpt"] for row in cited):
        return None
    known = set().union(*(row["meanings"] for row in cited))
    left = [figure.text for figure in _figures_of(article) if figure.meaning not in known]
    return list(dict.fromkeys(left))


def _figures_of(article):
    texts = [article["headline"], *article["points"]]
    texts += [article[name] for name in IMPLICATION_FIELDS]
    return [figure for text in texts for figure in figures.spot(plain(text))]


def _marked(text, found):
    """The text as HTML with its figures in `<mark>`."""
    edges = [0, *(edge for figure in found for edge in (figure.start, figure.end)), len(text)]
    # The parts alternate between text and figures, text first.
    parts = [
        format_html("<mark>{}</mark>" if number % 2 else "{}", text[a:b])
        for number, (a, b) in enumerate(pairwise(edges))
    ]
    return format_html_join("", "{}", ((part,) for part in parts))
