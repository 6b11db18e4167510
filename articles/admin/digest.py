"""The admin of digests: one page with a digest and all its articles."""

import json
from copy import copy
from dataclasses import replace

from django.contrib import admin, messages
from django.db import IntegrityError
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.forms import Media
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin import routes
from articles.admin.desk import starting
from articles.admin.desk.index import missing_sentence, shown_loss
from articles.admin.display import status_badge, zoned
from articles.admin.form import (
    conflicts,
    drafts,
    findings,
    in_place,
    live_preview,
    merge_sentences,
    presence,
    saving,
    suggestions,
    tags,
    uploading,
)
from articles.admin.form.correction_question import Unanswered
from articles.admin.form.drafts import DraftsMixin
from articles.admin.form.findings import described, names_in
from articles.admin.form.forms import ArticleForm, DigestForm
from articles.admin.form.formsets import ArticleFormSet
from articles.admin.form.pictures import take_in
from articles.admin.form.schedule_question import Doubted
from articles.admin.form.state import FormState
from articles.admin.history import history
from articles.admin.history.trash import TrashMixin
from articles.admin.lists.day_lists import DayListMixin
from articles.admin.permissions import is_deletable, may_change
from articles.admin.press import actions, preview_links, workflow
from articles.admin.press.workflow import WorkflowMixin
from articles.digests import deadlines, public_text, schedules, trash
from articles.document import MAX_ARTICLES
from articles.fields import INPUTS, In, names
from articles.models import Article, Digest
from articles.rules.text import whole_number

Status = Digest.Status
MAX_EXTRA = 30


MEDIA = (
    live_preview.MEDIA,
    Media(css={"all": ["css/admin-deadline.css"]}),
    findings.MEDIA,
    Media(
        css={
            "all": [
                "css/admin-digest.css",
                "css/admin-starting.css",
                "css/admin-drafts.css",
                "css/admin-desk-fields.css",
                "css/admin-press.css",
                "css/admin-other-text.css",
                "css/admin-picture.css",
                "css/admin-saving.css",
            ]
        },
        js=[
            "js/admin-forms.js",
            "js/admin-question.js",
            "js/admin-save-line.js",
            "js/admin-articles.js",
            "js/admin-order.js",
            "js/admin-guard.js",
            "js/admin-rows.js",
            "js/admin-paste.js",
            "js/admin-autosave.js",
            "js/admin-desk-fields.js",
            "js/admin-picture.js",
            "js/admin-refresh.js",
            "js/admin-saving.js",
        ],
    ),
    suggestions.MEDIA,
    tags.MEDIA,
    Media(js=["js/admin-presence.js", "js/admin-state.js"]),
)
# The parts beside the form's fields: functions that add to its context.
BESIDE_FORM = (
    workflow.beside_form,
    drafts.beside_form,
    history.beside_form,
    findings.beside_form,
    suggestions.beside_form,
    preview_links.beside_form,
    presence.beside_form,
)


class ArticleInline(admin.StackedInline):
    """The articles, with a template of our own and without Django's inline script."""

    model = Article
    form = ArticleForm
    formset = ArticleFormSet
    template = "admin/articles/digest/_articles.html"
    fields = [INPUTS[name] for name in names(In.FORM) if name not in ("picture", "other")]

    def get_formset(self, request, obj=None, **kwargs):
        limits = {"max_num": MAX_ARTICLES, "validate_max": True, "absolute_max": 2 * MAX_ARTICLES}
        return super().get_formset(request, obj, can_order=True, **limits, **kwargs)

    def get_extra(self, request, obj=None, **kwargs):
        """Number of blank rows; `?extra=3` asks for more where there is no script to add them."""
        asked = whole_number(request.GET.get("extra"))
        if asked is not None:
            return min(asked, MAX_EXTRA)
        return 0 if obj and obj.pk else 1


