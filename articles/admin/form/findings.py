"""Preflight findings while a digest is being written, each linked to its field."""

from typing import NamedTuple

from django.forms import Media
from django.http import JsonResponse
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from articles import preflight
from articles.admin.form import storylines, tags, typed
from articles.admin.form.forms import ArticleForm, DigestForm
from articles.digests import revisions
from articles.fields import INPUTS as ARTICLE_INPUTS
from articles.preflight import Finding, Severity

# Fields of a snapshot whose input has a different name.
INPUTS = ARTICLE_INPUTS | {"slug": "headline"}
MEDIA = Media(
    css={"all": ["css/admin-findings.css"]},
    js=["js/admin-forms.js", "js/admin-findings.js", "js/admin-storylines.js"],
)
OPEN, HINTS, ACCEPTED = "open", "hint", "accepted"
MAX_HEADLINE = 40


class Name(NamedTuple):
    """What an article is called in a finding: its number, from 1, and its headline."""

    number: int
    headline: str = ""

    def __str__(self):
        number = _("Article %(number)s") % {"number": self.number}
        headline = Truncator(self.headline.strip()).chars(MAX_HEADLINE)
        return f"{number} “{headline}”" if headline else number


Names = dict[str, Name]  # by uid


def page(model_admin, request, pk=None):
    """JSON: `findings` about the posted form, as `_shown` describes them, and the `tags` that occur
    in each article, by row."""
    digest = typed.digest_of(model_admin, request, pk)
    if typed.is_too_long(request):
        return JsonResponse({"problem": _("This is too long to be checked.")}, status=413)
    found, offered = _typed_findings(model_admin, request, digest)
    return JsonResponse({"findings": found, "tags": offered})


def beside_form(model_admin, request, digest, context):
    """The context of the form's panel, for users who may save."""
    if not context["may_save"]:
        return {}
    found, offered = _found(model_admin, request, digest, context)
    _mark_fields(context["inline_admin_formsets"], found)
    tags.mark(context["inline_admin_formsets"], offered)
    storylines.mark(context["inline_admin_formsets"], found)
    return panel(found) | {"findings_url": _url(digest)}


def _mark_fields(inlines, found):
    """Give the fields of the articles the faults that are told beside them."""
    rows = {form.prefix: form for inline in inlines for form in inline.formset.forms}
    for finding in found:
        form = rows.get(finding["row"])
        name = form and finding["anchor"].removeprefix(f"id_{form.prefix}-")
        if finding["beside"] and form and name in form.fields:
            field = form[name]
            field.faults = [*getattr(field, "faults", []), finding["beside"]]


def _found(model_admin, request, digest, context):
    """The findings and tags shown at first: about the posted form, or else about the stored
    digest."""
    if request.method != "POST":
        return _stored_findings(digest, context) if digest else ([], {})
    return ([], {}) if typed.is_too_long(request) else _typed_findings(model_admin, request, digest)


def finding_url(change_url: str, names: Names, finding: Finding) -> str:
    """The address of the input that a finding of a stored digest concerns. `names` are those of its
    articles."""
    name = names.get(finding.article)
    return f"{change_url}#{_anchor(finding, name and f'articles-{name.number - 1}')}"


def names_of(digest) -> Names:
    """The names of the articles of a stored digest."""
    rows = digest.articles.order_by("position").values_list("uid", "headline")
    return {str(uid): Name(number, line) for number, (uid, line) in enumerate(rows, start=1)}


def names_in(data) -> Names:
    """The names of the articles of a snapshot."""
    articles = enumerate(data["articles"], start=1)
    return {one["uid"]: Name(number, one["headline"]) for number, one in articles}


def place_of(finding: Finding, name: Name | None) -> str:
    """The place of a finding in words; `name` is that of its article, if any."""
    form = DigestForm if finding.article is None else ArticleForm
    field = form.base_fields.get(INPUTS.get(finding.field, finding.field))
    parts = [name and str(name)]
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


def _stored_findings(digest, context):
    """The form has read the digest, unless this user's form is without its articles."""
    formsets = [inline.formset for inline in context["inline_admin_formsets"]]
    data = formsets[0].stored if formsets else revisions.snapshot(digest)
    prefixes = {article["uid"]: f"articles-{n}" for n, article in enumerate(data["articles"])}
    return _shown(data, prefixes, digest)


def _typed_findings(model_admin, request, digest):
    data, prefixes = typed.snapshot(model_admin, request, digest)
    return _shown(data, prefixes, digest)


def _shown(data, prefixes, digest):
    """Findings in the form that the panel and its script use, and the tags that are offered.

    `row` is the prefix of the article's row or empty, `anchor` the id of the input or of the
    nearest element, `accepted` says that an editor accepted the warning, `follow` is the earlier
    article that the article may follow up.
    """
    names = names_in(data)
    accepted = set(digest.accepted_findings.values_list("key", flat=True)) if digest else set()
    told = {article["uid"]: article.get("storyline", "") for article in data["articles"]}
    shown = [
        described(finding, names, prefixes)
        | {"accepted": finding.severity == Severity.WARNING and finding.key in accepted}
        | {"follow": storylines.offer_of(finding, told.get(finding.article, ""))}
        for finding in preflight.check(data, digest=digest)
    ]
    offered = tags.offered(data, prefixes)
    tags.tell(shown, offered)
    return shown, offered


def described(finding, names, prefixes):
    """A finding as the form shows it. `names` and `prefixes` are those of articles and their rows,
    by uid. `beside` is what is told beside the field: only about what no reader may get."""
    line = finding.line and _("line %(number)d") % {"number": finding.line}
    beside = f"{line}: {finding.sentence}" if line else finding.sentence
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "row": prefixes.get(finding.article, ""),
        "anchor": _anchor(finding, prefixes.get(finding.article)),
        "line": finding.line,
        "place": place_of(finding, names.get(finding.article)),
        "beside": beside if finding.code in preflight.FAULTS else "",
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
