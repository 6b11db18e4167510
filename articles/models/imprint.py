"""Who publishes the site, as its page `/about/` says."""

import re

from django.core.validators import EmailValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from articles.fields import LineField, MarkdownField
from articles.rules.lengths import OTHER


class Imprint(models.Model):
    """One row, or none. The fields are those that an Internet newspaper in Korea has to show (Act
    on the Promotion of Newspapers, article 21; Network Act, article 42-3); elsewhere most stay
    empty. Its name is that of the site (SITE_NAME)."""

    ONLY = 1

    publisher = LineField(pgettext_lazy("a person", "publisher"), max_length=120)
    editor = LineField(pgettext_lazy("a person", "editor"), max_length=120, blank=True)
    legal_name = LineField(
        _("legal name"),
        max_length=200,
        blank=True,
        help_text=_("The company or the person that the law knows."),
    )
    registration_number = LineField(_("registration number"), max_length=60, blank=True)
    registered_on = models.DateField(_("date of registration"), null=True, blank=True)
    address = LineField(_("postal address"), max_length=300, blank=True)
    phone = LineField(_("phone"), max_length=40, blank=True)
    email = LineField(_("e-mail"), max_length=254, blank=True, validators=[EmailValidator()])
    youth_protection_officer = LineField(_("youth protection officer"), max_length=120, blank=True)
    copyright = LineField(
        _("copyright notice"),
        max_length=200,
        blank=True,
        help_text=_("Also in the feeds, such as “© 2026 Newsroom”."),
    )
    principles = MarkdownField(_("principles"), blank=True, max_length=OTHER)
    ai_use = MarkdownField(_("use of AI"), blank=True, max_length=OTHER)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("imprint")
        verbose_name_plural = _("imprint")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="imprint_is_one_row"),
            models.CheckConstraint(condition=~models.Q(publisher=""), name="imprint_has_publisher"),
        ]

    def __str__(self):
        return self.publisher

    @property
    def phone_link(self):
        """The phone as a `tel` URI (RFC 3966); spaces and brackets are for the eye."""
        return "tel:" + re.sub(r"[^0-9+-]", "", self.phone)
