"""Feeds as programs see them that know nothing of this project."""

import io
import json

import feedparser
import requests
from urllib3 import HTTPResponse

from tests.support.factories import make_article, make_digest, publish

FEEDS = ("digests", "articles", "corrections")
KINDS = ("rss", "atom", "json")
MEDIA_TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json",
}
TAG = "반도체"


def make_day(date, *, articles=2, **fields):
    """A published digest whose articles all have the tag."""
    digest = make_digest(date, articles=0, published=False, **fields)
    for number in range(1, articles + 1):
        make_article(digest, headline=f"{digest.date} 소식 {number}", tags=[TAG])
    return publish(digest)


def addresses():
    """The paths of all feeds, that of a topic among them, by feed and format."""
    paths = {(feed, kind): f"/feeds/{feed}.{kind}" for feed in FEEDS for kind in KINDS}
    return paths | {("tag", kind): f"/tags/{TAG}/feed.{kind}" for kind in KINDS}


def read(content, kind):
    """Items by id: title, link, published, updated, text and tags, whatever the format."""
    if kind == "json":
        return {item["id"]: _of_json(item) for item in json.loads(content)["items"]}
    parsed = feedparser.parse(content, sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo, parsed.get("bozo_exception")
    return {entry.id: _of_xml(entry) for entry in parsed.entries}


def _of_json(item):
    return {
        "title": item["title"],
        "link": item["url"],
        "published": item["date_published"].removesuffix("+00:00"),
        "updated": item["date_modified"].removesuffix("+00:00"),
        "summary": item["summary"],
        "content": item["content_html"].strip(),
        "tags": item["tags"],
        "authors": [author["name"] for author in item["authors"]],
    }


def _of_xml(entry):
    def moment(parsed):
        return "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}".format(*parsed[:6])

    return {
        "title": entry.title,
        "link": entry.link,
        "published": moment(entry.published_parsed),
        "updated": moment(entry.updated_parsed),
        "summary": entry.summary,
        "content": entry.content[0].value.strip(),
        "tags": [tag.term for tag in entry.get("tags", ())],
        "authors": [author.name for author in entry.authors],
    }


class SiteAdapter(requests.adapters.BaseAdapter):
    """Lets the `requests` library ask the site through Django's test client."""

    def __init__(self, client):
        super().__init__()
        self.client, self.statuses = client, []

    def send(self, request, **options):
        headers = {name: value for name, value in request.headers.items() if value}
        answer = self.client.get(request.path_url, headers=headers)
        self.statuses.append(answer.status_code)
        response = requests.Response()
        response.status_code, response.url, response.request = (
            answer.status_code,
            request.url,
            request,
        )
        response.headers.update({name.lower(): text for name, text in answer.headers.items()})
        response.raw = HTTPResponse(
            io.BytesIO(answer.content),
            headers=dict(answer.headers),
            status=answer.status_code,
            preload_content=False,
        )
        return response

    def close(self):
        pass
