"""The page on which an article is read against its citations and signed, one after the other."""

from django.core.exceptions import PermissionDenied
from django.forms import Media
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles import preflight
from articles.admin.display import status_badge, zoned
from articles.admin.form import findings, storylines
from articles.admin.permissions import may_change, may_publish
from articles.admin.reading import beside, steps
from articles.digests import revisions, signing
from articles.fields import IMPLICATION_FIELDS
from articles.login.desk_page import desk_page
from articles.models import Article, Digest, LeftOut, Signature, text_hash
from articles.posts.pushes import record
from articles.preflight import remedies
from articles.rules.nameless import shown_headline
from articles.rules.rendering import render, render_inline

MEDIA = Media(
    css={"all": ["css/admin-digest.css", "css/admin-findings.css", "css/admin-reading.css"]},
    js=["js/admin-reading.js"],
)


def page(model_admin, request, pk, uid=None):
    """Show an article, by default the first that nobody signed, or the end if there is none. A POST
    is a step; it leads on to the next article."""
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    digest = get_object_or_404(Digest, pk=pk)
    if not may_change(request.user, digest):
        raise PermissionDenied
    if request.method == "POST":
        return steps.take(model_admin, request, digest, uid and str(uid))
    data = revisions.snapshot(digest)
    signed = signing.of_digest(data)
    read = _chosen(data, signed, uid and str(uid))
    if uid and read is None:
        model_admin.message_user(request, _("This article is not in the digest any more."))
        return redirect("admin:articles_digest_reading", digest.pk)
    context = _frame(request, digest, data, signed, read)
    if read:
        context |= _article(digest, data, read)
    return desk_page(model_admin, request, "articles/reading/page", context)


def progress(data, signed=None):
    """A sentence: how many articles of a snapshot somebody signed. `signed` has the signatures, if
    the caller has them."""
    signed = signing.of_digest(data) if signed is None else signed
    total = len(data["articles"])
    sentence = ngettext(
        "%(signed)d of %(total)d article signed", "%(signed)d of %(total)d articles signed", total
    )
    return sentence % {"signed": len(signed), "total": total}


def _chosen(data, signed, uid):
    if uid:
        return next((one for one in data["articles"] if one["uid"] == uid), None)
    return next((one for one in data["articles"] if one["uid"] not in signed), None)


def _frame(request, digest, data, signed, read):
    """What the page has for any article, and when all are read."""
    name = read and shown_headline(read["headline"])
    uids = [article["uid"] for article in data["articles"]]
    place = uids.index(read["uid"]) if read else None
    may_go_out = may_publish(request.user) and digest.status != Digest.Status.PUBLISHED
    return {
        "media": MEDIA,
        "title": name or _("Reading"),
        "digest": digest,
        "status": status_badge(digest),
        "progress": progress(data, signed),
        "steps": [_place(digest, article, signed, read) for article in data["articles"]],
        "before": _url(digest, uids[place - 1]) if place else "",
        "after": _url(digest, uids[place + 1]) if read and place + 1 < len(uids) else "",
        "last_step": steps.last(request, digest),
        "is_open": not digest.is_public,
        "may_publish": may_go_out and bool(uids) and len(signed) == len(uids),
        "reasons": list(LeftOut.Reason.choices),
    }


def _place(digest, article, signed, read):
    return {
        "url": _url(digest, article["uid"]),
        "name": shown_headline(article["headline"]),
        "is_signed": article["uid"] in signed,
        "is_current": article is read,
    }


def _article(digest, data, read):
    """What is shown of an article, as readers see it, and what helps to judge it."""
    uid, number = read["uid"], data["articles"].index(read)
    offers = remedies.offers(data, uid)
    cited = beside.citations(digest, read)
    return {
        "article": read,
        "address": _url(digest, uid),
        "seen": text_hash(read),
        "headline": render_inline(read["headline"]),
        "points": list(map(render_inline, read["points"])),
        "implications": [
            (Article._meta.get_field(name).verbose_name, render(read[name]))
            for name in IMPLICATION_FIELDS
            if read[name].strip()
        ],
        "cited": cited,
        "missing": beside.missing(read, cited),
        "found": list(_findings(digest, data, uid, offers)),
        "mends": len(offers),
        "is_drafted": read["drafted_by"] == Article.Drafting.AI,
        "push": record.writer_of(digest, uid),
        "signatures": _signatures(read),
        "form_url": f"{_form_url(digest)}#articles-{number}",
    }


def _findings(digest, data, uid, offers):
    """The open findings of an article, each with what mending it would change."""
    accepted = set(digest.accepted_findings.values_list("key", flat=True))
    names = findings.names_in(data)
    by_uid = {article["uid"]: article for article in data["articles"]}
    for finding in preflight.check(data, digest=digest):
        if finding.article == uid and finding.key not in accepted and finding.code != "unsigned":
            mended = offers.get(finding.key)
            yield {
                "finding": finding,
                "place": findings.place_of(finding, names[uid]).partition(" · ")[2],
                "changes": mended.changes if mended else [],
                "follow": storylines.offer_of(finding, by_uid[uid]["storyline"]),
            }


def _signatures(read):
    """Who signed an article, and whether that counts for its present text."""
    rows = Signature.objects.filter(article_uid=read["uid"])
    return [
        {
            "name": row.name,
            "time": zoned(row.signed_at),
            "counts": row.text_hash == text_hash(read),
        }
        for row in rows
    ]


def _url(digest, uid):
    return reverse("admin:articles_digest_reading", args=[digest.pk, uid])


def _form_url(digest):
    return reverse("admin:articles_digest_change", args=[digest.pk])
