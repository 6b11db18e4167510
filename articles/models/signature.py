"""Who read an article against its citations, when, and which text of it."""

import hashlib
import json
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.fields import IMPLICATION_FIELDS, LineField
from articles.models.author import author_field


class Signature(models.Model):
    """A person's word that an article says what its citations say.

    It counts only for the text with this hash, and so lapses by itself when that changes. Rows
    refer to the article's permanent id, and outlive the account: `name` is the one at that moment.
    """

    article_uid = models.UUIDField(_("article"))
    user = author_field(_("signed by"))
    name = LineField(_("name"), max_length=300)
    text_hash = models.CharField(_("SHA-256 of the text"), max_length=64)
    signed_at = models.DateTimeField(_("signed"))

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["signed_at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["article_uid", "user", "text_hash"], name="signature_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.signed_at:%Y-%m-%d %H:%M}"


def text_hash(article: dict[str, Any]) -> str:
    """The SHA-256 of what a signature is given for: headline, points, implications, and the pages
    and days of the citations of an article in a snapshot. Publishers' names may change for the
    whole site, and tags say nothing about facts."""
    cited = [[one["url"] or one["publisher"], one["published_on"]] for one in article["citations"]]
    texts = [article[name].strip() for name in ("headline", *IMPLICATION_FIELDS)]
    text = json.dumps([texts, article["points"], cited])
    return hashlib.sha256(text.encode()).hexdigest()


def signatures_of(hashes: dict[str, str]) -> dict[str, list[Signature]]:
    """The signatures that count, by article uid, oldest first. `hashes` has the hash of each
    article's text by its uid. One query; none for no articles."""
    found: dict[str, list[Signature]] = {}
    if hashes:
        for row in Signature.objects.filter(article_uid__in=list(hashes)):
            if row.text_hash == hashes[str(row.article_uid)]:
                found.setdefault(str(row.article_uid), []).append(row)
    return found
