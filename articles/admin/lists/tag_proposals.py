"""Proposed tags at the desk, tag by tag: given to articles, refused, and taken back."""

import datetime as dt

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.admin.display import zoned
from articles.admin.lists.vocabulary import may_change
from articles.fields import IMPLICATION_FIELDS
from articles.login.desk_page import desk_page
from articles.models import Article, Tag, TagProposal
from articles.recognising.tag_words import Part, normal
from articles.rules import nameless
from articles.rules.text import parse_key
from articles.taxonomy import proposals, vocabulary

SHOWN = 100
SHOWN_TAGS = 200
SHOWN_BATCHES = 5
# Characters of a sample before and after the first marked word.
BEFORE, AFTER = 40, 120
State = TagProposal.State


def listing(model_admin, request):
    """The tags that are proposed, and for how many articles."""
    if not may_change(request):
        raise PermissionDenied
    waiting = proposals.waiting()
    context = {
        "title": _("Proposed tags"),
        "media": model_admin.media,
        "tags": waiting[:SHOWN_TAGS],
        "total": sum(tag.open for tag in waiting),
    }
    return desk_page(model_admin, request, "articles/tag/proposals", context)


def page(model_admin, request, pk):
    """The articles that a tag is proposed for. A POST decides about them."""
    if not may_change(request):
        raise PermissionDenied
    tag = Tag.objects.filter(pk=pk).first()
    if tag is None:
        raise Http404
    if request.method == "POST":
        return _decide(model_admin, request, tag)
    waiting = proposals.waiting_for(tag)
    total = waiting.count()
    context = {
        "title": _("Proposed tag “%(tag)s”") % {"tag": tag.name},
        "media": model_admin.media,
        "tag": tag,
        "total": total,
        "rows": _rows(tag, list(waiting[:SHOWN])),
        "at_once": min(total, proposals.MOST_CONFIRMED) if total > SHOWN else 0,
        "batches": _batches(tag),
    }
    return desk_page(model_admin, request, "articles/tag/proposal", context)


def _decide(model_admin, request, tag):
    """Do what the pressed button says, and show what is left."""
    shown, chosen = (_uids(request, name) for name in ("shown", "article"))
    if "confirm" in request.POST:
        count = proposals.confirm(tag, chosen, by=request.user)
        refused = proposals.refuse(
            tag, [uid for uid in shown if uid not in chosen], by=request.user
        )
        sentence = _given(count) + (f" {_refused(refused)}" if refused else "")
    elif "confirm-all" in request.POST:
        waiting = proposals.waiting_for(tag).values_list("article_uid", flat=True)
        uids = list(waiting[: proposals.MOST_CONFIRMED])
        sentence = _given(proposals.confirm(tag, uids, by=request.user))
    elif "refuse" in request.POST:
        sentence = _refused(proposals.refuse(tag, by=request.user))
    elif moment := _moment(request.POST.get("undo", "")):
        sentence = _taken_back(proposals.undo(tag, moment, by=request.user))
    else:
        return redirect(_url(tag))
    model_admin.message_user(request, sentence, messages.SUCCESS)
    return redirect(_url(tag))


def _moment(text):
    """The moment that a button names; None if it is none."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if timezone.is_aware(moment) else None


def _url(tag):
    return reverse("admin:articles_tag_proposal", args=[tag.pk])


def _uids(request, name):
    keys = (parse_key(text) for text in request.POST.getlist(name)[: proposals.MOST_CONFIRMED])
    return list(dict.fromkeys(key for key in keys if key))


def _rows(tag, waiting):
    """The articles of proposals, each with a sample in which the words of the tag are marked."""
    articles = Article.objects.select_related("digest").in_bulk(
        [row.article_uid for row in waiting], field_name="uid"
    )
    words = vocabulary.load()
    return [
        _row(tag, articles[row.article_uid], words)
        for row in waiting
        if row.article_uid in articles
    ]


def _row(tag, article, words):
    headline, sample = [(nameless.shown_headline(article.headline), False)], []
    texts = {name: getattr(article, name) for name in ("headline", "points", *IMPLICATION_FIELDS)}
    for part, text in vocabulary.passages(texts):
        hits = [hit for hit in words.hits(text) if hit.tag == tag.name]
        if hits and part == Part.HEADLINE:
            headline = _marked(normal(text), hits)
        elif hits:
            sample = _marked(normal(text), hits, around=True)
            break
    place = f"#articles-{article.position - 1}"
    return {
        "uid": article.uid,
        "date": article.digest.date,
        "headline": headline,
        "sample": sample,
        "url": reverse("admin:articles_digest_change", args=[article.digest_id]) + place,
    }


def _marked(text, hits, *, around=False):
    """A text as pairs of a part and whether it is marked; with `around`, only what is near the
    first hit."""
    start = max(0, hits[0].start - BEFORE) if around else 0
    stop = min(len(text), hits[0].end + AFTER) if around else len(text)
    parts, end = [("…", False)] if start else [], start
    for hit in hits:
        if hit.end <= stop:
            parts += [(text[end : hit.start], False), (text[hit.start : hit.end], True)]
            end = hit.end
    return [*parts, (text[end:stop], False), *([("…", False)] if stop < len(text) else [])]


def _batches(tag):
    """The last times when the tag was given to proposed articles."""
    given = TagProposal.objects.filter(tag=tag, state=State.CONFIRMED).order_by()
    batches = given.values("decided_at").annotate(count=Count("pk")).order_by("-decided_at")
    return [
        {"moment": row["decided_at"].isoformat(), "time": zoned(row["decided_at"]), **row}
        for row in batches[:SHOWN_BATCHES]
    ]


def _given(count):
    return ngettext(
        "%(count)d article has the tag now.", "%(count)d articles have the tag now.", count
    ) % {"count": count}


def _refused(count):
    return ngettext(
        "It is not proposed again for %(count)d article.",
        "It is not proposed again for %(count)d articles.",
        count,
    ) % {"count": count}


def _taken_back(count):
    return ngettext(
        "The tag is taken back from %(count)d article, and proposed again.",
        "The tag is taken back from %(count)d articles, and proposed again.",
        count,
    ) % {"count": count}
