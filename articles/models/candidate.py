"""What came in and is in no digest yet. Readers never see any of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.fields import LineField
from articles.models.author import author_field
from articles.models.excerpt import MAX_EXCERPT
from articles.rules.lengths import HEADLINE
from articles.rules.lines import MAX_PUBLISHER_LENGTH
from articles.rules.validators import MAX_URL_LENGTH, is_web_address, validate_web_address

MAX_REASON = 60


class Candidate(models.Model):
    """A page that may become an article. All addresses of one page are one candidate (`url_key`).

    `listed_on` and `turn` are its place in the list: the day on which it came or came back, in the
    site's zone, and its number among those of its origin on that day. So a flood from one origin
    does not stand before the others. `alike` is the primary key of the first candidate with a
    similar title; a candidate without one has None.
    """

    class State(models.TextChoices):
        NEW = "new", _("New candidates")
        CHOSEN = "chosen", _("Chosen")
        PARKED = "parked", _("Parked")
        REJECTED = "rejected", _("Rejected")
        EXPIRED = "expired", _("Expired")

    url = LineField(_("address"), max_length=MAX_URL_LENGTH, validators=[validate_web_address])
    url_key = models.CharField(_("comparison key"), max_length=64, unique=True)
    title = LineField(_("title"), max_length=HEADLINE, blank=True)
    publisher = LineField(_("publisher"), max_length=MAX_PUBLISHER_LENGTH, blank=True)
    published_on = models.DateField(_("publication date"), null=True)
    excerpt = models.TextField(_("excerpt"), max_length=MAX_EXCERPT, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    score = models.FloatField(_("score"), null=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.NEW)
    parked_until = models.DateField(_("parked until"), null=True)
    reason = LineField(_("reason"), max_length=MAX_REASON, blank=True)
    article_uid = models.UUIDField(_("article"), null=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = author_field(_("decided by"))
    came_at = models.DateTimeField(_("came in"))
    listed_on = models.DateField(_("listed on"))
    turn = models.PositiveIntegerField(_("turn"))
    alike = models.BigIntegerField(_("similar title"), null=True)

    class Meta:
        verbose_name = _("candidate")
        verbose_name_plural = _("candidates")
        ordering = ["-listed_on", "turn", "pk"]
        default_permissions = ("view", "change")
        indexes = [
            models.Index(fields=["state", "-listed_on", "turn", "id"], name="candidate_listed"),
            models.Index(fields=["alike"], name="candidate_alike"),
            models.Index(fields=["article_uid"], name="candidate_article"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(url__startswith="http://") | Q(url__startswith="https://"),
                name="candidate_url_is_http",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["new", "expired"])
                | Q(state="parked", parked_until__isnull=False)
                | (Q(state="rejected") & ~Q(reason=""))
                | Q(state="chosen", article_uid__isnull=False),
                name="candidate_state_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.url

    @property
    def href(self) -> str:
        """The address if it is safe in a link, else an empty text. It is checked on output as well
        as on input: rows can enter a database in other ways."""
        return self.url if is_web_address(self.url) else ""


class Arrival(models.Model):
    """A candidate came from an origin, once: `pasted`, `page` (the bookmarklet), `feed:3` or
    `program:5`. See `articles.inbox.origins`."""

    candidate = models.ForeignKey(
        Candidate, on_delete=models.CASCADE, related_name="arrivals", verbose_name=_("candidate")
    )
    origin = models.CharField(_("origin"), max_length=30)
    came_at = models.DateTimeField(_("came in"))

    class Meta:
        verbose_name = _("arrival")
        verbose_name_plural = _("arrivals")
        ordering = ["pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["origin", "-came_at"], name="arrival_of_origin")]
        constraints = [
            models.UniqueConstraint(fields=["candidate", "origin"], name="arrival_once"),
        ]

    def __str__(self) -> str:
        return f"{self.origin}: {self.candidate_id}"


class OriginDay(models.Model):
    """How many candidates came from an origin on a day of the site's zone, and how many more were
    not taken."""

    origin = models.CharField(_("origin"), max_length=30)
    day = models.DateField(_("day"))
    came = models.PositiveIntegerField(_("came"), default=0)
    dropped = models.PositiveIntegerField(_("not taken"), default=0)

    class Meta:
        verbose_name = _("day of an origin")
        verbose_name_plural = _("days of origins")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["origin", "day"], name="origin_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.origin} {self.day}"


class RejectionReason(models.Model):
    """A reason for which the desk rejects candidates. Candidates keep its words, not the row."""

    name = LineField(_("reason"), max_length=MAX_REASON, unique=True)
    position = models.PositiveSmallIntegerField(
        _("position"), default=0, help_text=_("The first nine have the keys 1 to 9.")
    )

    class Meta:
        verbose_name = _("reason for rejecting")
        verbose_name_plural = _("reasons for rejecting")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="rejection_reason_has_name"),
        ]

    def __str__(self) -> str:
        return self.name
