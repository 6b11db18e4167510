"""Importing posts from the desk: upload a file, look at the report, then import."""

from dataclasses import dataclass, field

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.form.conflicts import label_of, readable
from articles.admin.permissions import may_change
from articles.digests.diffing import SAME
from articles.login.desk_page import desk_page
from articles.models import Article, Digest
from articles.posts import account_lines, importing, uploads
from articles.posts.importing import CREATED, REFUSED, UNCHANGED, UPDATED
from articles.posts.joining import JOIN, REFUSE
from articles.rules.text import parse_key, whole_number

STATUSES = (CREATED, UPDATED, UNCHANGED, REFUSED)
PUBLISHED, HELD_BACK = "published", "held back"
# The words of the report and of the result for each status.
WORDS = {
    CREATED: gettext_lazy("New"),
    UPDATED: gettext_lazy("Updated"),
    UNCHANGED: gettext_lazy("Unchanged"),
    REFUSED: gettext_lazy("Refused"),
    PUBLISHED: gettext_lazy("Published"),
    HELD_BACK: gettext_lazy("Not published"),
}
MAX_SHOWN = 50  # changes that are shown word by word
SEEN = "seen"


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Markdown file or zip archive"),
        help_text=gettext_lazy("One post (.md), or many in a zip archive, up to 20 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".md,.markdown,.mdx,.zip"}),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "missing": gettext_lazy("Choose a file."),
            "invalid": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty. Choose another one."),
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": "", **kwargs})


@dataclass
class Run:
    """The outcome, or the expected outcome, of importing the files of an upload."""

    counts: dict = field(default_factory=dict)
    files: list = field(default_factory=list)
    media: list = field(default_factory=list)
    versions: dict = field(default_factory=dict)
    overwrites: int = 0

    @property
    def totals(self):
        return [(WORDS[name], number) for name, number in self.counts.items() if number]

    @property
    def is_any(self):
        """Whether an import would change anything, or could if an option were chosen."""
        useful = self.counts[CREATED] or self.counts[UPDATED] or self.counts[PUBLISHED]
        return bool(useful or self.overwrites)


def page(model_admin, request):
    """A POST with a file stores it and reports what it would change. A POST with the `key` of an
    upload imports it; with `_look` it reports again."""
    if not may_import(model_admin, request):
        raise PermissionDenied
    if request.method == "POST" and "key" in request.POST:
        return _decide(model_admin, request)
    form = UploadForm()
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid() and (upload := _keep(request, form)):
            return _report(model_admin, request, upload, _options(request))
    return _page(model_admin, request, {"form": form, "title": _("Import posts")})


def may_import(model_admin, request):
    return model_admin.has_add_permission(request) and model_admin.has_change_permission(request)


def _keep(request, form):
    file = form.cleaned_data["file"]
    try:
        return uploads.keep(request.user, file.name, file.read(uploads.MAX_BYTES + 1))
    except uploads.Unusable as refusal:
        form.add_error("file", str(refusal))
    return None


def _decide(model_admin, request):
    key = parse_key(request.POST["key"])
    upload = key and uploads.find(request.user, key)
    if not upload:
        sentence = _("This upload is done or too old. Choose the file again.")
        model_admin.message_user(request, sentence, messages.ERROR)
        return redirect("admin:articles_digest_import")
    options = _options(request)
    if "_look" in request.POST:
        return _report(model_admin, request, upload, options)
    run = _run(request, upload, options, seen=_seen(request.POST.get(SEEN, "")))
    upload.delete()
    context = {"title": _("Import finished"), "run": run, "upload": upload}
    return _page(model_admin, request, context)


def _report(model_admin, request, upload, options):
    run = _run(request, upload, options | {"dry_run": True})
    context = {
        "title": _("What the import would do"),
        "upload": upload,
        "run": run,
        "options": options,
        "is_report": True,
        "seen": " ".join(f"{pk}:{version}" for pk, version in run.versions.items()),
    }
    return _page(model_admin, request, context)


def _page(model_admin, request, context):
    context = {
        "media": model_admin.media,
        "may_publish": request.user.has_perm("articles.publish_digest"),
        **context,
    }
    return desk_page(model_admin, request, "articles/digest/import", context)


def _options(request):
    """The ticked options; publishing counts only for users who may publish."""
    may_publish = request.user.has_perm("articles.publish_digest")
    return {
        "publish": may_publish and "publish" in request.POST,
        "force": "force" in request.POST,
        "same_day": JOIN if "join" in request.POST else REFUSE,
    }


def _run(request, upload, options, seen=None):
    """Import an upload, each post in a transaction of its own."""
    gate = uploads.Gate(lambda digest: may_change(request.user, digest), seen)
    run, media = Run(counts=dict.fromkeys((*STATUSES, PUBLISHED, HELD_BACK), 0)), {}
    posts = uploads.post_files(upload)
    for outcome in importing.import_posts(posts, by=request.user, check=gate.check, **options):
        run.counts[outcome.status] += 1
        run.counts[PUBLISHED] += outcome.is_published
        run.counts[HELD_BACK] += outcome.is_held_back
        run.overwrites += bool(outcome.status == REFUSED and outcome.change)
        media |= dict.fromkeys(outcome.media)
        run.files.append(_file(outcome, is_shown=len(run.files) < MAX_SHOWN))
    run.media, run.versions = list(media), gate.versions
    run.files.sort(key=lambda row: row["status"] != REFUSED)
    return run


def _file(outcome, *, is_shown):
    change = outcome.change
    size = change and change.size
    return {
        "name": outcome.name,
        "status": outcome.status,
        "word": WORDS[outcome.status],
        "errors": [
            _("Line %(line)d: %(problem)s") % {"line": line, "problem": problem}
            for line, problem in outcome.errors
        ],
        "is_published": outcome.is_published,
        "is_schedule_cancelled": outcome.is_schedule_cancelled,
        "is_held_back": outcome.is_held_back,
        "notices": [*outcome.notices, *_account(outcome)],
        "size": size and {"is_any": True, "added": size[0], "removed": size[1]},
        "fields": [_shown(f, Digest) for f in change.fields] if change and is_shown else [],
        "articles": _articles(change) if change and is_shown else [],
    }


def _account(outcome):
    """What became of the lines of a post that the tolerant reader read."""
    if outcome.account and not outcome.is_exact:
        yield account_lines.line(outcome.account)


def _articles(change):
    return [
        {"change": article, "fields": [_shown(f, Article) for f in article.fields]}
        for article in change.articles
        if article.kind != SAME or article.moved
    ]


def _shown(change, model):
    label = capfirst(label_of(change.name, model))
    return {"label": label, "segments": readable(change.name, change.segments, model)}


def _seen(text):
    """Versions by the primary keys of digests, from the report's form; empty if malformed."""
    pairs = (pair.partition(":") for pair in text.split())
    seen = {whole_number(pk): whole_number(version) for pk, _colon, version in pairs}
    return {pk: version for pk, version in seen.items() if None not in (pk, version)}
