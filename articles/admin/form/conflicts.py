"""The page for a save that conflicts with another: both texts, their difference, a choice."""

from django.db import transaction
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from articles.admin.form.saving import CHOICE_PREFIX
from articles.digests import diffing, editing, revisions
from articles.login.desk_page import desk_page
from articles.models import Article, Citation, Digest
from articles.rules import nameless

HTTP_CONFLICT = 409
# Fields that the page sends itself, so they are not repeated.
OWN_FIELDS = {"csrfmiddlewaretoken", "chosen-version"}
BUTTONS = [
    *("_publish", "_schedule", "_unschedule", "_withdraw", "_submit", "_send_back"),
    *("_save", "_continue"),
]


def page(model_admin, request, conflict):
    """Keep the refused text as a revision, and ask for each article which text stays."""
    try:
        version = _rescue(request, conflict)
    except Digest.DoesNotExist:
        return HttpResponseRedirect(reverse("admin:articles_digest_changelist"))
    effort = diffing.Effort()
    context = {
        "title": _("Somebody else saved this, too"),
        "media": model_admin.media,
        "digest": conflict.digest,
        "newest": conflict.digest.revisions.filter(kind=revisions.Kind.SAVED)
        .select_related("author")
        .order_by("-number")
        .first(),
        "sides": [_sides(name, conflict, effort) for name in conflict.names],
        "typed": _typed(request.POST),
        "version": version,
        "button": next((name for name in BUTTONS if name in request.POST), "_continue"),
    }
    template = "articles/digest/conflict"
    return desk_page(model_admin, request, template, context, status=HTTP_CONFLICT)


@transaction.atomic
def _rescue(request, conflict):
    digest = editing.lock(conflict.digest)
    revisions.keep(
        digest,
        {**conflict.theirs, **conflict.mine},
        kind=revisions.Kind.RESCUED,
        author=request.user,
        note=_("Refused because of a conflict"),
    )
    return digest.version


def _sides(name, conflict, effort):
    """One article or the digest in conflict: its label, and its fields with both texts and their
    difference."""
    if name in diffing.DIGEST_FIELDS:
        texts = [diffing.field_text(side.get(name)) for side in (conflict.mine, conflict.theirs)]
        return _row(name, label_of(name, Digest), [_field(name, *texts, effort, Digest)])
    mine, theirs = (_article(side, name) for side in (conflict.mine, conflict.theirs))
    fields = []
    for field in diffing.ARTICLE_FIELDS:
        texts = [diffing.field_text((side or {}).get(field)) for side in (mine, theirs)]
        if texts[0] != texts[1]:
            fields.append(_field(field, *texts, effort))
    headline = nameless.shown_headline((mine or theirs)["headline"])
    row = _row(name, headline, fields)
    return row | {"i_deleted": mine is None, "they_deleted": theirs is None}


def _row(name, label, fields):
    return {"name": CHOICE_PREFIX + name, "label": label, "fields": fields}


def label_of(name, model=Article):
    """The desk's label of a field of a snapshot, by default of an article's."""
    related = {"citations": Citation._meta.verbose_name_plural}
    return related.get(name) or model._meta.get_field(name).verbose_name


def readable(name, segments, model=Article):
    """The segments of a field's change; a choice is shown by its label in the form."""
    if name == "picture":
        return [diffing.Segment(s.kind, picture_name(s.text)) for s in segments]
    choices = {} if name == "citations" else dict(model._meta.get_field(name).choices or ())
    if not choices:
        return segments
    return [diffing.Segment(s.kind, str(choices.get(s.text, s.text))) for s in segments]


def picture_name(uid):
    """Words that tell one picture from another."""
    return _("picture %(id)s") % {"id": uid[:8]} if uid else ""


def _field(name, mine, theirs, effort, model=Article):
    segments = readable(name, diffing.compare_words(theirs, mine, effort), model)
    whole = [diffing.Segment(diffing.SAME, text) for text in (mine, theirs)]
    mine, theirs = (segment.text for segment in readable(name, whole, model))
    return {"label": label_of(name, model), "mine": mine, "theirs": theirs, "segments": segments}


def _article(snapshot, uid):
    return next((a for a in snapshot["articles"] if a["uid"] == uid), None)


def _typed(posted):
    """All typed fields as names and values, to be sent again with the choices."""
    return [
        (name, value)
        for name, values in posted.lists()
        if not (name in OWN_FIELDS or name in BUTTONS or name.startswith(CHOICE_PREFIX))
        for value in values
    ]
