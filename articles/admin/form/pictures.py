"""The picture of an article at the desk: uploaded separately, then referred to by the form.

A form holds only the permanent id of its picture, so everything that keeps typed text (drafts,
conflicts, an expired session) also keeps the picture. Without a script, files are sent with the
form and stored before the form is validated.
"""

import weakref
from functools import cached_property

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.fields import PICTURE_TEXTS
from articles.models import Picture
from articles.pictures import files
from articles.rules.text import parse_key
from articles.views.pictures import file_response

FILE, REMOVE = "picture_file", "picture_remove"


class PictureIdField(forms.CharField):
    """The permanent id of a picture; an invalid id counts as no picture."""

    widget = forms.HiddenInput

    def to_python(self, value):
        return str(parse_key(value) or "")


class PictureFields(forms.Form):
    """Fields of the article form. The formset sets `shelf`, the pictures of all its rows."""

    shelf = None
    picture = PictureIdField(label=gettext_lazy("Picture"), required=False)

    @cached_property
    def shown_picture(self):
        """The present picture of the row; None without one."""
        return self.shelf and self.shelf.found.get(uid_of(self))

    @property
    def picture_preview(self):
        """The address of the picture at the desk."""
        return preview_address(self.shown_picture)

    @property
    def has_picture_part(self):
        """Whether the picture part of the form has anything to show."""
        return any(self[name].value() or self[name].errors for name in ("picture", *PICTURE_TEXTS))

    def clean_picture(self):
        if refusal := self.shelf.refused.get(self.prefix):
            raise forms.ValidationError(refusal)
        uid = self.cleaned_data["picture"]
        if uid and uid not in self.shelf.found:
            raise forms.ValidationError(
                _("This picture was not used for a week and is gone. Choose it again.")
            )
        return uid

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("picture") and not cleaned.get("picture_alt", "").strip():
            if "picture_alt" not in self.errors:
                self.add_error("picture_alt", _("Say what the picture shows, or remove it."))
        elif "picture" in cleaned and not cleaned["picture"]:
            for name in PICTURE_TEXTS:
                if cleaned.get(name):
                    self.add_error(name, _("There is no picture. Choose one, or empty this field."))
        return cleaned


class Shelf:
    """The pictures of a formset's rows, loaded once, and the `refused` files: sentences by the
    prefix of the row."""

    def __init__(self, formset):
        self.formset = weakref.proxy(formset)  # which keeps the forms, and they this
        self.refused = formset.refused_pictures

    @cached_property
    def found(self):
        return files.by_uid(map(uid_of, self.formset.forms))


def uid_of(form):
    """The permanent id of the row's picture; empty without one."""
    return form.fields["picture"].to_python(form["picture"].value())


def upload(model_admin, request):
    """Store the posted `file`. JSON: `uid`, `src` (its address at the desk), `width` and `height`,
    or `error`."""
    if not may_upload(request.user):
        raise PermissionDenied
    file = request.FILES.get("file")
    if file is None:
        return JsonResponse({"error": _("Choose a file.")}, status=400)
    try:
        picture = _store(file, request.user)
    except files.Refused as refusal:
        return JsonResponse({"error": str(refusal)}, status=400)
    size = {"width": picture.width, "height": picture.height}
    return JsonResponse({"uid": str(picture.uid), "src": preview_address(picture), **size})


def show(model_admin, request, uid, width):
    """A file of a picture, public or not, for users who may see drafts. It has at least the given
    width if there is such a file."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    picture = Picture.objects.filter(uid=uid).first()
    if picture is None:
        raise Http404(_("There is no picture at this address."))
    wide_enough = (known for known in picture.widths if known >= width)
    return file_response(picture, next(wide_enough, picture.width))


def may_upload(user):
    return user.has_perm("articles.change_digest")


def take_in(request):
    """Store the files and apply the ticks that browsers send without a script, and replace them in
    `request.POST` by ids of pictures. Returns refused files: sentences by the prefix of the row."""
    refused: dict[str, str] = {}
    if not may_upload(request.user):
        return refused
    posted = request.POST.copy()
    for name in [name for name in posted if name.endswith(f"-{REMOVE}")]:
        del posted[name]
        for field in ("picture", *PICTURE_TEXTS):
            posted[f"{name.removesuffix(REMOVE)}{field}"] = ""
    for name, file in request.FILES.items():
        if not name.endswith(f"-{FILE}"):
            continue
        prefix = name.removesuffix(f"-{FILE}")
        try:
            posted[f"{prefix}-picture"] = str(_store(file, request.user).uid)
        except files.Refused as refusal:
            refused[prefix] = str(refusal)
    request.POST = posted
    return refused


def preview_address(picture):
    """The address of a small version of a picture for the desk; empty without a picture."""
    if picture is None:
        return ""
    return reverse("admin:articles_digest_picture", args=[picture.uid, files.WIDTHS[0]])


def _store(file, user):
    """Read only one byte more than the limit, which shows that a file is too large."""
    return files.store(file.read(files.MAX_BYTES + 1), by=user)
