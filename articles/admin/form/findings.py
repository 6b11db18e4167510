"""Preflight findings while a digest is being written, each linked to its field."""

from django.forms import Media
from django.http import JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from articles import preflight
from articles.admin.form import typed
from articles.admin.form.forms import ArticleForm, DigestForm
from articles.digests import revisions
from articles.fields import INPUTS as ARTICLE_INPUTS
from articles.preflight import Finding, Severity

# Fields of a snapshot whose input has a different name.
INPUTS = ARTICLE_INPUTS | {"slug": "headline"}
MEDIA = Media(
    css={"all": ["css/admin-findings.css"]}, js=["js/admin-forms.js", "js/admin-findings.js"]
)
OPEN, HINTS, ACCEPTED = "open", "hint", "accepted"


def page(model_admin, request, pk=None):
    """JSON: `findings` about the posted form, as `_shown` describes them."""
    digest = typed.digest_of(model_admin, request, pk)
    if typed.is_too_long(request):
        return JsonResponse({"problem": _("This is too long to be checked.")}, status=413)
    return JsonResponse({"findings": _typed_findings(model_admin, request, digest)})


def beside_form(model_admin, request, digest, context):
    """The context of the form's panel, for users who may save."""
    if not context["may_save"]:
        return {}
    found = _found(model_admin, request, digest)
    return panel(found) | {"findings_url": _url(digest)}


def _found(model_admin, request, digest):
    """The findings shown at first: about the posted form, or else about the stored digest."""
    if request.method != "POST":
        return _stored_findings(digest) if digest else []
    return [] if typed.is_too_long(request) else _typed_findings(model_admin, request, digest)


def finding_url(change_url: str, order: dict[str, int], finding: Finding) -> str:
    """The address of the input that a finding of a stored digest concerns.

    `order` maps the uid of each article to its place, from 0.
    """
    row = order.get(finding.article)
    return f"{change_url}#{_anchor(finding, None if row is None else f'articles-{row}')}"


def order_of(digest) -> dict[str, int]:
    """The places of the articles of a stored digest, from 0, by uid."""
    uids = digest.articles.order_by("position").values_list("uid", flat=True)
    return {str(uid): place for place, uid in enumerate(uids)}


def numbers_of(data) -> dict[str, int]:
    """The places of the articles of a snapshot, from 1, by uid."""
    return {article["uid"]: number for number, article in enumerate(data["articles"], start=1)}


def place_of(finding: Finding, number: int | None) -> str:
    """The place of a finding in words; `number` is the place of its article, from 1, if any."""
    form = DigestForm if finding.article is None else ArticleForm
    field = form.base_fields.get(INPUTS.get(finding.field, finding.field))
    parts = [number and _("Article %(number)s") % {"number": number}]
    parts.append(field and str(field.label))
    parts.append(finding.line and _("line %(number)d") % {"number": finding.line})
    return " · ".join(filter(None, parts)) or _("The whole digest")


def panel(found):
    """The context of the panel: the findings grouped into lists, and their numbers."""
    lists = {OPEN: [], HINTS: [], ACCEPTED: []}
    for finding in found:
        is_hint = finding["severity"] == Severity.HINT
        lists[ACCEPTED if finding["accepted"] else HINTS if is_hint else OPEN].append(finding)
    counted = [finding["severity"] for finding in [*lists[OPEN], *lists[HINTS]]]
    counts = {severity.value: counted.count(severity) for severity in Severity}
    return {"findings": lists, "finding_counts": counts}


def _stored_findings(digest):
    data = revisions.snapshot(digest)
    prefixes = {article["uid"]: f"articles-{n}" for n, article in enumerate(data["articles"])}
    return _shown(data, prefixes, digest)


def _typed_findings(model_admin, request, digest):
    data, prefixes = typed.snapshot(model_admin, request, digest)
    return _shown(data, prefixes, digest)


def _shown(data, prefixes, digest):
    """Findings in the form that the panel and its script use.

    `row` is the prefix of the article's row or empty, `anchor` the id of the input or of the
    nearest element, `accepted` says that an editor accepted the warning.
    """
    numbers = numbers_of(data)
    accepted = set(digest.accepted_findings.values_list("key", flat=True)) if digest else set()
    return [
        described(finding, numbers, prefixes)
        | {"accepted": finding.severity == Severity.WARNING and finding.key in accepted}
        for finding in preflight.check(data, digest=digest)
    ]


def described(finding, numbers, prefixes):
    """A finding as the form shows it. `numbers` maps the uids of articles to their places, from 1,
    `prefixes` maps them to the prefixes of their rows."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "row": prefixes.get(finding.article, ""),
        "anchor": _anchor(finding, prefixes.get(finding.article)),
        "line": finding.line,
        "place": place_of(finding, numbers.get(finding.article)),
        "sentence": finding.sentence,
        "advice": finding.advice,
    }


def _anchor(finding, prefix):
    name = INPUTS.get(finding.field, finding.field)
    if finding.article is None:
        return f"id_{name}" if name in DigestForm.base_fields else "articles-group"
    if prefix is None:
        return "articles-group"
    return f"id_{prefix}-{name}" if name in ArticleForm.base_fields else prefix


def _url(digest):
    return reverse("admin:articles_digest_findings", args=[digest.pk] if digest else [])
