"""Programs that hand in digests: their names, what they promise, and their tokens."""

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from articles.admin.audited import AuditedMixin
from articles.admin.display import zoned
from articles.admin.fields import LineFormField
from articles.admin.pushes import tokens
from articles.admin.widgets import LineWidget
from articles.models import Program, Push

MAX_LEFT_OUT = 20


class ProgramForm(forms.ModelForm):
    class Meta:
        model = Program
        fields = ["name", "promise"]
        field_classes = {"name": LineFormField, "promise": LineFormField}
        widgets = {"name": LineWidget, "promise": LineWidget}


@admin.register(Program)
class ProgramAdmin(AuditedMixin, admin.ModelAdmin):
    """Nobody deletes a program: its pushes and the history name it."""

    form = ProgramForm
    list_display = ["name", "promise", "last_push"]
    actions = None

    class Media:
        css = {"all": ["css/admin-digest.css", "css/admin-pushes.css"]}

    def has_delete_permission(self, request, obj=None):
        return False

    def render_change_form(self, request, context, *args, **kwargs):
        """With the articles of it that editors left out, and the program's tokens, for users who
        may see them."""
        program = context.get("original")
        if program and request.user.has_perm("articles.view_apitoken"):
            context["tokens"] = tokens.of_program(program)
            if request.user.has_perm("articles.add_apitoken"):
                make = reverse("admin:articles_apitoken_add")
                context["make_url"] = f"{make}?program={program.pk}"
        if program:
            rows = program.left_out.select_related("push").order_by("-left_out_at", "-pk")
            context["left_out"] = rows.standing()[:MAX_LEFT_OUT]
        return super().render_change_form(request, context, *args, **kwargs)

    def get_queryset(self, request):
        newest = Push.objects.filter(program=OuterRef("pk")).order_by("-received_at")
        last = Subquery(newest.values("received_at")[:1])
        return super().get_queryset(request).annotate(last_push_at=last)

    @admin.display(description=_("last push"), empty_value="–", ordering="last_push_at")
    def last_push(self, program):
        return program.last_push_at and zoned(program.last_push_at)
