"""Whether readers can learn who publishes the site."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import Imprint
from articles.preflight.checked import CheckedDigest
from articles.preflight.findings import Found, Severity, rule

CODE = "imprint-missing"


def is_missing() -> bool:
    """One query."""
    return not Imprint.objects.exists()


@rule(
    CODE,
    Severity.HINT,
    gettext_lazy("Imprint missing"),
    gettext_lazy("Ask an editor to fill in the imprint at the desk: readers see it at /about/."),
)
def imprint_missing(digest: CheckedDigest) -> Iterator[Found]:
    if digest.lacks_imprint:
        yield Found(digest.place(), _("This site does not say yet who publishes it."), "")
