"""Model fields that store only text which every output format can carry, and the one list of an
article's fields.

Every value passes `get_prep_value` on its way to the database (form, import, `bulk_create`,
`update`). So no control character, lone surrogate or carriage return is ever stored.
"""

import enum
import json
from dataclasses import dataclass

from django.db import models
from markdownx.models import MarkdownxField

from articles.rules.text import clean


class Kind(enum.Enum):
    """The kind of value that a field of an article holds."""

    LINE = enum.auto()
    MARKDOWN = enum.auto()
    CHOICE = enum.auto()
    POINTS = enum.auto()
    OTHER = enum.auto()  # texts, each with the name of the part that it follows
    MADE = enum.auto()  # generated, never typed
    # Rows of other tables.
    CITATIONS = enum.auto()
    TAGS = enum.auto()
    STORYLINE = enum.auto()
    PICTURE = enum.auto()


class In(enum.Flag):
    """The places where a field of an article appears."""

    FORM = enum.auto()
    SNAPSHOT = enum.auto()
    DIFF = enum.auto()  # also used by merging and restoring
    DOCUMENT = enum.auto()
    JSON = enum.auto()
    SEARCH = enum.auto()
    PICTURE = enum.auto()  # a text about the picture
    NOTES = enum.auto()  # in the document, a labelled line at the end of the article

    TEXT = FORM | SNAPSHOT | DIFF | DOCUMENT | JSON  # what editors write and readers get


@dataclass(frozen=True)
class ArticleField:
    """A field by its name in snapshots. `input` is its name on the form if that differs."""

    name: str
    kind: Kind
    places: In
    input: str = ""


# In the order in which changes are shown. docs/architecture.md says how to add one.
ARTICLE = (
    ArticleField("headline", Kind.LINE, In.TEXT | In.SEARCH),
    ArticleField("slug", Kind.MADE, In.SNAPSHOT | In.JSON),
    ArticleField("feed_id", Kind.MADE, In.SNAPSHOT | In.JSON),
    ArticleField("points", Kind.POINTS, In.TEXT | In.SEARCH),
    # The lines that are not understood are in a column of their own, `unread_citations`, since no
    # row of the table of citations could hold them. Everywhere else they are among the citations.
    ArticleField("citations", Kind.CITATIONS, In.TEXT | In.SEARCH, input="citation_lines"),
    ArticleField("tags", Kind.TAGS, In.TEXT | In.SEARCH, input="tag_names"),
    ArticleField("storyline", Kind.STORYLINE, In.TEXT | In.SEARCH | In.NOTES),
    ArticleField("technical_significance", Kind.MARKDOWN, In.TEXT | In.SEARCH),
    ArticleField("industry_impact", Kind.MARKDOWN, In.TEXT | In.SEARCH),
    ArticleField("outlook", Kind.MARKDOWN, In.TEXT | In.SEARCH),
    ArticleField("picture", Kind.PICTURE, In.TEXT),
    ArticleField("picture_alt", Kind.LINE, In.TEXT | In.SEARCH | In.PICTURE),
    ArticleField("picture_caption", Kind.LINE, In.TEXT | In.SEARCH | In.PICTURE),
    ArticleField("picture_credit", Kind.LINE, In.TEXT | In.SEARCH | In.PICTURE),
    ArticleField("other", Kind.OTHER, In.TEXT | In.SEARCH),
    ArticleField("drafted_by", Kind.CHOICE, In.TEXT | In.NOTES),
    ArticleField("read_by", Kind.LINE, In.TEXT | In.NOTES),
    ArticleField("layout", Kind.MADE, In.SNAPSHOT | In.DOCUMENT),
)
_RELATED = {Kind.CITATIONS, Kind.TAGS, Kind.STORYLINE, Kind.PICTURE}


def names(place: In, *kinds: Kind) -> tuple[str, ...]:
    """The names of the fields that appear in a place, in order; with `kinds`, only of those
    kinds."""
    return tuple(
        field.name
        for field in ARTICLE
        if place in field.places and (not kinds or field.kind in kinds)
    )


def columns(place: In) -> tuple[str, ...]:
    """The names of those fields that are columns of the article and hold the same value as a
    snapshot."""
    return names(place, *(kind for kind in Kind if kind not in _RELATED))


# The parts of an article after its points, in order.
IMPLICATION_FIELDS = names(In.TEXT, Kind.MARKDOWN)
PICTURE_TEXTS = names(In.PICTURE)
NOTE_FIELDS = names(In.NOTES)
# The columns that a snapshot restores: the texts, and how they were written.
TEXT_FIELDS = columns(In.DIFF)
# The fields whose form value is the stored value.
TYPED_FIELDS = names(In.FORM, Kind.LINE, Kind.MARKDOWN, Kind.CHOICE)
# Long fields that lists do not load.
LONG_TEXTS = (
    *names(In.TEXT, Kind.POINTS, Kind.MARKDOWN, Kind.OTHER),
    "unread_citations",
    "layout",
)
# The names on the form.
INPUTS = {field.name: field.input or field.name for field in ARTICLE if In.FORM in field.places}


class CleanTextMixin:
    def to_python(self, value):
        value = super().to_python(value)
        return clean(value) if isinstance(value, str) else value

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return clean(value) if isinstance(value, str) else value

    def pre_save(self, model_instance, add):
        value = self.to_python(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value


class LineField(CleanTextMixin, models.CharField):
    """Text in one line."""


class MarkdownField(CleanTextMixin, MarkdownxField):
    """Markdown text that is edited with a preview."""


class _Unescaped(json.JSONEncoder):
    def __init__(self, **options):
        super().__init__(**options | {"ensure_ascii": False})


class UnescapedJSONField(models.JSONField):
    """JSON that stores letters unescaped: escaped Korean takes twice the space."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options | {"encoder": _Unescaped})

    def deconstruct(self):
        name, path, arguments, options = super().deconstruct()
        del options["encoder"]
        return name, path, arguments, options


class PointsField(UnescapedJSONField):
    """A list of one-line Markdown texts, in order."""

    def get_prep_value(self, value):
        if isinstance(value, list):
            value = [clean(point) if isinstance(point, str) else point for point in value]
        return super().get_prep_value(value)
