"""The press page: preflight findings, the reason for accepting them, and the publication time."""

import datetime as dt

from django import forms
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.display import author_of, status_badge, zoned
from articles.admin.fields import LineFormField
from articles.admin.form import findings
from articles.admin.widgets import DayWidget
from articles.digests import deadlines, publishing, revisions
from articles.login.desk_page import desk_page
from articles.models import Digest
from articles.preflight import Severity
from articles.rules import times
from articles.rules.validators import validate_day

Status = Digest.Status
MAX_REASON = 300
USUAL_HOUR = dt.time(7)
REASONS = {
    "checked": gettext_lazy("Checked against the cited pages: it is right as it stands"),
    "house-style": gettext_lazy("Meant to be so: the rule does not fit this text"),
    "later": gettext_lazy("Known, to fix after publication"),
}
HEADINGS = {
    Severity.ERROR: gettext_lazy("Errors: to fix before publishing"),
    Severity.WARNING: gettext_lazy("Warnings: each passes with a reason"),
    Severity.HINT: gettext_lazy("Hints: nothing has to be done"),
}


class PressForm(forms.Form):
    """Why warnings pass, for each kind by its code, and the hour of publication in the site's time
    zone. No reason is chosen beforehand: it is a person's word, and it is kept."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    date = forms.DateField(
        label=gettext_lazy("Day"), widget=DayWidget, required=False, validators=[validate_day]
    )
    time = forms.TimeField(
        label=gettext_lazy("Hour"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        required=False,
    )
    which = forms.CharField(required=False)
    early = forms.CharField(required=False)

    def __init__(self, *args, digest, codes=(), **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        for code in codes:
            self.fields[f"reason-{code}"] = _reason()
            self.fields[f"own_reason-{code}"] = _own_reason()
        self.codes, self.digest = codes, digest
        self.zone = timezone.get_default_timezone()
        self.twice = []  # the two moments of an hour that occurs twice
        self.early = None  # what comes before the digest's own day and was not agreed to
        self.schedules = "_schedule" in self.data

    def clean(self):
        typed = super().clean()
        if self.schedules and not self.errors:
            typed["at"] = self._moment(typed.get("date"), typed.get("time"))
        if not self.errors:
            self._ask_about(typed.get("at"))
        return typed

    def _ask_about(self, moment):
        """Ask about a moment before the digest's own day, unless the answer is there. The answer
        names the day, so that it agrees to no other. `moment` is None for publishing now."""
        day = timezone.localdate(moment, self.zone)
        agreed = f"{'at' if moment else 'now'} {day} {self.digest.date}"
        if day < self.digest.date and self.cleaned_data["early"] != agreed:
            self.early = {"agreed": agreed, "day": day, "own_day": self.digest.date}

    def _moment(self, date, time):
        if date is None or time is None:
            self.add_error("time", _("Choose the day and the hour for the schedule."))
            return None
        try:
            moment = times.at(date, time, self.zone)
        except times.SkippedHour as skipped:
            self.add_error("time", str(skipped))
            return None
        except times.DoubledHour as doubled:
            moment = self._chosen(doubled)
        if moment and moment <= timezone.now():
            sentence = _("This hour has passed. Choose a later one, or “Publish now”.")
            self.add_error("time", sentence)
        return moment

    def _chosen(self, doubled):
        self.twice = [doubled.first, doubled.second]
        for moment in self.twice:
            if moment.isoformat() == self.cleaned_data["which"]:
                return moment
        self.add_error("time", str(doubled))
        return None

    def reasons(self):
        """The reasons by code as they are stored, in the language of the page."""
        typed = self.cleaned_data
        return {
            code: typed[f"own_reason-{code}"] or str(REASONS.get(typed[f"reason-{code}"], ""))
            for code in self.codes
        }


def _reason():
    return forms.ChoiceField(
        label=_("Why they pass"),
        choices=list(REASONS.items()),
        widget=forms.RadioSelect,
        required=False,
    )


def _own_reason():
    return LineFormField(label=_("Or in your own words"), max_length=MAX_REASON, required=False)


def page(model_admin, request, digest):
    """Show the page, or carry out the posted choice."""
    found = publishing.open_findings(digest)
    form = PressForm(
        request.POST or None, digest=digest, initial=_initial(digest), codes=_codes(found)
    )
    if request.method == "POST" and form.is_valid() and not form.early:
        try:
            _carry_out(request, digest, form)
        except (publishing.Stale, publishing.NotReady) as refusal:
            digest = Digest.objects.get(pk=digest.pk)
            if _is_done(digest, form):
                return _change_form(digest)  # the button was clicked twice
            form.data = form.data.copy()
            form.data["version"] = str(digest.version)
            form.add_error(None, str(refusal))
            found = publishing.open_findings(digest)
        except publishing.NotAllowed as refusal:
            model_admin.message_user(request, str(refusal), messages.ERROR)
            return _change_form(digest)
        else:
            tell(model_admin, request, digest)
            return _change_form(digest)
    return _shown(model_admin, request, digest, form, found)


def _codes(found):
    """The kinds of warnings, in the order of the page."""
    return list(dict.fromkeys(f.code for f in found if f.severity == Severity.WARNING))


def _carry_out(request, digest, form):
    publishing.publish(
        digest,
        by=request.user,
        at=form.cleaned_data.get("at"),
        version=form.cleaned_data["version"],
        reasons=form.reasons(),
        accepted=request.POST.getlist("accepted"),
    )


def _is_done(digest, form):
    """Whether the digest already has the state that the form asks for."""
    if form.schedules:
        is_at = digest.publish_at == form.cleaned_data["at"]
        return digest.status == Status.SCHEDULED and is_at
    return digest.status == Status.PUBLISHED


def tell(model_admin, request, digest):
    """Tell the user the result for a digest that was published or scheduled."""
    digest = Digest.objects.get(pk=digest.pk)
    day = f"{digest.date:%Y-%m-%d}"
    if digest.status == Status.SCHEDULED:
        sentence = _("Scheduled: readers get it on %(time)s.")
        text = f"{day}: {sentence % {'time': zoned(digest.publish_at)}}"
        model_admin.log_change(request, digest, _("Scheduled"))
    else:
        url, label = digest.get_absolute_url(), _("Open the page")
        text = format_html('{}: {} <a href="{}">{}</a>', day, _("Published."), url, label)
        model_admin.log_change(request, digest, _("Published"))
    model_admin.message_user(request, text, messages.SUCCESS)


def _initial(digest):
    """The proposed day and hour: the present schedule, or the promised hour if it is ahead."""
    zone, now = timezone.get_default_timezone(), timezone.now()
    moment = digest.publish_at if digest.status == Status.SCHEDULED else None
    moment = moment or deadlines.due_at(digest.date)
    moment = moment or dt.datetime.combine(digest.date, USUAL_HOUR, tzinfo=zone)
    if moment <= now:
        moment = (now + dt.timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    local = moment.astimezone(zone)
    return {"version": digest.version, "date": local.date(), "time": local.time()}


def _shown(model_admin, request, digest, form, found):
    """The page with the present findings."""
    saved = digest.revisions.filter(kind=revisions.Kind.SAVED).select_related("author")
    newest = saved.order_by("-number").first()
    context = {
        "media": model_admin.media + form.media,
        "title": _("Publish"),
        "subtitle": digest.name,
        "digest": digest,
        "status": status_badge(digest),
        "form": form,
        "last_author": newest and author_of(newest),
        "groups": _groups(digest, found, form),
        "is_blocked": any(finding.severity == Severity.ERROR for finding in found),
        "asks_only": not any(finding.severity != Severity.HINT for finding in found),
        "article_count": digest.articles.count(),
        "early": form.early,
        "accepted": dict.fromkeys(f.key for f in found if f.severity == Severity.WARNING),
        "zone": form.zone.key,
        "now": zoned(timezone.now()),
        "twice": [(moment.isoformat(), zoned(moment)) for moment in form.twice],
        "can_be_scheduled_anew": digest.status == Status.SCHEDULED,
        "visible_from": digest.publish_at and zoned(digest.publish_at),
    }
    return desk_page(model_admin, request, "articles/digest/press", context)


def _groups(digest, found, form):
    """The findings by severity, the most severe first, then by kind, each with the address of its
    field. Each kind of warning has the fields for its reason."""
    url, names = _change_url(digest), findings.names_of(digest)
    groups = []
    for severity in Severity:
        kinds = {}
        for finding in found:
            if finding.severity == severity:
                place = findings.place_of(finding, names.get(finding.article))
                address = findings.finding_url(url, names, finding)
                row = {"finding": finding, "url": address, "place": place}
                kinds.setdefault(finding.code, []).append(row)
        if kinds:
            shown = [_kind(code, rows, form) for code, rows in kinds.items()]
            count = sum(map(len, kinds.values()))
            heading = HEADINGS[severity]
            groups.append(
                {"name": severity.value, "heading": heading, "kinds": shown, "count": count}
            )
    return groups


def _kind(code, rows, form):
    """The findings of one kind, and the fields for the reason why they pass."""
    asked = [form[name] for name in (f"reason-{code}", f"own_reason-{code}") if name in form.fields]
    reason, own_reason = asked or (None, None)
    return {"code": code, "rows": rows, "reason": reason, "own_reason": own_reason}


def _change_form(digest):
    return redirect(_change_url(digest))


def _change_url(digest):
    return reverse("admin:articles_digest_change", args=[digest.pk])
