"""The digest document: the Markdown form in which digests are exchanged.

The only parser of that form. Text in, plain values out; no database, no files. What has no
field is refused with its line, so that nothing is lost in silence.
"""

import datetime as dt
import re
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

import yaml
from django.utils.translation import gettext as _

from articles.lines import MAX_POINT_LENGTH, CitationLine, parse_citation
from articles.text import clean, find_forbidden

MAX_HEADLINE_LENGTH = 300
MAX_TITLE_LENGTH = 200
MAX_IMPLICATION_LENGTH = 5_000
MAX_INTRODUCTION_LENGTH = 10_000
MAX_FRONT_MATTER_LENGTH = 50_000

POINTS_LABELS = {"요약": "ko", "Summary": "en"}
IMPLICATIONS_LABELS = {"주요 내용 및 시사점": "ko", "Implications": "en"}
IMPLICATION_FIELDS = {
    "기술적 의미": "technical_significance",
    "산업적 영향": "industry_impact",
    "향후 전망": "outlook",
    "Technical significance": "technical_significance",
    "Industry impact": "industry_impact",
    "Outlook": "outlook",
}

_FENCE = re.compile(r"^---[ \t]*$")
_HEADING = re.compile(r"^(#{1,6})(?:[ \t]+(.*?))?[ \t]*$")
_BULLET = re.compile(r"^- (.*\S)[ \t]*$")
_IMPLICATION = re.compile(r"^\*\*(.+?)\*\*[ \t]*[:：][ \t]*(.*)$")
_STAMP = re.compile(
    r"^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2}))?[ \t]*(Z|[+-]\d{2}:?\d{2})?)?$"
)


@dataclass(frozen=True)
class ArticleText:
    """One article as the document has it; texts are Markdown, `line` is where it starts."""

    headline: str
    citations: list[CitationLine] = field(default_factory=list)
    points: list[str] = field(default_factory=list)
    technical_significance: str = ""
    industry_impact: str = ""
    outlook: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Document:
    """One digest as the document has it.

    `date` is the issue's day in the time zone that the stamp itself names; `stamp` is the aware
    moment. `front_matter` holds every key but the title as it was written, in its order.
    """

    date: dt.date
    stamp: dt.datetime = field(compare=False)
    title: str
    introduction: str
    language: str
    front_matter: dict
    articles: list[ArticleText]


@dataclass(frozen=True)
class Pasted:
    """What was found in a pasted text; what it does not have is None or empty."""

    date: dt.date | None
    title: str
    introduction: str
    articles: list[ArticleText]


class DocumentError(ValueError):
    """`errors` is a list of (line number from 1, sentence), in the order of the lines."""

    def __init__(self, errors: list[tuple[int, str]]):
        super().__init__(errors)
        self.errors = sorted(errors)


def parse(text: str, zone: ZoneInfo) -> Document:
    """Read a digest document. `zone` is for stamps that name no time zone.

    Raises DocumentError with every line that cannot be used.
    """
    forbidden = find_forbidden(text)
    if forbidden:
        line = text.count("\n", 0, forbidden.start()) + 1
        code = f"U+{ord(forbidden[0]):04X}"
        raise _error(
            line, _("The line holds the control character %(code)s. Remove it."), code=code
        )
    lines = clean(text).split("\n")
    end = _front_matter_end(lines)
    front_matter, key_lines = _front_matter("\n".join(lines[1:end]))
    stamp, title = _stamp_and_title(front_matter, key_lines, zone)
    body = _Body(first_line=end + 2)
    for line in lines[end + 1 :]:
        body.read(line)
    body.finish()
    kept = {key: value for key, value in front_matter.items() if key != "title"}
    return Document(
        date=stamp.date(),
        stamp=stamp,
        title=title,
        introduction="\n".join(body.introduction).strip(),
        language=body.language,
        front_matter=kept,
        articles=body.articles,
    )


def parse_articles(text: str, zone: ZoneInfo) -> Pasted:
    """Read articles that an editor pasted into the form, with front matter or without.

    The body's grammar is that of a post, but a citation may be an address alone, as in the form.
    What the form holds itself, such as the date, may be missing. Raises DocumentError.
    """
    lines = clean(text).lstrip("\ufeff").split("\n")
    blank = next((index for index, line in enumerate(lines) if line.strip()), 0)
    lines = lines[blank:]
    date, title, start = None, "", 0
    try:
        if _FENCE.match(lines[0]):
            start = _front_matter_end(lines) + 1
            values, key_lines = _front_matter("\n".join(lines[1 : start - 1]))
            date, title = _pasted_date(values.get("date"), zone), _pasted_title(values, key_lines)
        body = _Body(first_line=start + 1, needs_publishers=False)
        for line in lines[start:]:
            body.read(line)
        body.finish()
    except DocumentError as error:
        raise DocumentError([(line + blank, words) for line, words in error.errors]) from error
    return Pasted(date, title, "\n".join(body.introduction).strip(), body.articles)


