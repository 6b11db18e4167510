"""Fields of the article form for the desk only: assignee, ready mark, comments.

Only changes against the state in which the form was opened are applied, so that two editors never
undo each other's changes.
"""

import weakref
from functools import cached_property, partial

from django import forms
from django.utils.translation import gettext_lazy as _

from articles.admin.display import zoned
from articles.admin.fields import TextFormField
from articles.changes import audit
from articles.digests import assigning, signing
from articles.rules.text import parse_key, whole_number

# A form also has a field `done_` plus the number of a comment, for each comment.
FIELDS = (
    *("assignee", "is_ready", "is_signed", "comment"),
    *("assignee_was", "is_ready_was", "is_signed_was"),
)
DONE = "done_"
MAX_COMMENT = 1_000


class DeskFields(forms.Form):
    """Fields of the article form. The formset sets `desk`; with None they are not shown."""

    desk = None
    assignee = forms.TypedChoiceField(
        label=_("Assigned to"), coerce=int, empty_value=None, required=False
    )
    is_ready = forms.BooleanField(label=_("Ready"), required=False)
    assignee_was = forms.IntegerField(required=False, widget=forms.HiddenInput)
    is_ready_was = forms.BooleanField(required=False, widget=forms.HiddenInput)
    is_signed = forms.BooleanField(label=_("I have read it against its citations"), required=False)
    is_signed_was = forms.BooleanField(required=False, widget=forms.HiddenInput)
    comment = TextFormField(
        label=_("New comment"),
        strip=True,
        required=False,
        max_length=MAX_COMMENT,
        widget=forms.Textarea(attrs={"class": "comment-input", "rows": 2}),
    )

    @property
    def shown_uid(self):
        """The permanent id of the row's article; empty for a new one."""
        uid = self.data.get(self.add_prefix("uid")) if self.is_bound else self.initial.get("uid")
        return str(parse_key(uid) or "")

    @property
    def assignee_name(self):
        chosen = str(self["assignee"].value() or "")
        return next((name for pk, name in self.desk.choices(self) if str(pk) == chosen), "")

    @cached_property
    def thread(self):
        """The article's comments, as the template shows them."""
        return [self._shown(comment) for comment in self.desk.threads.get(self.shown_uid, [])]

    @property
    def signatures(self):
        """Who signed the stored text, and when."""
        rows = self.desk.signatures.get(self.shown_uid, [])
        return [{"name": row.name, "time": zoned(row.signed_at)} for row in rows]

    @property
    def open_comments(self):
        return sum(remark["is_open"] for remark in self.thread)

    def desk_change(self) -> assigning.Change:
        """The user's changes; falsy if there are none. Valid forms only."""
        typed, change = self.cleaned_data, assigning.Change()
        if typed["assignee"] != typed["assignee_was"]:
            change["assignee"] = typed["assignee"]
        if typed["is_ready"] != typed["is_ready_was"]:
            change["is_ready"] = typed["is_ready"]
        if typed["is_signed"] != typed["is_signed_was"]:
            change["is_signed"] = typed["is_signed"]
        if typed["comment"]:
            change["comment"] = typed["comment"]
        if done := self._done():
            change["resolved"] = done
        return change

    def _done(self):
        start = self.add_prefix(DONE)
        names = [name for name in self.data if name.startswith(start)]
        numbers = [whole_number(name.removeprefix(start)) for name in names]
        return [number for number in numbers if number is not None]

    def _shown(self, comment):
        name = f"{DONE}{comment.pk}"
        kept = self.data.get(self.add_prefix(name)) if self.is_bound else self.initial.get(name)
        return {
            "comment": comment,
            "time": zoned(comment.created_at),
            "author": comment.author and audit.name_of(comment.author),
            "resolved_by": comment.resolved_by and audit.name_of(comment.resolved_by),
            "is_open": comment.resolved_at is None,
            "name": self.add_prefix(name),
            "is_ticked": bool(kept),
        }


class Desk:
    """Data that the rows of one formset share. Each query runs once, when it is first needed."""

    def __init__(self, formset):
        self.formset = weakref.proxy(formset)  # which keeps the forms, and they this

    def add_to(self, form):
        form.desk = self
        form.fields["assignee"].choices = partial(self.choices, weakref.proxy(form))
        if not form.is_bound and "is_signed_was" not in form.initial:
            rows = self.signatures.get(form.shown_uid, [])
            is_signed = any(row.user_id == self.formset.user.pk for row in rows)
            form.initial |= {"is_signed": is_signed, "is_signed_was": is_signed}

    @cached_property
    def people(self):
        return [(person.pk, audit.name_of(person)) for person in assigning.people()]

    def choices(self, form):
        """Nobody, all users who may be chosen, and the present assignee."""
        row = self.rows.get(form.shown_uid)
        own = row and row.assignee and (row.assignee_id, audit.name_of(row.assignee))
        others = [own] if own and own not in self.people else []
        return [("", "–"), *self.people, *others]

    @cached_property
    def threads(self):
        return assigning.threads(filter(None, (form.shown_uid for form in self.formset.forms)))

    @cached_property
    def signatures(self):
        """The signatures that count, by article uid."""
        return signing.of_digest(self.formset.stored)

    @cached_property
    def rows(self):
        """The stored articles with what a snapshot has not, by uid."""
        digest = self.formset.instance
        if digest is None or digest.pk is None:
            return {}
        rows = digest.articles.select_related("assignee")
        return {str(row.uid): row for row in rows.only("uid", "digest", "is_ready", "assignee")}


def initial(article):
    """The initial values of the fields for a stored article, if it is still there."""
    if article is None:
        return {}
    return {
        "assignee": article.assignee_id,
        "is_ready": article.is_ready,
        "assignee_was": article.assignee_id,
        "is_ready_was": article.is_ready,
    }
