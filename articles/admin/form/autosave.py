"""Stores an open form on the server; a script requests it every few seconds."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _

from articles.admin.display import clock
from articles.digests import working_copies
from articles.models import Digest
from articles.rules.text import parse_key, whole_number

# Fields of the page that are not part of the text.
OWN_FIELDS = ("csrfmiddlewaretoken", "form_key", "copy_key", "chosen-version")
SUPERSEDED, TOO_LARGE = 409, 413


def answer(model_admin, request):
    """Store the posted form as a working copy. `?sequence=` numbers its states; `?digest=` is
    absent for a new digest."""
    if request.method != "POST":
        return JsonResponse({"error": _("Send the form.")}, status=405)
    digest = digest_of(model_admin, request)
    key = request.POST.get("copy_key") or request.POST.get("form_key")
    key, sequence = parse_key(key), whole_number(request.GET.get("sequence"))
    if key is None or not sequence:
        return JsonResponse({"error": _("The form came without its key.")}, status=400)
    try:
        copy = working_copies.store(
            request.user,
            key,
            digest=digest,
            version=whole_number(request.POST.get("version")),
            fields=typed_fields(request.POST),
            sequence=sequence,
        )
    except working_copies.Superseded:
        return JsonResponse({"error": _("Another window has this draft.")}, status=SUPERSEDED)
    except working_copies.TooLarge:
        sentence = _("Too long to be kept as a draft: save it, or split it.")
        return JsonResponse({"error": sentence}, status=TOO_LARGE)
    sentence = _("Kept as a working copy at %(time)s, not saved yet.")
    return JsonResponse({"text": sentence % {"time": clock(copy.saved_at)}})


def typed_fields(posted):
    """Names and values of the fields, without the buttons."""
    return [
        [name, value]
        for name, values in posted.lists()
        if name not in OWN_FIELDS and not name.startswith("_")
        for value in values
    ]


def digest_of(model_admin, request):
    """The digest in the address, None for a new one; raises PermissionDenied without the right to
    write."""
    number = request.GET.get("digest", "")
    if not number:
        if not model_admin.has_add_permission(request):
            raise PermissionDenied
        return None
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    digest = Digest.objects.filter(pk=whole_number(number)).first()
    if digest is None:
        raise Http404
    return digest