def _pasted_date(value: object, zone: ZoneInfo) -> dt.date | None:
    try:
        return parse_stamp(value, zone).date()
    except ValueError:
        return None


def _pasted_title(values: dict, lines: dict[str, int]) -> str:
    title = values.get("title")
    if not isinstance(title, str):
        return ""
    if len(title) > MAX_TITLE_LENGTH or "\n" in title:
        message = _("The title is too long. Use one line of at most %(limit)d characters.")
        raise DocumentError([(lines["title"], message % {"limit": MAX_TITLE_LENGTH})])
    return title.strip()


def _error(line: int, message: str, **params: object) -> DocumentError:
    return DocumentError([(line, message % params if params else message)])


# Front matter


def _front_matter_end(lines: list[str]) -> int:
    """The index of the line that closes the front matter."""
    if not _FENCE.match(lines[0]):
        raise _error(1, _("The post has no front matter. Start it with a line of three hyphens."))
    for index, line in enumerate(lines[1:], start=1):
        if _FENCE.match(line):
            return index
    raise _error(1, _("The front matter is not closed. End it with a line of three hyphens."))


def _front_matter(text: str) -> tuple[dict, dict[str, int]]:
    """The keys with their values as texts, lists or mappings of texts, and the keys' lines."""
    if len(text) > MAX_FRONT_MATTER_LENGTH:
        raise _error(1, _("The front matter is too long."))
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text)):
            raise _error(1, _("The front matter uses YAML aliases (*name). Write the values out."))
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        problem = getattr(error, "problem", None) or str(error)
        raise _error(
            line, _("The front matter is not valid YAML: %(problem)s."), problem=problem
        ) from error
    if not isinstance(root, yaml.MappingNode):
        raise _error(2, _("The front matter is not a list of keys and values such as “title: …”."))
    return _mapping(root)


def _mapping(root: yaml.MappingNode) -> tuple[dict, dict[str, int]]:
    values, lines = {}, {}
    for key_node, value_node in root.value:
        key, line = str(key_node.value), key_node.start_mark.line + 2
        if key in values:
            raise _error(line, _("The front matter has “%(key)s” twice. Keep one."), key=key)
        values[key], lines[key] = _plain(value_node), line
    return values, lines


def _plain(node: yaml.Node) -> str | list | dict:
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _plain(value) for key, value in node.value}
    return node.value


def _stamp_and_title(
    values: dict, lines: dict[str, int], zone: ZoneInfo
) -> tuple[dt.datetime, str]:
    errors = []
    stamp = title = None
    if not values.get("date"):
        errors.append(
            (lines.get("date", 1), _("The front matter has no date. Add “date: 2026-01-03”."))
        )
    else:
        try:
            stamp = parse_stamp(values["date"], zone)
        except ValueError:
            message = _("“%(date)s” is not a date. Write it as 2026-01-03 07:00:00 +0900.")
            errors.append((lines["date"], message % {"date": values["date"]}))
    title = values.get("title")
    if not isinstance(title, str) or not title.strip():
        errors.append((lines.get("title", 1), _("The front matter has no title. Add “title: …”.")))
    elif len(title) > MAX_TITLE_LENGTH or "\n" in title:
        message = _("The title is too long. Use one line of at most %(limit)d characters.")
        errors.append((lines["title"], message % {"limit": MAX_TITLE_LENGTH}))
    if errors:
        raise DocumentError(errors)
    return stamp, title


def parse_stamp(text: object, zone: ZoneInfo) -> dt.datetime:
    """An aware datetime from `2026-01-03[ 00:31[:05][ +0900]]`; raises ValueError."""
    match = _STAMP.match(text.strip()) if isinstance(text, str) else None
    if not match:
        raise ValueError(text)
    day, minutes, seconds, offset = match.groups()
    stamp = dt.datetime.fromisoformat(f"{day}T{minutes or '00:00'}:{seconds or '00'}")
    if not offset:
        return stamp.replace(tzinfo=zone)
    return dt.datetime.strptime(f"{stamp:%Y-%m-%dT%H:%M:%S}{offset}", "%Y-%m-%dT%H:%M:%S%z")


# Body


