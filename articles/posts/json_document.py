"""The JSON document of a digest: its public contents, for other programs.

`docs/digest.schema.json` is its JSON Schema; `docs/document-format.md` says what stays stable.
"""

import datetime as dt
import json

from django.conf import settings
from django.urls import reverse

from articles.fields import IMPLICATION_FIELDS, NOTE_FIELDS, PICTURE_TEXTS
from articles.pictures import files
from articles.posts import public_snapshots
from articles.rules.lines import unread_lines

FORMAT, VERSION = "newsroom-digest", 1
ARTICLE_TEXTS = ("headline", "slug", "points")


def write(data: dict, *, for_readers: bool = True) -> bytes:
    """The document of a snapshot as bytes, as it is served and exported."""
    text = json.dumps(from_snapshot(data, for_readers=for_readers), ensure_ascii=False, indent=2)
    return f"{text}\n".encode()


def from_snapshot(data: dict, *, for_readers: bool = True) -> dict:
    """The document of a snapshot of the present schema (see `digests.revisions`), without the parts
    of its texts that readers do not see. For the operator (`for_readers=False`), a draft has the
    citation lines that are not understood.

    Texts are Markdown, moments are in UTC. Unknown values are null, such as the times and ids of a
    digest that was never published.
    """
    unread = {} if for_readers else _unread(data)
    data = public_snapshots.of(data)
    address = settings.SITE_URL + reverse("articles:day", args=[_day(data)])
    public_at = data["published_at"] or data["publish_at"]
    known = {article["uid"] for article in data["articles"]}
    return {
        "format": FORMAT,
        "version": VERSION,
        "id": data["feed_id"] or None,
        "url": address,
        "date": data["date"],
        "title": data["title"],
        "language": data["language"],
        "introduction": data["introduction"],
        "published_at": _moment(public_at),
        "updated_at": _moment(data["revised_at"] or public_at),
        # A correction whose article was deleted is listed with the digest.
        "corrections": [_correction(c) for c in data["corrections"] if c["article"] not in known],
        "articles": [
            _article(article, data, address) | unread.get(article["uid"], {})
            for article in data["articles"]
        ],
    }


def _unread(data: dict) -> dict[str, dict]:
    """The key for the lines that are not understood, by article; only articles that have some."""
    found = {article["uid"]: unread_lines(article["citations"]) for article in data["articles"]}
    return {
        uid: {"unread_citations": [{"place": place, "line": line} for place, line in lines]}
        for uid, lines in found.items()
        if lines
    }


def _article(article: dict, data: dict, address: str) -> dict:
    own = [c for c in data["corrections"] if c["article"] == article["uid"]]
    return {
        "id": article["feed_id"] or None,
        "url": f"{address}#{article['slug']}",
        "page": settings.SITE_URL + reverse("articles:article", args=[_day(data), article["slug"]]),
        **{name: article[name] for name in (*ARTICLE_TEXTS, *IMPLICATION_FIELDS)},
        "citations": [
            {name: citation[name] for name in ("publisher", "url", "published_on")}
            for citation in article["citations"]
        ],
        "picture": _picture(article),
        "tags": article["tags"],
        **{name: article[name] or None for name in NOTE_FIELDS},
        "corrections": [_correction(correction) for correction in own],
        "other": [{"after": other["after"], "text": other["text"]} for other in article["other"]],
    }


def _picture(article: dict) -> dict | None:
    if not article["picture"]:
        return None
    texts = {name.removeprefix("picture_"): article[name] or None for name in PICTURE_TEXTS}
    return {"url": files.link(article["picture"]), **texts}


def _correction(correction: dict) -> dict:
    moment = _moment(correction["corrected_at"])
    return {"corrected_at": moment, "text": correction["text"]}


def _day(data: dict) -> dt.date:
    return dt.date.fromisoformat(data["date"])


def _moment(text: str | None) -> str | None:
    if text is None:
        return None
    moment = dt.datetime.fromisoformat(text).astimezone(dt.UTC)
    return moment.isoformat().replace("+00:00", "Z")
