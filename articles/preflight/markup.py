"""Markdown and HTML that have no effect: readers would see them as typed, or not at all."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.preflight.checked import CheckedDigest, Passage
from articles.preflight.findings import Found, Severity, rule
from articles.rules import typed_html

# Headlines and titles are plain text; points and implications may contain inline Markdown.
_PLAIN_FIELDS = ("headline", "title")
_PLAIN = re.compile(r"\*\*|__(?=\w)|(?<=\w)__|\]\(|`|~~")
_BLOCK_START = re.compile(r"\s{0,3}(?:[-*+] |#{1,6} |> |\|)")
_LINK = re.compile(r"\[[^\[\]\n]*\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)?\)")
# Tags that have an effect in Markdown are no remains there.
_WORKING = "|".join(sorted(typed_html.ELEMENTS | {"br"}))
_TAGS = "a|b|br|div|em|figure|font|h[1-6]|hr|i|img|li|ol|p|span|strong|table|td|tr|u|ul"
_TAG = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>]{{0,300}})?/?>", re.IGNORECASE)
_TAG_WITHOUT_EFFECT = re.compile(
    rf"</?(?!(?:{_WORKING})[\s/>])(?:{_TAGS})(?:\s[^<>]{{0,300}})?/?>", re.IGNORECASE
)
_ENTITY = re.compile(
    r"&(?:nbsp|amp|lt|gt|quot|apos|middot|hellip|[lr][sd]quo|#\d{2,6}|#x[\da-f]{2,6});"
)


@rule(
    "markdown-residue",
    Severity.WARNING,
    gettext_lazy("Markdown signs"),
    gettext_lazy("Remove the signs, or complete what they began."),
)
def markdown_residue(digest: CheckedDigest) -> Iterator[Found]:
    for passage in digest.passages:
        residue = _residue(passage)
        if residue:
            sentence = _("Readers would see the Markdown sign “%(sign)s” as it is typed.")
            yield Found(passage.place, sentence % {"sign": residue}, passage.text)


@rule(
    "html-residue",
    Severity.WARNING,
    gettext_lazy("HTML in the text"),
    gettext_lazy("Remove it; emphasis is written as **word**."),
)
def html_residue(digest: CheckedDigest) -> Iterator[Found]:
    for passage in digest.passages:
        if passage.place.field in _PLAIN_FIELDS:
            match = _TAG.search(passage.prose) or _ENTITY.search(passage.prose)
            sentence = _("Readers would see the HTML “%(sign)s” as it is typed.")
        else:
            match = _TAG_WITHOUT_EFFECT.search(passage.prose)
            sentence = _("The HTML “%(sign)s” has no effect; readers see only the text in it.")
        if match:
            yield Found(passage.place, sentence % {"sign": match[0][:60]}, passage.text)


def _residue(passage: Passage) -> str:
    """The first Markdown sign without effect at its place, else an empty string."""
    field, text = passage.place.field, passage.prose
    if field in _PLAIN_FIELDS:
        match = _PLAIN.search(text) or _BLOCK_START.match(text)
        return match[0].strip() if match else ""
    if field == "points":
        block = _BLOCK_START.match(text)
        if block:
            return block[0].strip()
    if text.count("`") % 2:
        return "`"
    if text.count("**") % 2:
        return "**"
    return "](" if "](" in text and "](" in _LINK.sub("", text) else ""
