"""Structured data of pages in the vocabulary of schema.org, as JSON-LD 1.1.

Every function returns the dictionary of one JSON-LD document. Addresses are absolute. Moments are
in ISO 8601 with the offset of the site's zone. The properties are those that schema.org defines for
the type and that Google's guides to articles, breadcrumbs and site names ask for.
"""

import datetime as dt

from django.conf import settings
from django.templatetags.static import static
from django.urls import Resolver404, resolve
from django.utils import formats, timezone
from django.utils.encoding import iri_to_uri
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from articles.models import Article, Correction, Digest, Imprint, Storyline
from articles.pages import imprints
from articles.pages.headings import heading
from articles.pages.imprints import KnownImprint
from articles.pages.ties import Ties
from articles.pictures.cards import HEIGHT, WIDTH, Card
from articles.rules.paths import path_to
from articles.rules.rendering import plain

CONTEXT = "https://schema.org"
# The page above each kind of page. All other pages are directly below the home page.
PARENTS = {
    "article": "day",
    "day": "month",
    "month": "year",
    "year": "archive",
    "tag": "tags",
    "publisher": "publishers",
}
MAX_DESCRIPTION = 300  # characters
LOGO, LOGO_SIZE = "img/icon-512.png", 512


def of_site(imprint: KnownImprint | None) -> dict:
    """The site as a whole, for its home page, and how to search it."""
    search = absolute(path_to("search")) + "?q={search_term_string}"
    return {
        "@context": CONTEXT,
        "@type": "WebSite",
        "@id": absolute(path_to("home")) + "#site",
        "name": settings.SITE_NAME,
        "url": absolute(path_to("home")),
        "inLanguage": settings.LANGUAGE_CODE,
        "publisher": organization(imprint),
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": search},
            "query-input": "required name=search_term_string",
        },
    }


def of_digest(digest: Digest, card: Card | None) -> dict:
    """A day's page: a collection whose main part is the ordered list of its articles. Their
    headlines and the description are elsewhere on the page, so they are not repeated: a list on a
    summary page needs only addresses (Google's guide to carousels)."""
    items = [
        {
            "@type": "ListItem",
            "position": number,
            "url": absolute(article.get_absolute_url()),
        }
        for number, article in enumerate(digest.articles.all(), 1)
    ]
    return {
        "@context": CONTEXT,
        "@type": "CollectionPage",
        "@id": absolute(digest.get_absolute_url()),
        "url": absolute(digest.get_absolute_url()),
        "name": heading(digest),
        **_published(digest, digest),
        "isPartOf": _site_in_short(),
        **_pictured(card),
        "mainEntity": {
            "@type": "ItemList",
            "itemListOrder": "https://schema.org/ItemListOrderAscending",
            "numberOfItems": len(items),
            "itemListElement": items,
        },
        **_corrected(digest.corrections.all()),
    }


def of_article(article: Article, card: Card | None, ties: Ties) -> dict:
    """An article's page, with its citations and its corrections. It is part of its digest and, if
    `ties` name one, of its storyline."""
    digest = article.digest
    address = absolute(article.get_absolute_url())
    corrections = [note for note in digest.corrections.all() if note.article_id == article.pk]
    tags = [tag.name for tag in article.tags.all()]
    data = {
        "@context": CONTEXT,
        "@type": "NewsArticle",
        "@id": address + "#article",
        "url": address,
        "mainEntityOfPage": {"@type": "WebPage", "@id": address},
        "headline": article.shown_headline,
        "description": _short(article.summary),
        **_published(digest, article),
        "author": organization(imprints.current()),
        "isPartOf": _wholes(digest, ties),
        "keywords": tags,
        "citation": [_citation(citation) for citation in article.citations.all()],
        **_pictured(card),
        **_corrected(corrections),
    }
    return {name: value for name, value in data.items() if value}


def of_storyline(storyline: Storyline, articles: list[Article]) -> dict:
    """The page of a storyline: a collection of its articles in the order of their days."""
    address = absolute(storyline.get_absolute_url())
    items = [
        {
            "@type": "ListItem",
            "position": number,
            "url": absolute(article.get_absolute_url()),
            "name": article.shown_headline,
        }
        for number, article in enumerate(articles, 1)
    ]
    return {
        "@context": CONTEXT,
        "@type": "CollectionPage",
        "@id": address,
        "url": address,
        "name": storyline.name,
        "isPartOf": _site_in_short(),
        "mainEntity": {
            "@type": "ItemList",
            "itemListOrder": "https://schema.org/ItemListOrderAscending",
            "numberOfItems": len(items),
            "itemListElement": items,
        },
    }


def breadcrumbs(address: str, name: str) -> dict | None:
    """The breadcrumbs from the home page to the page at `address`, a path with or without a query.
    `name` is the title of that page. None for the home page and for unknown addresses."""
    try:
        match = resolve(address.partition("?")[0])
    except Resolver404:
        return None
    if match.url_name == "home":
        return None
    trail = [(name, address), *_above(match.url_name, match.kwargs)]
    items = [
        {"@type": "ListItem", "position": position, "name": called, "item": absolute(path)}
        for position, (called, path) in enumerate(reversed(trail), 1)
    ]
    return {"@context": CONTEXT, "@type": "BreadcrumbList", "itemListElement": items}


