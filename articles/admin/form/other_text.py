"""Text of an article that fits no other field, edited with a box for each place where it stands.

A box that was not on the form leaves its text alone, and so does one that was sent as it was.
"""

from django import forms
from django.utils.translation import gettext_lazy as _

from articles.admin.fields import MarkdownFormField
from articles.document import ANCHORS, MAX_OTHER_LENGTH
from articles.rules.text import clean

PREFIX = "other_"
FIELDS = tuple(f"{PREFIX}{anchor}" for anchor in ANCHORS)


def _box(label):
    return MarkdownFormField(label=label, max_length=MAX_OTHER_LENGTH, required=False)


class OtherTextFields(forms.Form):
    """Fields for the form of an article, one for every place."""

    other_headline = _box(_("Other text below the headline"))
    other_citations = _box(_("Other text after the citations"))
    other_points = _box(_("Other text after the summary"))
    other_implications = _box(_("Other text after the implications"))
    other_corrections = _box(_("Other text after the corrections"))
    other_notes = _box(_("Other text after the tags and the authorship"))
    other_rule = _box(_("Other text at the end of the article"))

    @property
    def shown_other(self):
        """The boxes that have text, or had when the form was opened, without the one that every
        article has."""
        names = [name for name in FIELDS if name != "other_implications"]
        return [self[name] for name in names if self._had(name)]

    def _had(self, name):
        return self.add_prefix(name) in self.data if self.is_bound else name in self.initial


def initial(other):
    """What the boxes show of an article's stored text."""
    return {f"{PREFIX}{anchor}": text for anchor, text in _by_anchor(other).items()}


def read(form, before):
    """What the form makes of the text stored `before`; the same list if nothing was changed."""
    changed = dict(_changed(form, _by_anchor(before)))
    if not changed:
        return before
    stored = [row["after"] for row in before]
    added = [{"after": anchor} for anchor in changed if anchor not in stored]
    other = []
    for row in [*before, *added]:
        anchor = row["after"]
        if anchor not in changed:
            other.append(row)
        elif text := changed[anchor]:
            other.append({"after": anchor, "text": text})
            changed[anchor] = ""  # further texts of this place were in the same box
    return other


def _changed(form, before):
    for name in FIELDS:
        if form.add_prefix(name) not in form.data:
            continue
        anchor = name.removeprefix(PREFIX)
        text = form.fields[name].to_python(form[name].data)
        if text != clean(before.get(anchor, "")):
            yield anchor, text[:MAX_OTHER_LENGTH] if text.strip() else ""


def _by_anchor(other):
    texts = {}
    for row in other:
        texts.setdefault(row["after"], []).append(row["text"])
    return {anchor: "\n\n".join(found) for anchor, found in texts.items()}
