"""Actions on whole digests, from the list and from the form's buttons."""

from django.contrib import admin, messages
from django.contrib.admin import actions as stock
from django.contrib.admin import helpers
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles.admin.permissions import is_deletable
from articles.digests import publishing
from articles.login.desk_page import desk_page


def publish(model_admin, request, digest):
    """Publish one digest and report the result, or link to what prevents it."""
    url = reverse("admin:articles_digest_press", args=[digest.pk])
    try:
        publishing.publish(digest, by=request.user)
    except publishing.NotReady as refusal:
        link = format_html('<a href="{}">{}</a>', url, _("Look at the findings"))
        return _say(model_admin, request, digest, str(refusal), messages.ERROR, link)
    except publishing.NotAllowed as refusal:
        return _say(model_admin, request, digest, str(refusal), messages.ERROR)
    model_admin.log_change(request, digest, _("Published"))
    link = format_html('<a href="{}">{}</a>', digest.get_absolute_url(), _("Open the page"))
    return _say(model_admin, request, digest, _("Published."), messages.SUCCESS, link)


def unschedule(model_admin, request, digest):
    """Cancel a schedule, unless its hour has come meanwhile."""
    if digest.is_public:
        sentence = _("Its hour has come, so readers have it already. Withdraw it instead.")
        return _say(model_admin, request, digest, sentence, messages.ERROR)
    try:
        publishing.withdraw(digest, by=request.user)
    except publishing.NotAllowed as refusal:
        return _say(model_admin, request, digest, str(refusal), messages.ERROR)
    model_admin.log_change(request, digest, _("Schedule cancelled"))
    return _say(model_admin, request, digest, _("The schedule is cancelled."), messages.SUCCESS)


def withdraw(model_admin, request, digest, note=""):
    """Withdraw one digest and report the result."""
    try:
        publishing.withdraw(digest, by=request.user, note=note)
    except publishing.NotAllowed as refusal:
        return _say(model_admin, request, digest, str(refusal), messages.ERROR)
    model_admin.log_change(request, digest, _("Withdrawn"))
    return _say(model_admin, request, digest, _("Withdrawn from readers."), messages.SUCCESS)


@admin.action(permissions=["publish"], description=gettext_lazy("Publish selected digests"))
def publish_selected(model_admin, request, queryset):
    """Ask first; the page that asks sends `post`."""
    digests = queryset.order_by("date")
    if request.POST.get("post"):
        for digest in digests:
            publish(model_admin, request, digest)
        return None
    today = timezone.localdate()
    lead = ngettext(
        "%(count)d digest with %(articles)s: readers see it now.",
        "%(count)d digests with %(articles)s: readers see them now.",
        len(digests),
    )
    count = sum(digest.article_count for digest in digests)
    articles = ngettext("%(count)d article", "%(count)d articles", count) % {"count": count}
    context = {
        "title": _("Publish digests"),
        "lead": lead % {"count": len(digests), "articles": articles},
        "early": [digest for digest in digests if digest.date > today],
        "today": today,
        "button": _("Publish now"),
    }
    return _ask(model_admin, request, "publish_selected", digests, context)


@admin.action(permissions=["withdraw"], description=gettext_lazy("Withdraw selected digests"))
def withdraw_selected(model_admin, request, queryset):
    """Ask for confirmation first; the confirmation page sends `post`."""
    if request.POST.get("post"):
        for digest in queryset.order_by("date"):
            withdraw(model_admin, request, digest)
        return None
    lead = _(
        "These digests disappear for readers and from the feeds. Their text stays here and can be "
        "published again."
    )
    context = {
        "title": _("Withdraw digests"),
        "lead": lead,
        "button": _("Withdraw"),
        "is_danger": True,
    }
    return _ask(model_admin, request, "withdraw_selected", queryset.order_by("date"), context)


def _ask(model_admin, request, action, digests, context):
    """The page that asks before an action on the selected digests."""
    context |= {
        "action": action,
        "digests": digests,
        "media": model_admin.media,
        "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
    }
    return desk_page(model_admin, request, "articles/digest/ask_selected", context)


@admin.action(permissions=["delete"], description=gettext_lazy("Delete selected drafts"))
def delete_selected(model_admin, request, queryset):
    """Django's own action, only for digests that readers never had."""
    kept = [digest for digest in queryset if not is_deletable(digest)]
    if kept:
        model_admin.message_user(request, kept_sentence(kept), messages.ERROR)
        return None
    return stock.delete_selected(model_admin, request, queryset)


def kept_sentence(digests):
    message = _("%(digests)s: what was published or scheduled is not deleted. Withdraw it instead.")
    return message % {"digests": ", ".join(f"{digest.date:%Y-%m-%d}" for digest in digests)}


def _say(model_admin, request, digest, sentence, level, link=""):
    text = format_html("{}: {} {}", f"{digest.date:%Y-%m-%d}", sentence, link)
    model_admin.message_user(request, text, level)