def of_about(imprint: Imprint) -> dict:
    """The page about the organization."""
    address = absolute(path_to("about"))
    return {
        "@context": CONTEXT,
        "@type": "AboutPage",
        "@id": address,
        "url": address,
        "name": _("About"),
        "inLanguage": settings.LANGUAGE_CODE,
        "dateModified": _moment(imprint.changed_at),
        "isPartOf": _site_in_short(),
        "mainEntity": organization(imprints.current()),
    }


def organization(imprint: KnownImprint | None) -> dict:
    """The organization that publishes the site."""
    return {
        "@type": "NewsMediaOrganization",
        "@id": absolute(path_to("home")) + "#publisher",
        "name": settings.SITE_NAME,
        "url": absolute(path_to("home")),
        "logo": {
            "@type": "ImageObject",
            "url": absolute(static(LOGO)),
            "width": LOGO_SIZE,
            "height": LOGO_SIZE,
        },
        "correctionsPolicy": absolute(path_to("corrections")),
        **(_imprinted(imprint) if imprint else {}),
    }


def last_changed_at(page: Digest | Article) -> dt.datetime | None:
    """When readers were last told of a change of the page. For an article, a correction of its
    whole digest counts too. None for a draft."""
    if isinstance(page, Digest):
        return page.last_changed_at
    notes = page.digest.corrections.all()
    told = [note.corrected_at for note in notes if note.article_id in (page.pk, None)]
    return max(told, default=page.digest.first_public_at)


def absolute(path: str) -> str:
    return settings.SITE_URL + path


# Parts


def _imprinted(imprint: KnownImprint):
    about = absolute(path_to("about"))
    reached = {"email": imprint.email, "telephone": imprint.phone}
    reached = {name: value for name, value in reached.items() if value}
    contact = {"@type": "ContactPoint", "contactType": "newsroom", "url": about, **reached}
    data = {
        "legalName": imprint.legal_name,
        "address": imprint.address,
        **reached,
        "contactPoint": contact if reached else None,
        "masthead": about,
        "publishingPrinciples": imprint.has_principles and f"{about}#principles",
    }
    return {name: value for name, value in data.items() if value}


def _published(digest, page):
    """Language, times and publisher. A preview has no times yet."""
    times = {}
    if digest.first_public_at:
        times["datePublished"] = _moment(digest.first_public_at)
        times["dateModified"] = _moment(last_changed_at(page))
    return {"inLanguage": digest.language, **times, "publisher": organization(imprints.current())}


def _site_in_short():
    home = absolute(path_to("home"))
    return {"@type": "WebSite", "@id": f"{home}#site", "name": settings.SITE_NAME, "url": home}


def _collection_in_short(path, name):
    address = absolute(path)
    return {"@type": "CollectionPage", "@id": address, "url": address, "name": name}


def _wholes(digest, ties):
    wholes = [_collection_in_short(digest.get_absolute_url(), digest.shown_title)]
    if ties.address:  # an IRI; the page of the storyline names itself by the address
        wholes.append(_collection_in_short(iri_to_uri(ties.address), ties.name))
    return wholes


def _citation(citation):
    data = {
        "@type": "CreativeWork",
        "url": citation.href,
        "datePublished": citation.published_on and citation.published_on.isoformat(),
    }
    found = {name: value for name, value in data.items() if value}
    return {**found, "publisher": {"@type": "Organization", "name": citation.publisher.name}}


def _pictured(card):
    if card is None:
        address, caption = static("img/card.png"), settings.SITE_NAME
    else:
        address, caption = card.address, card.description
    image = {
        "@type": "ImageObject",
        "url": absolute(address),
        "width": WIDTH,
        "height": HEIGHT,
        "caption": caption,
    }
    return {"image": [image]}


def _corrected(corrections: list[Correction]):
    notes = [
        {
            "@type": "CorrectionComment",
            "text": plain(note.text),
            "datePublished": _moment(note.corrected_at),
        }
        for note in corrections
    ]
    return {"correction": notes} if notes else {}


def _short(text):
    return Truncator(text).chars(MAX_DESCRIPTION)


def _moment(moment: dt.datetime) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds")


# Breadcrumbs


def _above(url_name, arguments):
    """Pairs of (name, path) of the pages above a page, from the nearest up to the home page."""
    while url_name := PARENTS.get(url_name):
        date = arguments.get("date") or arguments.get("first")
        yield _named_page(url_name, date)
        arguments = {"first": date}
    yield settings.SITE_NAME, path_to("home")


def _named_page(url_name, date):
    if url_name == "day":
        return formats.date_format(date), path_to("day", date)
    if url_name == "month":
        return formats.date_format(date, "YEAR_MONTH_FORMAT"), _span(url_name, date)
    if url_name == "year":
        year = {"year": formats.date_format(date, "Y")}
        return pgettext("a year as a heading", "%(year)s") % year, _span(url_name, date)
    names = {"archive": _("Archive"), "tags": _("Tags"), "publishers": _("Publishers")}
    return names[url_name], path_to(url_name)


def _span(url_name, date):
    return path_to(url_name, date)
