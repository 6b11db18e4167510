"""Messages to WebSub hubs at the desk: sent and waiting ones, and the result of each attempt."""

from urllib.parse import unquote, urlsplit

from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.display import zoned
from articles.admin.read_only import ReadOnlyAdmin
from articles.models import HubAttempt, HubPing
from articles.rules.validators import is_web_address

State = HubPing.State


@admin.register(HubPing)
class HubPingAdmin(ReadOnlyAdmin):
    """Read-only: nobody adds, changes or deletes a message."""

    list_display = ["queued", "path", "hub", "state_badge", "tries", "last_attempt"]
    list_display_links = ["queued"]
    list_filter = ["state"]
    search_fields = ["topic", "hub"]
    search_help_text = gettext_lazy("Finds addresses of feeds and hubs.")
    ordering = ["-queued_at", "-pk"]
    fields = ["queued", "feed", "hub", "state_badge", "next_time", "attempts"]
    readonly_fields = fields

    def get_queryset(self, request):
        attempts = HubAttempt.objects.filter(ping=OuterRef("pk")).order_by("-pk")
        last = {name: Subquery(attempts.values(name)[:1]) for name in ("at", "status", "error")}
        return super().get_queryset(request).annotate(**{f"last_{k}": v for k, v in last.items()})

    @admin.display(description=gettext_lazy("feed changed"), ordering="queued_at")
    def queued(self, ping):
        return zoned(ping.queued_at)

    @admin.display(description=gettext_lazy("feed"), ordering="topic")
    def path(self, ping):
        """The path alone, since all feeds belong to this site."""
        return unquote(urlsplit(ping.topic).path)

    @admin.display(description=gettext_lazy("feed"))
    def feed(self, ping):
        if not is_web_address(ping.topic):
            return ping.topic
        return format_html('<a href="{}">{}</a>', ping.topic, ping.topic)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_badge(self, ping):
        name = ping.get_state_display()
        return format_html('<span class="status hub-{}">{}</span>', ping.state, name)

    @admin.display(description=gettext_lazy("last attempt"))
    def last_attempt(self, ping):
        if ping.last_at is None:
            return _("none yet")
        return f"{zoned(ping.last_at)}: {outcome(ping.last_status, ping.last_error)}"

    @admin.display(description=gettext_lazy("next attempt"))
    def next_time(self, ping):
        is_over = ping.state in (State.ACCEPTED, State.GIVEN_UP)
        return _("none") if is_over else zoned(ping.next_at)

    @admin.display(description=gettext_lazy("attempts"))
    def attempts(self, ping):
        rows = [(zoned(a.at), outcome(a.status, a.error)) for a in ping.attempts.all()]
        return format_html_join("", "<p>{} – {}</p>", rows) if rows else _("none yet")


def outcome(status, error):
    if error or status:
        return error or _("accepted with status %(status)d") % {"status": status}
    return _("nothing was to be done")
