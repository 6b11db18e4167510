"""What is in the form of a digest at this moment, before it is valid or saved.

What can be read is read as saving would read it, what cannot is taken as it was typed. Nothing
is written.
"""

from itertools import islice

from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import CharField
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils import timezone

from articles.admin.form import other_text
from articles.digests import editing, revisions
from articles.fields import IMPLICATION_FIELDS, NOTE_FIELDS, PICTURE_TEXTS
from articles.models import Digest
from articles.rules import lines
from articles.rules.addresses import domain_of
from articles.rules.lines import CitationLine
from articles.rules.text import clean, fold

MAX_CHARACTERS = 300_000
MAX_ARTICLES = 200
MAX_LINE = 3_000


def is_too_long(request):
    """Whether more is posted than is worth reading between two key strokes."""
    return sum(map(len, request.POST.values())) > MAX_CHARACTERS


def digest_of(model_admin, request, pk):
    """The stored digest of the form, or None for a new one; raises PermissionDenied.

    A digest that someone deleted meanwhile is like a new one, as it would be saved.
    """
    digest = Digest.objects.filter(pk=pk).first() if pk else None
    if digest:
        allowed = model_admin.has_change_permission(request, digest)
    else:
        allowed = model_admin.has_add_permission(request)
    if not allowed:
        raise PermissionDenied
    return digest


def form_of(model_admin, request, digest):
    form_class = model_admin.get_form(request, digest, change=digest is not None)
    return form_class(request.POST, instance=digest)


def rows_of(model_admin, request, digest):
    """The forms of the articles that saving would keep, in the order of the page."""
    [inline] = model_admin.get_inline_instances(request, digest)
    formset_class = inline.get_formset(request, digest)
    formset_class.absolute_max = MAX_ARTICLES
    formset = formset_class(
        request.POST, instance=digest or Digest(), prefix=formset_class.get_default_prefix()
    )
    kept = [form for form in formset.in_shown_order() if not value(form, DELETION_FIELD_NAME)]
    return [form for form in kept if form.has_changed() or not form.empty_permitted]


def value(form, name, default=None):
    """The value of a field as far as it can be read; the rules for saving are not asked."""
    field = form.fields.get(name)
    if field is None:
        return getattr(form.instance, name, default)
    try:
        read = field.to_python(form[name].data)
    except ValidationError:
        return default
    # No more of a text than may be saved: rendering what is far longer could take minutes.
    return read[: field.max_length] if isinstance(field, CharField) else read


def _lines(text):
    """The lines that are not blank, as many as may be saved."""
    written = filter(str.strip, clean(text or "").split("\n"))
    return islice(written, lines.MAX_LINES)


def points(text):
    found = []
    for line in _lines(text):
        try:
            found += lines.parse_points(line)
        except lines.LineErrors:
            found.append(line.strip()[:MAX_LINE])
    return found


def citations(text):
    found = []
    for line in _lines(text):
        try:
            if len(line) > MAX_LINE:
                raise ValueError
            found.append(lines.parse_citation(line))
        except ValueError:
            found.append(CitationLine(line.strip()[:MAX_LINE], "", None))
    return found


def tags(text):
    return lines.parse_tags(clean(text or ""))[: lines.MAX_LINES]


def snapshot(model_admin, request, digest):
    """The form as a snapshot, and the prefix of each article's row by the article's uid there.

    A row that is not saved yet has its prefix for a uid.
    """
    base = revisions.snapshot(digest) if digest else {}
    before = {article["uid"]: article for article in base.get("articles", [])}
    prefixes, articles = {}, []
    for row in rows_of(model_admin, request, digest):
        uid = row.posted_uid
        if uid not in before or uid in prefixes:
            uid = row.prefix
        prefixes[uid] = row.prefix
        articles.append(_article(row, uid, before.get(uid)))
    return {**base, **_own_fields(model_admin, request, digest), "articles": articles}, prefixes


def _own_fields(model_admin, request, digest):
    form = form_of(model_admin, request, digest)
    stored = digest or Digest(date=timezone.localdate())
    date, language = value(form, "date") or stored.date, value(form, "language")
    return {
        "date": date.isoformat(),
        "title": value(form, "title", ""),
        "introduction": value(form, "introduction", ""),
        "language": language if language in Digest.Language else stored.language,
    }


def _article(row, uid, before):
    """One row as an article of a snapshot; lists that mean the same as `before` are as there."""
    typed = {
        "points": points(row["points"].data),
        "tags": tags(row["tag_names"].data),
        "citations": [_citation(line) for line in citations(row["citation_lines"].data)],
    }
    if before and points(lines.format_points(before["points"])) == typed["points"]:
        typed["points"] = before["points"]
    if before and [*map(fold, before["tags"])] == [*map(fold, typed["tags"])]:
        typed["tags"] = before["tags"]
    names = ("headline", *IMPLICATION_FIELDS, *NOTE_FIELDS, "picture", *PICTURE_TEXTS)
    texts = {name: value(row, name, "") for name in names}
    typed["other"] = other_text.read(row, before["other"] if before else [])
    return {**(before or {}), "uid": uid, **texts, **typed}


def _citation(line):
    """A citation with the publisher's name, found by its address where it was not typed."""
    owner = None if line.publisher else editing.publisher_of_domain(domain_of(line.url))
    return lines.citation_data(
        CitationLine(owner.name, line.url, line.published_on) if owner else line
    )
