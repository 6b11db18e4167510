"""A story over three days, for the tests of storylines."""

import datetime as dt

from articles.models import Storyline
from tests.support.factories import make_article, make_digest, publish

DAYS = [dt.date(2026, 1, day) for day in (1, 2, 3)]
NAME = "가속기 경쟁"


def make_story(name=NAME, days=DAYS, *, published=True):
    """Digests with an article of a storyline each, `소식 1` and so on, and another article."""
    digests = []
    for number, day in enumerate(days, start=1):
        digest = make_digest(day, articles=0, published=False)
        cited = (f"매체 {number}", f"https://paper{number}.example/{day}", None)
        make_article(digest, headline=f"소식 {number}", storyline=name, citations=[cited])
        own = (f"신문 {number}", f"https://other{number}.example/{day}", None)
        make_article(digest, headline=f"다른 소식 {number}", citations=[own])
        digests.append(publish(digest) if published else digest)
    return digests


def line(name=NAME):
    return Storyline.objects.get(name=name)


def entry(digest):
    return digest.articles.get(storyline_entry__isnull=False)
