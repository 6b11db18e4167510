"""What a save says about its meeting with other saves: what it was merged with, and which side
stayed where the editor had to choose."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from articles.admin.form.conflicts import label_of
from articles.admin.form.meeting import is_only, names_of
from articles.digests import revisions
from articles.digests.diffing import DIGEST_FIELDS
from articles.digests.three_way_merge import MINE, THEIRS, articles_of
from articles.models import Digest

MAX_NAMED = 8


def sentences(meeting, change, user):
    """The sentences about a save that made this `change`. They claim a merge only if changes of
    both sides stay."""
    chosen = meeting.merge.chosen
    kept = meeting.merge.kept if change else []
    saves = meeting.saves([*kept, *chosen])
    by_people = {}
    for place in kept:
        people = (names_of(saves[place], user), is_only(user, saves[place]))
        by_people.setdefault(people, []).append(place)
    for (names, is_own), places in by_people.items():
        words = {"names": names, "places": _named(places, meeting.theirs, meeting)}
        yield _merged(names, is_own) % words
    for side in (MINE, THEIRS):
        if places := [place for place in chosen if chosen[place] == side]:
            yield _chosen(side, places, saves, meeting, user)


def _merged(names, is_own):
    if is_own:
        return _("Merged with what you saved from another window: %(places)s.")
    if names:
        return _("Merged with what %(names)s changed in the meantime: %(places)s.")
    return _("Merged with what was changed in the meantime: %(places)s.")


def _chosen(side, places, saves, meeting, user):
    """A sentence about the places where one side stays, with a link to the other side's text."""
    found = [revision for place in places for revision in saves[place]]
    names = names_of(found, user)
    if side == MINE:
        sentence, label = _("Your version stays: %(places)s."), _("Look at what it replaced")
        lost = meeting.newest
    else:
        label, lost = _("Look at your own text"), _rescued(meeting, user)
        sentence = _("The other version stays: %(places)s.")
        if names:
            sentence = _("The version of %(names)s stays: %(places)s.")
    stays = meeting.mine if side == MINE else meeting.theirs
    sentence %= {"names": names, "places": _named(places, stays, meeting)}
    if lost is None:
        return sentence
    url = reverse("admin:articles_digest_revision", args=[meeting.digest.pk, lost.number])
    url = f"{url}?with=current{_fragment(places[0])}"
    return format_html('{} <a href="{}">{}</a>', sentence, url, label)


def _rescued(meeting, user):
    """The revision with the user's refused text; None if there is none."""
    refused = meeting.digest.revisions.filter(kind=revisions.Kind.RESCUED, author=user)
    return refused.order_by("-number").first()


def _fragment(place):
    """The part of the comparison that is about a place."""
    if place.uid:
        return f"#article-{place.uid}"
    return "#digest-fields" if place.field in DIGEST_FIELDS else ""


def _named(places, stays, meeting):
    """The places in words, those of an article together. `stays` is the snapshot whose values
    stay."""
    fields = {}
    for place in places:
        fields.setdefault(place.uid, []).append(place.field)
    words = []
    for uid, names in fields.items():
        if not uid:
            words += [str(label_of(name, Digest)) for name in names]
        elif names == [""]:
            words.append(_whole(uid, stays, meeting))
        else:
            labels = ", ".join(str(label_of(name)) for name in names)
            sentence = _("%(fields)s of “%(headline)s”")
            words.append(sentence % {"fields": labels, "headline": meeting.headline(uid)})
    more = len(words) - MAX_NAMED
    if more > 0:
        words[MAX_NAMED:] = [_("and %(count)d more") % {"count": more}]
    return "; ".join(words)


def _whole(uid, stays, meeting):
    if uid not in articles_of(stays):
        words = _("deletion of “%(headline)s”")
    elif uid in articles_of(meeting.base):
        words = _("the article “%(headline)s”")
    else:
        words = _("the new article “%(headline)s”")
    return words % {"headline": meeting.headline(uid)}
