"""The texts of an article that are searched: all that readers see in it.

An article is a dictionary as in a snapshot, see `articles.digests.revisions`.
"""

import re
from collections.abc import Iterable
from typing import Any

from django.apps.registry import Apps

from articles.fields import IMPLICATION_FIELDS, In, Kind, columns, names
from articles.rules.hidden_text import shown, shown_line
from articles.rules.rendering import plain, plain_line
from articles.rules.text import collapse, fold
from articles.search import terms

FIELDS = columns(In.SEARCH)
# Searched as typed, after all other texts.
_LINES = tuple(name for name in names(In.SEARCH, Kind.LINE) if name != "headline")
# A text without these characters and starts of lines reads as it is typed, so it needs no
# rendering. Two expressions take half the time of one.
_SIGNS = re.compile(r"[\\`*_\[\]<>&~|#]")
_STARTS = re.compile(r"[^\S\n]*(?:[-+=]|\d+[.)])")


def body(article: dict[str, Any]) -> list[str]:
    """The passages below the headline as readers see them, each as one line of plain text."""
    points = [line_of(point) for point in article["points"]]
    texts = [
        *(text_of(article[name]) for name in IMPLICATION_FIELDS),
        *(text_of(row["text"]) for row in article["other"]),
        *(collapse(shown(line)) for name in _LINES if (line := article.get(name))),
    ]
    return [passage for passage in [*points, *texts] if passage]


def publishers(article: dict[str, Any]) -> list[str]:
    """The names of the publishers it cites, without repetitions."""
    cited = (each["publisher"] for each in article["citations"] if each.get("url") != "")
    return list(dict.fromkeys(cited))


def canonical(article: dict[str, Any]) -> str:
    """The canonical text of an article, one line per passage, so that no hit spans two passages.

    The first line is the headline with its sign, the last one has the labels for the filters.
    """
    headline = terms.canonical(shown_line(article["headline"])) + terms.HEADLINE_END
    passages = [
        *body(article),
        *article["tags"],
        *publishers(article),
    ]
    labels = [*map(tag, article["tags"]), *map(publisher, publishers(article))]
    labels += [storyline(article["storyline"])] if article["storyline"] else []
    lines = [headline, *map(terms.canonical, passages), *labels]
    return "\n".join(filter(None, lines))


def tag(name: str) -> str:
    """The piece of a tag, which its canonical texts contain whatever the spelling of its name."""
    return f" §t{fold(name).encode().hex()} "


def publisher(name: str) -> str:
    """The piece of a publisher, which the canonical texts of its articles contain."""
    return f" §p{name.encode().hex()} "


def storyline(name: str) -> str:
    """The piece of a storyline, which the canonical texts of its articles contain whatever the
    spelling of its name."""
    return f" §s{fold(name).encode().hex()} "


def read(apps: Apps, digests: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """The stored articles of digests, in order, by the digest's primary key.

    `apps` is a registry of apps, in a migration a historical one.
    """
    digests = list(digests)
    model = apps.get_model("articles", "Article")
    rows = model.objects.filter(digest__in=digests).order_by("digest", "position")
    articles = {
        row["pk"]: row | {"tags": [], "citations": [], "storyline": ""}
        for row in rows.values("pk", "uid", "digest_id", *FIELDS)
    }
    tagged = apps.get_model("articles", "TaggedArticle").objects.order_by("pk")
    tagged = tagged.filter(content_object__digest__in=digests)
    for article, name in tagged.values_list("content_object", "tag__name"):
        articles[article]["tags"].append(name)
    cited = apps.get_model("articles", "Citation").objects.order_by("article", "position")
    cited = cited.filter(article__digest__in=digests)
    for article, name in cited.values_list("article", "publisher__name"):
        articles[article]["citations"].append({"publisher": name})
    _read_storylines(apps, digests, articles)
    found: dict[int, list[dict[str, Any]]] = {digest: [] for digest in digests}
    for article in articles.values():
        found[article["digest_id"]].append(article)
    return found


def _read_storylines(apps: Apps, digests: list[int], articles: dict[int, dict[str, Any]]) -> None:
    """Put the names of storylines into articles by primary key. Early migrations have none."""
    try:
        entries = apps.get_model("articles", "StorylineEntry").objects
    except LookupError:
        return
    rows = entries.filter(article__digest__in=digests)
    for article, name in rows.values_list("article", "storyline__name"):
        articles[article]["storyline"] = name


def text_of(markdown: str) -> str:
    """What readers see of a Markdown text, as one line of plain text."""
    markdown = shown(markdown)
    return plain(markdown) if _has_markup(markdown) else collapse(markdown)


def line_of(markdown: str) -> str:
    """What readers see of one line of Markdown, as plain text."""
    markdown = shown(markdown)
    return plain_line(markdown) if _has_markup(markdown) else collapse(markdown)


def _has_markup(text: str) -> bool:
    if _SIGNS.search(text):
        return True
    return any(map(_STARTS.match, text.split("\n") if "\n" in text else (text,)))
