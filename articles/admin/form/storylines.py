"""The storyline of an article in the form: earlier articles that it may follow up are offered."""

from django.utils.translation import gettext as _

from articles.digests import editing
from articles.digests.posted import FOLLOWS
from articles.models import Article, Digest, Storyline
from articles.preflight.headlines import is_followed
from articles.rules.nameless import shown_headline
from articles.rules.text import fold, parse_key
from articles.storylines import following

MOST_NAMES = 100  # offered in the field


def names():
    """The names of the storylines that were added to last, for the field."""
    return list(Storyline.objects.order_by("-pk").values_list("name", flat=True)[:MOST_NAMES])


def offer_of(finding, storyline):
    """The earlier article that a finding offers to follow up: its uid and the words; None if there
    is none. `storyline` is the name of that of the article, or empty."""
    earlier = finding.earlier
    if earlier is None or is_followed(storyline, earlier):
        return None
    if storyline and earlier.storyline and fold(storyline) != fold(earlier.storyline):
        return None  # each tells other news by now
    return {"uid": earlier.uid, "text": _words(earlier.headline, earlier.date)}


def mark(inlines, found):
    """Give the rows of the form the earlier article that is offered in them, with what is ticked.
    `found` are findings as the form shows them."""
    offers = {}
    for finding in found:
        if finding["follow"]:
            offers.setdefault(finding["row"], finding["follow"])
    for inline in inlines:
        for form in inline.formset.forms:
            ticked = form.data.get(form.add_prefix(FOLLOWS)) if form.is_bound else None
            offer = _ticked(ticked) or offers.get(form.prefix)
            form.follow_offer = offer and offer | {"is_ticked": offer["uid"] == ticked}


def lock(digest, data):
    """The current row of a digest, locked with those of the earlier articles that are ticked in the
    data of its form. Raises Digest.DoesNotExist."""
    ticked = [parse_key(uid) for name, uid in data.items() if name.endswith(f"-{FOLLOWS}")]
    locked = following.lock(digest, filter(None, ticked))
    if digest.pk not in locked:
        raise Digest.DoesNotExist
    return locked[digest.pk]


def join_ticked(request, digest, formset):
    """Put the ticked earlier articles into the storylines of those that follow them up. Valid
    formsets only, after they are saved. Returns sentences for the user."""
    ticked = formset.followed()
    if not ticked:
        return []
    articles = digest.articles.filter(uid__in=ticked)
    sentences = []
    for article in articles.select_related("storyline_entry__storyline").order_by("position"):
        if name := editing.storyline_name(article):
            earlier = ticked[str(article.uid)]
            sentences.append(following.join(earlier, name, by=request.user, later=digest))
    return list(filter(None, sentences))


def _ticked(uid):
    key = parse_key(uid)
    article = key and Article.objects.select_related("digest").filter(uid=key).first()
    if not article:
        return None
    return {"uid": str(article.uid), "text": _words(article.headline, article.digest.date)}


def _words(headline, date):
    words = {"headline": shown_headline(headline), "date": date.isoformat()}
    return _("Follow-up to “%(headline)s” of %(date)s") % words
