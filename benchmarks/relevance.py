"""How well the search answers what readers ask: nDCG@10 over an archive of invented news.

    python benchmarks/relevance.py [--each]

puts the archive of `relevance_archive` into a database in memory, asks its questions on the search
page, and prints nDCG@10 for every kind of question: of the hits on the page, and of the hits after
one click if the page has none but offers other words. 1 means the best ten articles in the best
order; a grade counts 2^grade - 1, halved with the logarithm of the place (Järvelin and Kekäläinen,
2002). With `--each`, a line for every question that is not answered perfectly.
"""

import datetime as dt
import math
import os
import re
import secrets
import statistics
import sys
import tempfile
from html import unescape
from itertools import chain
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

PLACES = 10
HIT = re.compile(r'<article class="hit">\s*<h2><a href="([^"]+)"')
OFFER = re.compile(r'<a class="meant"[^>]* href="([^"]+)"')


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            DJANGO_SETTINGS_MODULE="newsroom.settings",
            DATABASE_URL=f"sqlite:///{folder}/relevance.sqlite3",
            DATA_DIR=folder,
            SECRET_KEY=secrets.token_urlsafe(50),
            SITE_URL="http://localhost",
            STATIC_ROOT=folder,
        )
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        graded = fill()
        report(graded, is_each="--each" in sys.argv)


def fill():
    """The archive as published digests. Returns its articles by their addresses."""
    from articles import search
    from articles.digests.identifiers import new_feed_id
    from articles.models import Article, Citation, Digest, Publisher, TaggedArticle, tags_by_name
    from articles.rules.text import slugify
    from benchmarks import relevance_archive

    publishers = [
        Publisher.objects.create(name=name, slug=slugify(name), is_known=True)
        for name in relevance_archive.PUBLISHERS
    ]
    graded, digests = {}, {}
    tags = tags_by_name(["기술", "산업", "정책"])
    for number, invented in enumerate(relevance_archive.articles()):
        digest = digests.get(invented.day)
        if digest is None:
            out = dt.datetime.combine(invented.day, dt.time(7), dt.UTC)
            digest = digests[invented.day] = Digest.objects.create(
                date=invented.day,
                title=f"{invented.day:%Y-%m-%d}",
                status=Digest.Status.PUBLISHED,
                publish_at=out,
                published_at=out,
                feed_id=new_feed_id("digest"),
            )
        article = Article.objects.create(
            digest=digest,
            position=number % relevance_archive.A_DAY + 1,
            headline=invented.headline,
            slug=f"{number}-{slugify(invented.headline, 60)}",
            points=invented.subject.points,
            outlook=invented.outlook,
            feed_id=new_feed_id("article"),
        )
        publisher = publishers[number % len(publishers)]
        Citation.objects.create(
            article=article,
            position=1,
            publisher=publisher,
            url=f"https://paper.example/{number}",
        )
        tag = tags[["기술", "산업", "정책"][number % 3]]
        TaggedArticle.objects.create(content_object=article, tag=tag)
        graded[article.get_absolute_url()] = invented
    search.rebuild()
    return graded


def report(graded, *, is_each):
    from benchmarks import relevance_archive

    first, clicked = {}, {}
    for question in relevance_archive.questions():
        page = fetched(f"/search/?q={quote(question.text)}")
        value = after = gain(question, graded, page)
        if not HIT.search(page) and (offer := OFFER.search(page)):
            after = gain(question, graded, fetched(unescape(offer[1])))
        first.setdefault(question.kind, []).append(value)
        clicked.setdefault(question.kind, []).append(after)
        if is_each and after < 1:
            say(f"{question.kind:10}{value:7.3f}{after:7.3f}  {question.text}")
    say(f"{'':12}{'questions':>10}{'page':>8}{'click':>8}")
    for kind, values in first.items():
        row(kind, values, clicked[kind])
    row("all", [*chain(*first.values())], [*chain(*clicked.values())])


def row(name, values, clicked):
    page, click = statistics.mean(values), statistics.mean(clicked)
    say(f"{name:12}{len(values):10}{page:8.3f}{click:8.3f}")


def fetched(address):
    from articles.backup import pages

    return pages.fetch(address).body.decode()


def gain(question, graded, page):
    """nDCG of the hits on a page."""
    grades = {address: question.grade(article) for address, article in graded.items()}
    shown = [grades[unescape(address)] for address in HIT.findall(page)]
    best = sorted(grades.values(), reverse=True)
    return discounted(shown) / discounted(best)


def discounted(grades):
    return sum(
        (2**grade - 1) / math.log2(place + 1)
        for place, grade in enumerate(grades[:PLACES], start=1)
    )


def say(text):
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    main()
