"""Builders of candidates, as tests use them."""

from django.utils import timezone

from articles.inbox import arriving
from articles.inbox.arriving import Found
from articles.models import Candidate, FollowedFeed


def page(number=1, title="", **fields):
    """A page as an origin has it; with a number, one of many."""
    url = fields.pop("url", f"https://hanbit.example/{number}")
    return Found(url, title=title or f"{number}번째 소식", **fields)


def make_candidate(number=1, *, origin="pasted", **fields):
    """The row of a candidate that came in."""
    [outcome] = arriving.take([page(number, **fields)], origin)
    return Candidate.objects.get(pk=outcome.candidate.pk)


def make_feed(address="https://feeds.example/all", **fields):
    """A feed that is due."""
    fields = {"name": address.partition("//")[2][:60], "next_at": timezone.now()} | fields
    return FollowedFeed.objects.create(address=address, **fields)
