"""The part of schema.org that the site uses, and the requirements of search engines.

Ranges are those of schema.org 29; required and recommended properties are those of Google's guides
to articles, breadcrumbs, carousels and site names.
"""

import datetime as dt
import re
from urllib.parse import urlsplit


def text(value):
    return isinstance(value, str) and bool(value.strip()) and value == value.strip()


def address(value):
    if not isinstance(value, str):
        return False
    parts = urlsplit(value)
    is_encoded = value.isascii() and not re.search(r'[\s<>"]', value)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and is_encoded


def template(value):
    return address(value.replace("{search_term_string}", "x")) and "{search_term_string}" in value


def moment(value):
    """ISO 8601 with an offset, as Google requires."""
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", value)) and bool(
        dt.datetime.fromisoformat(value)
    )


def day(value):
    return dt.date.fromisoformat(value).isoformat() == value


def number(value):
    return isinstance(value, int) and value > 0


def language(value):
    return value in ("ko", "en")


def order(value):
    return value == "https://schema.org/ItemListOrderAscending"


def query_input(value):
    return value == "required name=search_term_string"


ARTICLE_OR_LIST = {
    "url": address,
    "publisher": {"NewsMediaOrganization"},
    "inLanguage": language,
    "datePublished": moment,
    "dateModified": moment,
    "description": text,
    "image": [{"ImageObject"}],
}
# By type: required properties, then optional ones.
TYPES = {
    "NewsArticle": (
        {
            **ARTICLE_OR_LIST,
            "@id": address,
            "headline": text,
            "author": {"NewsMediaOrganization"},
            "mainEntityOfPage": {"WebPage"},
            "isPartOf": [{"CollectionPage"}],
        },
        {"keywords": [text], "citation": [{"CreativeWork"}], "correction": [{"CorrectionComment"}]},
    ),
    "CollectionPage": (
        {"@id": address, "url": address, "name": text},
        {
            **ARTICLE_OR_LIST,
            "isPartOf": {"WebSite"},
            "mainEntity": {"ItemList"},
            "correction": [{"CorrectionComment"}],
        },
    ),
    "ItemList": (
        {"itemListElement": [{"ListItem"}], "numberOfItems": number, "itemListOrder": order},
        {},
    ),
    "BreadcrumbList": ({"itemListElement": [{"ListItem"}]}, {}),
    "ListItem": ({"position": number}, {"name": text, "url": address, "item": address}),
    "WebPage": ({"@id": address}, {}),
    "WebSite": (
        {"@id": address, "name": text, "url": address},
        {
            "inLanguage": language,
            "publisher": {"NewsMediaOrganization"},
            "potentialAction": {"SearchAction"},
        },
    ),
    "SearchAction": ({"target": {"EntryPoint"}, "query-input": query_input}, {}),
    "EntryPoint": ({"urlTemplate": template}, {}),
    "NewsMediaOrganization": (
        {"@id": address, "name": text, "url": address, "logo": {"ImageObject"}},
        {"correctionsPolicy": address},
    ),
    "Organization": ({"name": text}, {}),
    "ImageObject": ({"url": address, "width": number, "height": number}, {"caption": text}),
    "CreativeWork": ({"publisher": {"Organization"}}, {"url": address, "datePublished": day}),
    "CorrectionComment": ({"text": text, "datePublished": moment}, {}),
}


def faults(document):
    """Sentences about violations in a JSON-LD document."""
    if document.get("@context") != "https://schema.org":
        yield "the context is not schema.org"
    node = {name: value for name, value in document.items() if name != "@context"}
    yield from _node(node, set(TYPES), document.get("@type", "?"))


def _node(node, types, place):
    if not isinstance(node, dict) or node.get("@type") not in types:
        yield f"{place}: no {' or '.join(sorted(types))}"
        return
    required, others = TYPES[node["@type"]]
    yield from (f"{place}: no {name}" for name in required.keys() - node.keys())
    for name, value in node.items():
        if name == "@type":
            continue
        wanted = (required | others).get(name)
        if wanted is None:
            yield f"{place}: {name} is not known"
        else:
            yield from _value(value, wanted, f"{place}.{name}")


def _value(value, wanted, place):
    if isinstance(wanted, list):
        if not isinstance(value, list) or not value:
            yield f"{place}: no list of something"
            return
        for number_, item in enumerate(value):
            yield from _value(item, wanted[0], f"{place}[{number_}]")
    elif isinstance(wanted, set):
        yield from _node(value, wanted, place)
    elif not wanted(value):
        yield f"{place}: {value!r} is no {wanted.__name__}"
