"""The feeds that the desk follows: their list, with what is wrong with them, and OPML files."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from articles.admin.audited import AuditedMixin
from articles.admin.display import zoned
from articles.admin.fields import LineFormField
from articles.admin.inbox.page import STYLES
from articles.admin.widgets import LineWidget
from articles.inbox import following, opml, safe_xml
from articles.login.desk_page import desk_page
from articles.models import FollowedFeed
from articles.models.followed_feed import DEAD_AFTER

NAMED = 20  # of the addresses in a file that are none


class FollowedFeedForm(forms.ModelForm):
    class Meta:
        model = FollowedFeed
        fields = ["name", "address", "is_active"]
        field_classes = {"name": LineFormField, "address": LineFormField}
        widgets = {"name": LineWidget, "address": LineWidget}


@admin.register(FollowedFeed)
class FollowedFeedAdmin(AuditedMixin, admin.ModelAdmin):
    form = FollowedFeedForm
    list_display = ["name", "state", "last_answer", "address"]
    list_filter = ["is_active"]
    search_fields = ["name", "address"]
    list_per_page = 100
    show_full_result_count = False

    class Media:
        css = {
            "all": [
                *("css/admin-digest.css", "css/admin-pushes.css"),
                *("css/admin-webhooks.css", "css/admin-inbox.css"),
            ]
        }

    def get_urls(self):
        view = self.admin_site.admin_view
        post, ask = require_http_methods(["POST"]), require_http_methods(["GET", "HEAD", "POST"])
        return [
            path("opml/", view(ask(self.opml)), name="articles_followedfeed_opml"),
            path("<int:pk>/moved/", view(post(self.moved)), name="articles_followedfeed_moved"),
            path("<int:pk>/poll/", view(post(self.poll)), name="articles_followedfeed_poll"),
            *super().get_urls(),
        ]

    def save_model(self, request, obj, form, change):
        """A new feed and a new address are polled at once."""
        if not change or "address" in form.changed_data or "is_active" in form.changed_data:
            obj.next_at, obj.failures, obj.error = timezone.now(), 0, ""
            obj.etag = obj.last_modified = obj.moved_to = ""
            obj.is_gone = False
        super().save_model(request, obj, form, change)

    def render_change_form(self, request, context, *args, **kwargs):
        """With what the last poll said."""
        if feed := context.get("original"):
            context |= {
                "sentence": self.state(feed),
                "may_write": self.has_change_permission(request, feed),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def moved(self, request, pk):
        feed = self._writable(request, pk)
        if following.go_along(feed, by=request.user):
            note = _("The new address is followed from now on.")
            self.message_user(request, note, messages.SUCCESS)
        return redirect("admin:articles_followedfeed_changelist")

    def poll(self, request, pk):
        following.poll_now(self._writable(request, pk), by=request.user)
        note = _("It is polled within a minute; reload to see what became of it.")
        self.message_user(request, note, messages.SUCCESS)
        return redirect("admin:articles_followedfeed_change", pk)

    def opml(self, request):
        """Take the feeds of a file from another reader."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        error, file = "", request.FILES.get("file")
        if request.method == "POST":
            try:
                content = file.read(opml.MOST_BYTES + 1) if file else b""
                feeds, unread = opml.read(content)
                count = following.add(feeds, by=request.user)
            except safe_xml.Unsafe as refusal:
                error = str(refusal) if file else _("Choose a file.")
            else:
                sentence = ngettext("%(count)d feed is new.", "%(count)d feeds are new.", count)
                self.message_user(request, sentence % {"count": count}, messages.SUCCESS)
                if unread:
                    sentence = _("Left out, since it is no address of a feed: %(addresses)s")
                    shown = sentence % {"addresses": ", ".join(unread[:NAMED])}
                    self.message_user(request, shown, messages.WARNING)
                return redirect("admin:articles_followedfeed_changelist")
        context = {"title": _("Feeds from an OPML file"), "media": STYLES, "error": error}
        return desk_page(self, request, "articles/followedfeed/opml", context)

    def _writable(self, request, pk):
        if not self.has_change_permission(request):
            raise PermissionDenied  # the same answer whether or not it exists
        return get_object_or_404(FollowedFeed, pk=pk)

    @admin.display(description=gettext_lazy("last answer"), empty_value="–", ordering="answered_at")
    def last_answer(self, feed):
        return feed.answered_at and zoned(feed.answered_at)

    @admin.display(description=gettext_lazy("state"), ordering="-failures")
    def state(self, feed):
        kind, name, note = state_of(feed)
        return format_html('<span class="status hub-{}">{}</span> {}', kind, name, note)


def state_of(feed):
    """The class of a badge, its word, and a sentence."""
    if feed.is_gone:
        return "given-up", _("gone"), _("Its server says that it is gone for good.")
    if not feed.is_active:
        return "given-up", _("off"), ""
    if feed.moved_to:
        sentence = _("It has moved to %(address)s.") % {"address": feed.moved_to}
        return "waiting", _("moved"), sentence
    if feed.failures >= DEAD_AFTER:
        return "given-up", _("dead"), feed.error
    if feed.failures:
        return "waiting", _("failing"), feed.error
    return "accepted", _("on"), "" if feed.polled_at else _("It was not polled yet.")