@admin.register(Digest)
class DigestAdmin(WorkflowMixin, DraftsMixin, TrashMixin, DayListMixin, admin.ModelAdmin):
    form = DigestForm
    inlines = [ArticleInline]
    list_display = ["date", "name", "shown_status", "article_count", "visible_from"]
    list_display_links = ["date", "name"]
    list_filter = ["status"]
    list_per_page = 50
    date_hierarchy = "date"
    search_fields = ["title", "articles__headline"]
    show_full_result_count = False
    view_on_site = False
    actions = [actions.publish_selected, actions.withdraw_selected, actions.delete_selected]

    # Each request for the form gets a copy of the admin with a state of its own.
    state = FormState()

    @property
    def media(self):
        return sum(MEDIA, super().media)

    # The list

    def get_queryset(self, request):
        articles = Article.objects.filter(digest=OuterRef("pk")).order_by().values("digest")
        count = Subquery(articles.annotate(count=Count("pk")).values("count"))
        return super().get_queryset(request).annotate(article_count=Coalesce(count, 0))

    @admin.display(description=gettext_lazy("title"), ordering="title")
    def name(self, digest):
        return digest.name

    @admin.display(description=gettext_lazy("articles"), ordering="article_count")
    def article_count(self, digest):
        return digest.article_count

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def shown_status(self, digest):
        return status_badge(digest)

    @admin.display(description=gettext_lazy("visible from"), ordering="publish_at", empty_value="–")
    def visible_from(self, digest):
        return digest.publish_at and zoned(digest.publish_at)

    def changelist_view(self, request, extra_context=None):
        more = {
            "may_import": uploading.may_import(self, request),
            "may_see_trash": request.user.has_perm(trash.PERMISSION),
            "missing_issue": missing_sentence(deadlines.missed_hour()),
        }
        more |= starting.above_list(self, request)
        return super().changelist_view(request, more | (extra_context or {}))

    # The form

    def get_fieldsets(self, request, obj=None):
        fields = [("date", "language"), "title", "introduction"]
        fieldsets = [(None, {"fields": fields, "classes": ["digest-fields"]})]
        if obj and obj.front_matter:
            options = {"fields": ["imported_front_matter"], "classes": ["collapse"]}
            fieldsets.append((_("Front matter of the imported post"), options))
        return fieldsets

    def get_readonly_fields(self, request, obj=None):
        """The day is part of the address, which never changes once readers have the digest."""
        frozen = ["date"] if obj and not is_deletable(obj) else []
        return ["imported_front_matter", *frozen]

    @admin.display(description=gettext_lazy("front matter"))
    def imported_front_matter(self, digest):
        text = json.dumps(digest.front_matter, ensure_ascii=False, indent=2, default=str)
        return format_html("<pre>{}</pre>", text)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.user = request.user
        form.is_unanswered, form.doubt = self.state.is_unanswered, self.state.doubt
        form.is_strict = self.state.is_strict
        return form

    def get_formset_kwargs(self, request, obj, inline, prefix):
        return super().get_formset_kwargs(request, obj, inline, prefix) | {
            "user": request.user if request.user.has_perm("articles.change_digest") else None,
            "refused_pictures": self.state.refused_pictures,
            "opened": None if self.state.is_strict else whole_number(request.POST.get("version")),
        }

    def get_changeform_initial_data(self, request):
        return {"date": timezone.localdate()} | super().get_changeform_initial_data(request)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        answering = copy(self)
        answering.state = FormState()
        return answering._answer(request, object_id, form_url, extra_context)

    def _answer(self, request, object_id, form_url, extra_context):
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        self.state = replace(self.state, refused_pictures=take_in(request))
        _forget_copying(request)
        response = self._save(request, object_id, form_url, extra_context)
        if in_place.is_asked_for(request):
            return in_place.instead_of(request, response)
        return response

    def _save(self, request, object_id, form_url, extra_context):
        if object_id and self.get_object(request, object_id) is None:
            request.POST, object_id = _as_new(request.POST), None
        try:
            return self._save_view(request, object_id, form_url, extra_context)
        except Digest.DoesNotExist:
            # The digest was deleted a moment ago.
            request.POST = _as_new(request.POST)
            return self._save_view(request, None, form_url, extra_context)

    def _save_view(self, request, object_id, form_url, extra_context):
        view = super().changeform_view
        try:
            try:
                return view(request, object_id, form_url, extra_context)
            except IntegrityError:
                # Another user took the day a moment ago; now validation reports it.
                return view(request, object_id, form_url, extra_context)
        except Unanswered:
            self.state = replace(self.state, is_unanswered=True)
            return view(request, object_id, form_url, extra_context)
        except Doubted as doubt:
            self.state = replace(self.state, doubt=doubt)
            return view(request, object_id, form_url, extra_context)
        except public_text.Unfit:
            # The merged text has a fault: it was chosen on the conflict page, or the digest went
            # out a moment ago.
            self.state = replace(self.state, is_strict=True)
            return view(request, object_id, form_url, extra_context)
        except saving.Conflict as conflict:
            if in_place.is_asked_for(request):
                return None
            return conflicts.page(self, request, conflict)

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        """Raise DoesNotExist for a POST: Django would redirect to the list and lose the text."""
        if request.method == "POST":
            raise Digest.DoesNotExist
        return super()._get_obj_does_not_exist_redirect(request, opts, object_id)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context |= self._desk_context(request, obj, context["adminform"].form.is_public)
        for part in BESIDE_FORM:
            context |= part(self, request, obj, context)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _desk_context(self, request, digest, is_public):
        """Context of the form's own templates, for the parts beside the fields."""
        may_save = self.has_change_permission(request, digest) if digest else True
        is_waiting = bool(digest) and digest.status not in (Status.SCHEDULED, Status.PUBLISHED)
        lost = schedules.lost_by(digest) if is_waiting else None
        named = {"title": digest.name, "subtitle": None} if digest else {}
        return (
            named
            | self._doubt_context(request)
            | {
                "status": digest and status_badge(digest),
                "visible_from": digest and digest.publish_at and zoned(digest.publish_at),
                "revised": digest and digest.revised_at and zoned(digest.revised_at),
                "is_public": is_public,
                "may_save": may_save,
                "lost_schedule": lost and shown_loss(lost),
                "show_correct": is_public and self._has(request, "publish"),
                "is_deletable": digest is None or is_deletable(digest),
            }
        )

    def _doubt_context(self, request):
        """The question about a save that would bring errors into a scheduled digest. It repeats the
        choices already made on the conflict page."""
        doubt = self.state.doubt
        if doubt is None:
            return {}
        names = names_in(doubt.data)
        return {
            "brought": [described(each, names, doubt.prefixes) for each in doubt.findings],
            "kept_choices": saving.choices_of(request.POST),
        }

    # Saving

    def save_model(self, request, obj, form, change):
        """Save a new digest before its articles; `save_related` writes an existing one."""
        if not change:
            obj.save()

    def save_related(self, request, form, formsets, change):
        """Merge the form with the current state, write the result and keep a revision.

        Raises saving.Conflict if others changed the same fields since the form was opened.
        """
        [articles] = formsets
        saved = saving.save(request, form, articles, is_new=not change)
        articles.note_changes(saved.change)
        rows = {prefix: uid for uid, prefix in articles.prefixes().items()}
        self.state = replace(self.state, rows=rows, is_merged=saved.meeting is not None)
        drafts.close(request, form.instance)
        if saved.meeting:
            for sentence in merge_sentences.sentences(saved.meeting, saved.change, request.user):
                self.message_user(request, sentence, messages.INFO)
        for level, sentence in saving.sentences(saved, form.instance, request):
            self.message_user(request, sentence, level)

    def response_change(self, request, obj):
        if in_place.is_asked_for(request) and "_continue" in request.POST:
            state = self.state
            return in_place.saved(request, obj, state.rows, is_merged=state.is_merged)
        return super().response_change(request, obj)

    # Permissions

    def has_change_permission(self, request, obj=None):
        """Allow a POST for a digest that came out meanwhile: the form then refuses it with a
        message and keeps the text."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (
            obj is None or request.method == "POST" or may_change(request.user, obj)
        )

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (obj is None or is_deletable(obj))

    def has_publish_permission(self, request):
        return self._has(request, "publish")

    def has_withdraw_permission(self, request):
        return self._has(request, "withdraw")

    def _has(self, request, verb):
        return request.user.has_perm(f"articles.{verb}_digest")

    # Other pages

    def get_urls(self):
        return [*routes.urls(self), *super().get_urls()]

    def history_view(self, request, object_id, extra_context=None):
        return history.listing(self, request, object_id)

    def delete_view(self, request, object_id, extra_context=None):
        digest = self.get_object(request, object_id)
        if digest and self.has_delete_permission(request) and not is_deletable(digest):
            self.message_user(request, actions.kept_sentence([digest]), messages.ERROR)
            return redirect(reverse("admin:articles_digest_change", args=[digest.pk]))
        return super().delete_view(request, object_id, extra_context)


def _forget_copying(request):
    """The desk has no “save as new” button, but Django would accept a request for it."""
    if "_saveasnew" in request.POST:
        request.POST = request.POST.copy()
        del request.POST["_saveasnew"]


def _as_new(posted):
    """The form of a deleted digest as the form of a new one; the user gets one message."""
    posted = posted.copy()
    posted.setdefault("date", timezone.localdate().isoformat())
    return posted
