"""Text of an article that fits no other field, edited in one box per place."""

from django import forms
from django.utils.translation import gettext_lazy as _

from articles.admin.fields import MarkdownFormField
from articles.digests.posted import OTHER, other_texts
from articles.document import ANCHORS
from articles.rules.lengths import LONGEST_TEXT

FIELDS = tuple(f"{OTHER}{anchor}" for anchor in ANCHORS)


def _box(label):
    return MarkdownFormField(label=label, max_length=LONGEST_TEXT, required=False)


class OtherTextFields(forms.Form):
    """Fields of the article form, one per place."""

    other_headline = _box(_("Other text below the headline"))
    other_citations = _box(_("Other text after the citations"))
    other_points = _box(_("Other text after the summary"))
    other_implications = _box(_("Other text after the implications"))
    other_corrections = _box(_("Other text after the corrections"))
    other_notes = _box(_("Other text after the tags and the authorship"))
    other_rule = _box(_("Other text at the end of the article"))

    @property
    def shown_other(self):
        """The boxes that have text, or had it when the form was opened, except the box that every
        article has."""
        names = [name for name in FIELDS if name != "other_implications"]
        return [self[name] for name in names if self._had(name)]

    def _had(self, name):
        return self.add_prefix(name) in self.data if self.is_bound else name in self.initial


def initial(other):
    """The initial values of the boxes for an article's stored text."""
    return {f"{OTHER}{anchor}": text for anchor, text in other_texts(other).items()}
