"""The page for a save that conflicts with another: for each field in question both texts, their
difference, and a choice."""

from django.db import transaction
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from articles.admin.form.meeting import is_only, names_of
from articles.admin.form.other_text import OtherTextFields
from articles.admin.form.pictures import preview_address
from articles.admin.form.saving import CHOICE_PREFIX
from articles.digests import diffing, editing, revisions
from articles.digests.posted import OTHER
from articles.digests.three_way_merge import (
    MINE,
    ORDER,
    PICTURE,
    THEIRS,
    WHOLE_PICTURE,
    articles_of,
    value_at,
)
from articles.login.desk_page import desk_page
from articles.models import Article, Citation, Digest, Storyline
from articles.pictures import files
from articles.rules import nameless

HTTP_CONFLICT = 409
# Fields that the page sends itself, so they are not repeated.
OWN_FIELDS = {"csrfmiddlewaretoken", "chosen-version"}
BUTTONS = [
    *("_publish", "_schedule", "_unschedule", "_withdraw", "_submit", "_send_back"),
    *("_save", "_continue"),
]


def page(model_admin, request, conflict):
    """Keep the refused text as a revision, and ask for each place in question which side stays."""
    meeting = conflict.meeting
    try:
        version = _rescue(request, meeting)
    except Digest.DoesNotExist:
        return HttpResponseRedirect(reverse("admin:articles_digest_changelist"))
    effort = diffing.Effort()
    saves = meeting.saves(meeting.merge.asked)
    others = _others(saves, request.user)
    is_own = others["is_own"]
    context = {
        "title": _("Saved in two windows") if is_own else _("Somebody else saved this, too"),
        "media": model_admin.media,
        "digest": meeting.digest,
        **others,
        "questions": [
            _question(place, meeting, effort) | {"names": names_of(saves[place], request.user)}
            for place in meeting.merge.asked
        ],
        "typed": _typed(request.POST),
        "version": version,
        "button": next((name for name in BUTTONS if name in request.POST), "_continue"),
    }
    template = "articles/digest/conflict"
    return desk_page(model_admin, request, template, context, status=HTTP_CONFLICT)


@transaction.atomic
def _rescue(request, meeting):
    digest = editing.lock(meeting.digest)
    revisions.keep(
        digest,
        {**meeting.theirs, **meeting.mine},
        kind=revisions.Kind.RESCUED,
        author=request.user,
        note=_("Refused because of a conflict"),
    )
    return digest.version


def _others(saves, user):
    """Who changed the places in question, and when last. If others did, the user's own saves do not
    count."""
    found = [revision for place in saves.values() for revision in place]
    is_own = is_only(user, found)
    told = found if is_own else [revision for revision in found if revision.author != user]
    newest = max(told, key=lambda revision: revision.number, default=None)
    return {
        "others": names_of(found, user),
        "is_own": is_own,
        "saved_at": newest and newest.created_at,
    }


def _question(place, meeting, effort):
    """What the page shows about a place: its name, the two options, and the text before both."""
    sides = {MINE: meeting.mine, THEIRS: meeting.theirs}
    found = {}
    if place.field == ORDER:
        found = _orders(sides)
    elif place.field:
        found = _texts(place, sides, effort)
    else:
        found = {name: _whole(place, meeting.base, side, effort) for name, side in sides.items()}
    choice = meeting.merge.chosen.get(place)
    options = [
        {"value": name, "is_mine": name == MINE, "is_chosen": name == choice, **found[name]}
        for name in sides
    ]
    return {
        "name": CHOICE_PREFIX + place.key,
        "headline": nameless.shown_headline(meeting.headline(place.uid)) if place.uid else "",
        "label": capfirst(label_of(place.field, _model(place))) if place.field else "",
        "options": options,
        "is_whole": not place.field,
        "before": _before(place, meeting.base),
    }


