"""A crawler that asks a site everything that a stranger may think of, and listens for canaries."""

import html
import re
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from django.urls import get_resolver

from articles.text import slugify
from tests.admin.matrix import walk
from tests.hidden_site import DAYS, NO_DAY, PUBLIC, SHARED_TAG, canary, needles

# The crawler


@dataclass(frozen=True)
class Answer:
    """All that a client learns of one response."""

    line: str
    headers: tuple
    cookies: str
    body: bytes

    @classmethod
    def of(cls, response):
        body = b"".join(response) if response.streaming else response.content
        line = f"{response.status_code} {response.reason_phrase}"
        return cls(line, tuple(sorted(response.items())), response.cookies.output(), body)

    def everything(self):
        head = "\n".join([self.line, *(f"{n}: {v}" for n, v in self.headers), self.cookies])
        return head.encode() + b"\n" + self.body


CONDITIONS = (
    {"If-None-Match": "*"},
    {"If-None-Match": '"0123456789abcdef0123456789abcdef"'},
    {"If-Modified-Since": "Fri, 01 Jan 2038 00:00:00 GMT"},
    {"Range": "bytes=0-9"},
)
LINK = re.compile(r'(?:href|src)="(?:http://testserver)?(/(?!/|static/)[^"#]*)')


def ask(client, address, method="GET", headers=None):
    return Answer.of(client.generic(method, address, headers=headers))


def questions(addresses, *, closely):
    """(method, address, headers) of everything that is asked."""
    for address in addresses:
        for method in ("GET", "HEAD", "OPTIONS") if closely else ("GET",):
            yield method, address, ()
        if not closely:
            continue
        for condition in CONDITIONS:
            yield "GET", address, tuple(condition.items())


def answers(client, addresses, *, closely=True):
    return {
        (method, address, headers): ask(client, address, method, dict(headers))
        for method, address, headers in questions(addresses, closely=closely)
    }


def links(client, start="/"):
    """Every address of this site that its public pages link to."""
    found, waiting = set(), [start]
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        found.add(address)
        body = ask(client, address).body.decode()
        waiting += [html.unescape(link) for link in LINK.findall(body)]
    return found


def leaks(answer, address, places):
    """The places whose words are in an answer, unless they were in the question."""
    asked = address.lower().encode()
    found = spoken_in(answer.everything(), tuple(places))
    return [p for p in found if not any(form in asked for form in needles(p)[0])]


@cache
def spoken_in(whole, places):
    small, found = whole.lower(), []
    for place in places:
        plain, exact = needles(place)
        if any(form in small for form in plain) or any(form in whole for form in exact):
            found.append(place)
    return found


# What a stranger may think of


def public_patterns():
    """Names of all URL patterns outside the desk."""
    for route, pattern in walk(get_resolver().url_patterns):
        if not route.startswith("admin/"):
            yield pattern.name


def words():
    """Texts that name hidden things, as they stand in addresses."""
    kinds = [*DAYS, "nothing"]
    return [slugify(canary(f"{kind} tag 1")) for kind in kinds] + [
        slugify(canary(place)) for place in ("tag in no article", "old address of a tag", "outlet")
    ]


def guesses():
    """Addresses by the name of the URL pattern they are for; under "" those that no pattern has."""
    days = [f"{day:%Y/%m/%d}" for day in (PUBLIC, *DAYS.values(), NO_DAY)]
    slugs = [slugify(canary(f"{kind} headline 1")) for kind in DAYS]
    tags = [quote(slug) for slug in [slugify(SHARED_TAG), *words()]]
    return {
        "home": ["/", "/?preview=1", "/?page=2", "/?date=2026-01-10", "/index.html", "/.json"],
        "day": [f"/{day}/" for day in days]
        + [f"/{day}{end}" for day in days for end in ("", "/amp/", "/?preview=1")]
        + [f"/{day}/{quote(slug)}/" for day, slug in zip(days[1:], slugs, strict=False)],
        "day-markdown": [f"/{day}.md" for day in days] + ["/2026/02/30.md", "/2026/01.md"],
        "day-json": [f"/{day}.json" for day in days] + ["/2026/02/30.json"],
        "year": ["/2026/", "/2025/", "/2024/", "/2025", "/2026.json"],
        "month": ["/2026/01/", "/2025/12/", "/2025/11/", "/2025/12", "/2026/1/"],
        "archive": ["/archive/", "/archive", "/archive/?page=2"],
        "corrections": ["/corrections/", "/corrections/?before=x"]
        + [f"/corrections/?before=2026-01-{day:02}T00:00:00.000000Z" for day in (4, 10, 11, 30)],
        "tags": ["/tags/", "/tags", "/tags/?q=kq", "/tags/?page=2"],
        "tag": [f"/tags/{tag}/" for tag in tags]
        + [f"/tags/{tag}{end}" for tag in tags for end in ("", "/?before=2026-01-11", "/feed.rss")],
        "preview-link": [f"/preview/{'A' * 43}/", "/preview/", f"/preview/{'0' * 64}/"],
        "digests-rss": ["/feeds/digests.rss", "/feeds/digests.rss?page=2", "/feeds/"],
        "healthz": ["/healthz", "/healthz/"],
        "readyz": ["/readyz", "/readyz?exclude=database", "/readyz?exclude=nothing"],
        "metrics": ["/metrics", "/metrics/"],
        "": [
            *("/robots.txt", "/sitemap.xml", "/news-sitemap.xml", "/llms.txt", "/opensearch.xml"),
            *("/.well-known/security.txt", "/media/", "/search/", "/subscribe/", "/publishers/"),
            *(f"/search/?q={quote(canary(f'{kind} headline 1'))}" for kind in DAYS),
            *(f"/publishers/{quote(slugify(canary(f'{kind} publisher 1')))}/" for kind in DAYS),
            *(
                f"/feeds/{name}.{kind}"
                for name in ("articles", "corrections", "digests")
                for kind in ("rss", "atom", "json")
            ),
            *("/admin/", "/admin/articles/digest/", "/admin/nowhere/", "/admin/r/1/1/"),
            *(f"/admin/articles/digest/{pk}/change/" for pk in range(1, 9)),
        ],
    }