class _Body:
    """Reads the lines after the front matter; each handler takes one line of its part."""

    def __init__(self, first_line: int, *, needs_publishers: bool = True):
        self.number = first_line - 1
        self.needs_publishers = needs_publishers
        self.introduction: list[str] = []
        self.articles: list[ArticleText] = []
        self.errors: list[tuple[int, str]] = []
        self.languages: set[str] = set()
        self.handle = self._in_introduction

    @property
    def language(self) -> str:
        return "en" if self.languages == {"en"} else "ko"

    def read(self, line: str) -> None:
        self.number += 1
        heading = _HEADING.match(line)
        if heading and len(heading[1]) == 2:
            self._start_article(heading[2] or "")
        elif heading and self.articles:
            self._start_section(len(heading[1]), heading[2] or "")
        elif _FENCE.match(line) and self.articles:
            self.handle = self._after_article
        elif line.strip() or self.handle == self._in_introduction:
            self.handle(line)

    def finish(self) -> None:
        if len("\n".join(self.introduction)) > MAX_INTRODUCTION_LENGTH:
            message = _("The introduction is too long. Use at most %(limit)d characters.")
            self._refuse(message % {"limit": MAX_INTRODUCTION_LENGTH})
        if not self.articles:
            self._refuse(_("The post has no article. An article starts with a line “## headline”."))
        if self.errors:
            raise DocumentError(self.errors)

    def _start_article(self, headline: str) -> None:
        if not headline:
            self._refuse(_("The headline is empty. Write it after “## ”."))
        if len(headline) > MAX_HEADLINE_LENGTH:
            message = _("The headline is too long. Use at most %(limit)d characters.")
            self._refuse(message % {"limit": MAX_HEADLINE_LENGTH})
        self.articles.append(ArticleText(headline, line=self.number))
        self.handle = self._in_citations

    def _start_section(self, level: int, label: str) -> None:
        if level == 3 and label in POINTS_LABELS and not self._article.points:
            self.languages.add(POINTS_LABELS[label])
            self.handle = self._in_points
        elif level == 3 and label in IMPLICATIONS_LABELS:
            self.languages.add(IMPLICATIONS_LABELS[label])
            self.handle = self._in_implications
        else:
            message = _("The heading “%(label)s” is not known here. Known are: %(known)s.")
            known = ", ".join([*POINTS_LABELS, *IMPLICATIONS_LABELS])
            self._refuse(message % {"label": label, "known": known})
            self.handle = self._in_unknown_section

    def _in_introduction(self, line: str) -> None:
        self.introduction.append(line)

    def _in_citations(self, line: str) -> None:
        try:
            citation = parse_citation(line)
            if self.needs_publishers and not citation.publisher:
                raise ValueError(_("The publisher is missing. Write it as [publisher](address)."))
        except ValueError as error:
            self._refuse(str(error))
        else:
            self._article.citations.append(citation)

    def _in_points(self, line: str) -> None:
        bullet = _BULLET.match(line)
        if not bullet:
            self._refuse(_("A summary point starts with “- ”. This line does not."))
        elif len(bullet[1]) > MAX_POINT_LENGTH:
            message = _("This point has %(length)d characters. Shorten it to %(limit)d.")
            self._refuse(message % {"length": len(bullet[1]), "limit": MAX_POINT_LENGTH})
        else:
            self._article.points.append(bullet[1])

    def _in_implications(self, line: str) -> None:
        bullet = _BULLET.match(line)
        labelled = bullet and _IMPLICATION.match(bullet[1])
        name = labelled and IMPLICATION_FIELDS.get(labelled[1].strip())
        if not name:
            message = _("An implication starts with “- **label**: ”, the label one of: %(known)s.")
            self._refuse(message % {"known": ", ".join(IMPLICATION_FIELDS)})
        elif len(labelled[2]) > MAX_IMPLICATION_LENGTH:
            message = _("This text has %(length)d characters. Shorten it to %(limit)d.")
            self._refuse(message % {"length": len(labelled[2]), "limit": MAX_IMPLICATION_LENGTH})
        elif getattr(self._article, name):
            self._refuse(_("This article already has “%(label)s”.") % {"label": labelled[1]})
        else:
            self.articles[-1] = replace(self._article, **{name: labelled[2]})

    def _in_unknown_section(self, line: str) -> None:
        """The heading was refused; its lines need no sentence each."""

    def _after_article(self, line: str) -> None:
        self._refuse(_("This line stands between two articles and fits no field."))

    @property
    def _article(self) -> ArticleText:
        return self.articles[-1]

    def _refuse(self, message: str) -> None:
        self.errors.append((self.number, message))