def _texts(place, sides, effort):
    """The options for a field. Each has the parts of its text: those that only it has are not
    SAME."""
    values = {name: _values(place, side) for name, side in sides.items()}
    options = {MINE: [], THEIRS: []}
    for name in values[MINE]:
        texts = [diffing.field_text(values[side][name]) for side in (THEIRS, MINE)]
        if texts[0] == texts[1]:
            continue
        segments = _segments(name, *texts, effort, _model(place))
        label = label_of(name, _model(place)) if len(values[MINE]) > 1 else ""
        for side, other in ((MINE, diffing.REMOVED), (THEIRS, diffing.ADDED)):
            parts = [segment for segment in segments if segment.kind != other]
            source = _source(values[side][name]) if name == PICTURE[0] else ""
            options[side].append({"label": label, "parts": parts, "source": source})
    return {name: {"fields": fields} for name, fields in options.items()}


def _source(uid):
    """The address of a picture at the desk; empty if it is gone."""
    return preview_address(files.by_uid([uid]).get(uid))


def _whole(place, base, side, effort):
    """An option that keeps or deletes an article: what the side changed in it."""
    article = articles_of(side).get(place.uid)
    before = articles_of(base).get(place.uid, {})
    fields = []
    for name in diffing.ARTICLE_FIELDS if article else ():
        texts = diffing.field_text(before.get(name)), diffing.field_text(article[name])
        if texts[0] != texts[1]:
            segments = _segments(name, *texts, effort, Article)
            parts = [segment for segment in segments if segment.kind != diffing.REMOVED]
            fields.append({"label": label_of(name), "parts": parts})
    return {"is_gone": article is None, "fields": fields}


def _orders(sides):
    """The options for the order of the articles: their headlines, and which of them moved."""
    slim = {
        name: {"articles": [{"uid": a["uid"], "headline": a["headline"]} for a in side["articles"]]}
        for name, side in sides.items()
    }
    moved = {
        article.uid
        for article in diffing.compare(slim[THEIRS], slim[MINE]).articles
        if article.moved
    }
    return {
        name: {
            "articles": [
                {
                    "headline": nameless.shown_headline(a["headline"]),
                    "is_moved": a["uid"] in moved,
                }
                for a in side["articles"]
            ]
        }
        for name, side in slim.items()
    }


def _before(place, base):
    """The text of a field when the form was opened; empty if there is none to show."""
    if not place.field or place.field in (ORDER, WHOLE_PICTURE):
        return ""
    text = diffing.field_text(value_at(base, place))
    [segment] = readable(place.field, [diffing.Segment(diffing.SAME, text)], _model(place))
    return segment.text


def _values(place, side):
    """The values of a side at a place, by the names of the fields."""
    value = value_at(side, place)
    return value if place.field == WHOLE_PICTURE else {place.field: value}


def _segments(name, before, after, effort, model):
    if name == PICTURE[0]:  # an id has no words to compare
        kinds = ((diffing.REMOVED, before), (diffing.ADDED, after))
        segments = [diffing.Segment(kind, text) for kind, text in kinds if text]
    else:
        segments = diffing.compare_words(before, after, effort)
    return readable(name, segments, model)


def _model(place):
    return Article if place.uid else Digest


def label_of(name, model=Article):
    """The desk's label of a field of a snapshot or of another place, by default of an article's."""
    name, _dot, part = name.partition(".")
    if part:
        return OtherTextFields.base_fields[f"{OTHER}{part}"].label
    related = {
        "citations": Citation._meta.verbose_name_plural,
        "storyline": Storyline._meta.verbose_name,
        ORDER: _("order of the articles"),
        WHOLE_PICTURE: Article._meta.get_field(PICTURE[0]).verbose_name,
    }
    return related.get(name) or model._meta.get_field(name).verbose_name


def readable(name, segments, model=Article):
    """The segments of a field's change; a choice is shown by its label in the form."""
    if name == "picture":
        return [diffing.Segment(s.kind, picture_name(s.text)) for s in segments]
    is_column = name not in ("citations", "storyline") and "." not in name
    choices = dict(model._meta.get_field(name).choices or ()) if is_column else {}
    if not choices:
        return segments
    return [diffing.Segment(s.kind, str(choices.get(s.text, s.text))) for s in segments]


def picture_name(uid):
    """Words that tell one picture from another."""
    return _("picture %(id)s") % {"id": uid[:8]} if uid else ""


def _typed(posted):
    """All typed fields as names and values, to be sent again with the choices."""
    return [
        (name, value)
        for name, values in posted.lists()
        if not (name in OWN_FIELDS or name in BUTTONS or name.startswith(CHOICE_PREFIX))
        for value in values
    ]
