"""Gives the keys of a digest in JSON their names in `docs/push.schema.json`, where a language model
called them otherwise: `제목`, `summary`, `implications: {technical: …}`, `source: {name: …}`."""

from typing import Any

from articles.recognising.labels import (
    CITATIONS,
    DATE,
    HEADLINE,
    IMPLICATIONS,
    INDUSTRY,
    OUTLOOK,
    POINTS,
    PUBLISHER,
    SECTION,
    TAGS,
    TECHNICAL,
    meaning,
)

_KEYS = {HEADLINE: "headline"} | {name: name for name in (POINTS, TECHNICAL, INDUSTRY, OUTLOOK)}
_KEYS |= {CITATIONS: "citations", TAGS: "tags"}
_PARTS = {*_KEYS.values()}
_SHORT = {"industry": INDUSTRY, "business": INDUSTRY, "market": INDUSTRY, "산업": INDUSTRY}
_ADDRESS = ("url", "link", "href", "address", "주소", "링크")
_NAME = (
    "publisher",
    "name",
    "source",
    "title",
    "outlet",
    "site",
    "매체",
    "이름",
    "출처",
    "언론사",
    "제목",
)


def digest_in(value: object) -> dict[str, Any] | None:
    """The digest of a value: the object with the articles, also within another one, or a list of
    articles; None if there is none."""
    if isinstance(value, list):
        articles = _articles(value)
        return {"articles": articles} if articles else None
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("articles"), list):
        return {**value, "articles": _articles(value["articles"]) or value["articles"]}
    for key, inner in value.items():
        is_list = isinstance(inner, list) and meaning(key) == SECTION
        if is_list and (articles := _articles(inner)):
            rest = {name: one for name, one in value.items() if name != key}
            return {**rest, "articles": articles}
    return digest_in(next(iter(value.values()))) if len(value) == 1 else None


def _articles(values: list[Any]) -> list[dict[str, Any]]:
    """The articles of a list; none if one of them has no headline."""
    found = [_article(one) for one in values if isinstance(one, dict)]
    is_whole = len(found) == len(values) and all("headline" in one for one in found)
    return found if is_whole else []


def _article(values: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    source: dict[str, Any] = {}
    for key, value in values.items():
        label = _label(key)
        name = (
            "" if key in _PARTS else _KEYS.get(_SHORT.get(label.casefold()) or meaning(label), "")
        )
        if isinstance(value, dict) and meaning(label) == IMPLICATIONS:
            found |= _article(value)
        elif meaning(label) == IMPLICATIONS and INDUSTRY not in values:
            found[INDUSTRY] = _text(value)
        elif key in _ADDRESS or meaning(label) in (PUBLISHER, DATE):
            source[key] = value
        elif name == "citations" and isinstance(value, str) and "://" not in value:
            source["name"] = value
        elif name:
            found[name] = _value(name, value)
        else:
            found[key] = value
    if source:
        found["citations"] = [*found.get("citations", []), _citation(source)]
    if isinstance(found.get("citations"), list):
        found["citations"] = [_citation(one) for one in found["citations"]]
    return found


def _label(key: str) -> str:
    return key.replace("_", " ")


def _value(name: str, value: Any) -> Any:
    """A value in the form that its key has."""
    if name in ("points", "citations", "tags"):
        lines = value.split("\n") if isinstance(value, str) and name != "tags" else value
        return lines if isinstance(lines, list | str) else [lines]
    return _text(value)


def _text(value: Any) -> Any:
    is_list = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return "\n".join(f"- {one}" for one in value) if is_list else value


def _citation(value: Any) -> Any:
    """A citation as a line: publisher, address and day. One with the usual keys stays."""
    if not isinstance(value, dict) or value.keys() <= {"publisher", "url", "published_on"}:
        return value
    name = next((value[key] for key in _NAME if isinstance(value.get(key), str)), "")
    url = next((value[key] for key in _ADDRESS if isinstance(value.get(key), str)), "")
    day = [
        one for key, one in value.items() if meaning(_label(key)) == DATE or key == "published_on"
    ]
    return " | ".join(str(part) for part in (name, url, *day[:1]) if part) or value
