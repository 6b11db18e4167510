"""Conversion between plain documents and the snapshots of digests."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from articles.document.front_matter import PUBLISHED_KEY
from articles.document.layout import anchored
from articles.document.model import (
    ArticleText,
    CorrectionText,
    Document,
    OtherText,
    PictureText,
    picture_uid,
)
from articles.document.stamps import moment_on, parse_stamp
from articles.fields import IMPLICATION_FIELDS, NOTE_FIELDS, PICTURE_TEXTS
from articles.pictures import files
from articles.rules.lines import citation_data, citation_from


def from_snapshot(data: dict[str, Any], zone: ZoneInfo) -> Document:
    """The document of a snapshot; `zone` is the site's, for times that the snapshot lacks.

    White space at the ends of a text is dropped.
    """
    date = dt.date.fromisoformat(data["date"])
    stamp, front = _stamp(data, date, zone)
    corrections = {None: []} | {article["uid"]: [] for article in data["articles"]}
    for correction in data["corrections"]:
        # A correction whose article was deleted is listed with the digest.
        of = correction["article"] if correction["article"] in corrections else None
        corrections[of].append(_correction(correction, zone))
    document = Document(
        date=date,
        stamp=stamp,
        title=data["title"].strip(),
        introduction=data["introduction"].strip(),
        language=data["language"],
        front_matter=front,
        articles=[_article(article, corrections[article["uid"]]) for article in data["articles"]],
        corrections=corrections[None],
        layout=data["layout"],
    )
    return anchored(document)


def _stamp(
    data: dict[str, Any], date: dt.date, zone: ZoneInfo
) -> tuple[dt.datetime, dict[str, Any]]:
    """The moment of the document, which lies on its day, and its front matter.

    If a digest came out on another day, a key of its own has that time.
    """
    front = data["front_matter"]
    written = _written(data, date, zone) or dt.datetime.combine(date, dt.time(), zone)
    public = _moment(data.get("published_at") or data["publish_at"], zone)
    if public is None or public == _moment(front.get(PUBLISHED_KEY), zone):
        return written, front
    front = {key: value for key, value in front.items() if key != PUBLISHED_KEY}
    local = public.astimezone(written.tzinfo)
    if public == written or date in (local.date(), public.astimezone(zone).date()):
        return local, front
    return written, front | {PUBLISHED_KEY: public.isoformat()}


def _written(data: dict[str, Any], date: dt.date, zone: ZoneInfo) -> dt.datetime | None:
    """The moment in the front matter; None if there is none, or if the digest was moved to another
    day since."""
    day = data["layout"].get("day")
    try:
        moment = moment_on(
            data["front_matter"].get("date"), zone, day and dt.date.fromisoformat(day)
        )
    except ValueError:
        return None
    days = [day] if day else [f"{moment.date()}", f"{moment.astimezone(zone).date()}"]
    return moment if date.isoformat() in days else None


def _moment(text: object, zone: dt.tzinfo | None) -> dt.datetime | None:
    try:
        return parse_stamp(text, zone)
    except ValueError:
        return None


def published_at(document: Document) -> dt.datetime:
    """The publication time that the document gives, past or future."""
    text = document.front_matter.get(PUBLISHED_KEY)
    return _moment(text, document.stamp.tzinfo) or document.stamp


def _article(data: dict[str, Any], corrections: list[CorrectionText]) -> ArticleText:
    return ArticleText(
        headline=data["headline"].strip(),
        picture=_picture(data),
        citations=[citation_from(citation) for citation in data["citations"]],
        points=[point.strip() for point in data["points"]],
        **{name: data[name].strip() for name in IMPLICATION_FIELDS},
        corrections=corrections,
        tags=data["tags"],
        **{name: data[name].strip() for name in NOTE_FIELDS},
        other=[
            OtherText(other["after"], other["text"].strip("\n").rstrip())
            for other in data["other"]
            if other["text"].strip()
        ],
        layout=data["layout"],
    )


def _picture(data: dict[str, Any]) -> PictureText | None:
    """A picture with the address that its file had for it, else with its address on this site."""
    uid = data["picture"]
    if not uid:
        return None
    written = data["layout"].get("picture", "")
    address = written if picture_uid(written) == uid else files.link(uid)
    texts = {name.removeprefix("picture_"): data[name].strip() for name in PICTURE_TEXTS}
    return PictureText(address, **texts)


def _correction(data: dict[str, Any], zone: ZoneInfo) -> CorrectionText:
    moment = dt.datetime.fromisoformat(data["corrected_at"]).astimezone(zone)
    return CorrectionText(moment, data["text"].strip())


def to_snapshot(document: Document, uids: Sequence[str]) -> dict[str, Any]:
    """The document as a snapshot of a digest that has no other data. `uids` are the ids of its
    articles, in order."""
    articles = list(zip(document.articles, uids, strict=True))
    corrections: list[tuple[str | None, CorrectionText]]
    corrections = [(None, c) for c in document.corrections]
    corrections += [(uid, c) for article, uid in articles for c in article.corrections]
    return {
        "date": document.date.isoformat(),
        "title": document.title,
        "introduction": document.introduction,
        "language": document.language,
        "front_matter": document.front_matter,
        "layout": document.layout,
        "publish_at": published_at(document).isoformat(),
        "articles": [_article_data(article, uid) for article, uid in articles],
        "corrections": [
            {
                "article": uid,
                "text": correction.text,
                "corrected_at": correction.corrected_at.isoformat(),
                "changes": [],
            }
            for uid, correction in corrections
        ],
    }


def _article_data(article: ArticleText, uid: str) -> dict[str, Any]:
    picture = article.picture or PictureText("", "")
    is_usual = not picture.uid or picture.address == files.link(picture.uid)
    return {
        "uid": uid,
        "headline": article.headline,
        "slug": "",
        "points": article.points,
        **{name: getattr(article, name) for name in IMPLICATION_FIELDS},
        "picture": picture.uid,
        **{name: getattr(picture, name.removeprefix("picture_")) for name in PICTURE_TEXTS},
        **{name: getattr(article, name) for name in NOTE_FIELDS},
        "tags": article.tags,
        "citations": [citation_data(citation) for citation in article.citations],
        "other": [{"after": other.after, "text": other.text} for other in article.other],
        "layout": article.layout | ({} if is_usual else {"picture": picture.address}),
    }
