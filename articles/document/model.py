"""The contents of a digest document as plain values, and the words of its grammar."""

import datetime as dt
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from articles.fields import IMPLICATION_FIELDS
from articles.rules.lines import CitationLine

# Per digest. With twenty fields each, the form stays below DATA_UPLOAD_MAX_NUMBER_FIELDS.
MAX_ARTICLES = 500
MAX_CORRECTION_LENGTH = 2_000
MAX_FRONT_MATTER_LENGTH = 50_000
MAX_DEPTH = 20  # of lists and mappings within each other in the front matter
MAX_ALT_LENGTH = MAX_CAPTION_LENGTH = 300
MAX_CREDIT_LENGTH = 150

# The parts of an article in their usual order. Other text may follow each of them.
HEADLINE, CITATIONS, POINTS, IMPLICATIONS = "headline", "citations", "points", "implications"
CORRECTIONS, NOTES, RULE = "corrections", "notes", "rule"
PARTS = (CITATIONS, POINTS, IMPLICATIONS, CORRECTIONS, NOTES)
ANCHORS = (HEADLINE, *PARTS, RULE)
# A picture must be directly below the headline; elsewhere its line is other text.
PICTURE, CAPTION, CREDIT = "picture", "caption", "credit"
# A line among the citations that is not understood. Only drafts have it.
UNREAD = "unread"

AUTHORSHIP = {
    "ko": {"person": "사람", "ai": "AI 도움"},
    "en": {"person": "a person", "ai": "AI help"},
}
# Labels of each part and line by language; the first one is written, the others are only read.
LABELS = {
    CITATIONS: {"ko": ["출처"], "en": ["Sources"]},
    POINTS: {"ko": ["요약", "핵심 요약", "주요 요약"], "en": ["Summary", "Key points"]},
    IMPLICATIONS: {
        "ko": ["주요 내용 및 시사점", "시사점", "의미와 전망"],
        "en": ["Implications", "Why it matters"],
    },
    CORRECTIONS: {"ko": ["정정"], "en": ["Corrections"]},
    "technical_significance": {
        "ko": ["기술적 의미", "기술적 의의"],
        "en": ["Technical significance"],
    },
    "industry_impact": {"ko": ["산업적 영향", "산업 영향"], "en": ["Industry impact"]},
    "outlook": {"ko": ["향후 전망", "전망"], "en": ["Outlook"]},
    "published": {"ko": ["발행일"], "en": ["Published"]},
    UNREAD: {"ko": ["출처 확인 필요"], "en": ["Unread citation"]},
    "tags": {"ko": ["주제"], "en": ["Topics"]},
    "storyline": {"ko": ["이어지는 소식"], "en": ["Storyline"]},
    "drafted_by": {"ko": ["작성"], "en": ["Drafted by"]},
    "read_by": {"ko": ["확인"], "en": ["Read by"]},
    CAPTION: {"ko": ["사진 설명"], "en": ["Caption"]},
    CREDIT: {"ko": ["사진 제공"], "en": ["Picture credit"]},
}

IMPLICATION_LABELS = {
    label: name
    for name in IMPLICATION_FIELDS
    for labels in LABELS[name].values()
    for label in labels
}


@dataclass(frozen=True)
class OtherText:
    """Markdown that fits no field, and the part of the article that it follows."""

    after: str
    text: str


_PICTURE_ADDRESS = re.compile(
    r"https?://\S+/pictures/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/[1-9][0-9]{1,3}\.webp"
)


@dataclass(frozen=True)
class PictureText:
    """An article's picture, identified by its address in the document."""

    address: str
    alt: str
    caption: str = ""
    credit: str = ""

    @property
    def uid(self) -> str:
        return picture_uid(self.address)


@dataclass(frozen=True)
class CorrectionText:
    corrected_at: dt.datetime
    text: str

    @property
    def utc(self) -> str:
        return self.corrected_at.astimezone(dt.UTC).isoformat()


@dataclass(frozen=True)
class ArticleText:
    """One article of the document. Texts are Markdown; `line` is the line where it starts.

    `layout` holds only deviations from the usual spelling, see `articles.document.layout`.
    """

    headline: str
    picture: PictureText | None = None
    citations: list[CitationLine] = field(default_factory=list)
    points: list[str] = field(default_factory=list)
    technical_significance: str = ""
    industry_impact: str = ""
    outlook: str = ""
    corrections: list[CorrectionText] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    storyline: str = ""
    drafted_by: str = ""
    read_by: str = ""
    other: list[OtherText] = field(default_factory=list)
    layout: dict[str, Any] = field(default_factory=dict, compare=False)
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Document:
    """One digest as the document has it.

    `stamp` is the aware moment; `date` is the day of its file, or else the stamp's day in the time
    zone of the site. `front_matter` holds each key except the title; its values are strings, or
    lists or mappings of strings. `notices` are sentences on how the file was understood.
    """

    date: dt.date
    stamp: dt.datetime = field(compare=False)
    title: str
    introduction: str
    language: str
    front_matter: dict[str, Any]
    articles: list[ArticleText]
    corrections: list[CorrectionText] = field(default_factory=list)
    layout: dict[str, Any] = field(default_factory=dict, compare=False)
    notices: list[str] = field(default_factory=list, compare=False)


@dataclass(frozen=True)
class FrontMatter:
    """`values` by key, the `lines` on which they start, and `source`: each key with its text."""

    values: dict[str, Any]
    lines: dict[str, int]
    source: list[list[str]]


class DocumentError(ValueError):
    """`errors` is a list of (line number from 1, sentence), in the order of the lines."""

    def __init__(self, errors: list[tuple[int, str]]) -> None:
        super().__init__(errors)
        self.errors = sorted(errors)


def picture_uid(address: str) -> str:
    """The uid of the picture that an address on a Newsroom site is for; empty for other
    addresses."""
    match = _PICTURE_ADDRESS.fullmatch(address)
    return match[1] if match else ""


def any_picture(uid: str) -> bool:
    """A `has_picture` that accepts every picture, for callers that only read."""
    return True


def refusal(line: int, message: str, **params: object) -> DocumentError:
    return DocumentError([(line, message % params if params else message)])


def label(name: str, language: str, labels: dict[str, str] | None = None) -> str:
    """The label of a part or line: the document's own one, or the usual one."""
    return (labels or {}).get(name) or LABELS[name][language][0]


def named(text: str, names: tuple[str, ...]) -> tuple[str, str] | None:
    """The part or line among `names` that a label stands for, and the label's language."""
    return _by_label(names).get(" ".join(text.split()).casefold())


@cache
def _by_label(names: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """Names and languages by label, in lower case."""
    found: dict[str, tuple[str, str]] = {}
    for name in names:
        for language, labels in LABELS[name].items():
            for known in labels:
                found.setdefault(known.casefold(), (name, language))
    return found
