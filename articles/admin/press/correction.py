"""The page on which an editor publishes a correction."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from articles.admin.display import zoned
from articles.admin.form.forms import CorrectionForm
from articles.digests import publishing
from articles.login.desk_page import desk_page
from articles.models import Digest


def corrections(model_admin, request, pk):
    """The corrections of a public digest, and a form for another one."""
    if not request.user.has_perm("articles.publish_digest"):
        raise PermissionDenied
    digest = get_object_or_404(Digest, pk=pk)
    if not digest.is_public:
        sentence = _("Only a published digest can have corrections. Edit the text instead.")
        model_admin.message_user(request, sentence, messages.ERROR)
        return redirect("admin:articles_digest_change", pk)
    form = CorrectionForm(request.POST or None, digest=digest)
    if request.method == "POST" and form.is_valid() and _add(model_admin, request, digest, form):
        return redirect("admin:articles_digest_corrections", digest.pk)
    existing = digest.corrections.select_related("article", "author").order_by("-corrected_at")
    context = {
        "title": _("Corrections"),
        "subtitle": digest.name,
        "digest": digest,
        "form": form,
        "corrections": [(correction, zoned(correction.corrected_at)) for correction in existing],
        "media": model_admin.media + form.media,
    }
    return desk_page(model_admin, request, "articles/digest/corrections", context)


def _add(model_admin, request, digest, form):
    """Whether the correction was published; if not, the form has the reason and keeps its text."""
    values = form.cleaned_data
    try:
        # A double click or a repeated submission posts the same form twice.
        publishing.correct(
            digest, values["text"], by=request.user, article=values["article"], once=True
        )
    except publishing.NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return False
    model_admin.log_change(request, digest, _("Corrected"))
    model_admin.message_user(request, _("Readers see the correction now."), messages.SUCCESS)
    return True
