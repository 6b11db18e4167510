"""How long pages of every kind take when the archive is long.

    python benchmarks/archive_pages.py YEARS…

fills the database that the environment names, which must be migrated and empty, with rows for the
first number of years, asks every kind of page, goes on to the next number, and so on. Each figure
is the lowest and the median of some runs, in milliseconds of CPU time of the view alone, from the
request to the body. PostgreSQL's own time counts if its server runs on this machine.

    python benchmarks/archive_pages.py --filled YEARS

asks a database that is already filled. `--only NAME` asks only the pages with that in their name.
"""

import argparse
import datetime as dt
import os
import random
import statistics
import sys
import time
import uuid
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

from benchmarks import goals

LAST_DAY = dt.date(2026, 1, 3)
ARTICLES_A_DAY = 8
TAGS, PUBLISHERS = 40, 30
DAYS_AT_ONCE = 200
REPETITIONS = 15
TEXT = "국내 연구진이 새 가속기를 공개했고 업계는 내년 양산을 준비하고 있습니다. " * 4


def main():
    options = arguments()
    import django

    django.setup()
    from django.db import connection

    columns, first = [], LAST_DAY + dt.timedelta(days=1)
    for years in options.years:
        since = LAST_DAY - dt.timedelta(days=365 * years - 1)
        first = since if options.filled else fill(first, since)
        asked = {name: path for name, path in pages(first).items() if options.only in name}
        columns.append({name: spent(path) for name, path in asked.items()})
    if options.years == [1, 10, 100] and not options.only:
        _one, ten, hundred = columns
        ratios = [hundred[name][0] / ten[name][0] for name in ten]
        goals.tell(f"each page, 100 years ÷ 10 years, {connection.vendor}", ratios)
    head = "".join(f"{years:>13} years" for years in options.years)
    sys.stdout.write(f"{'page':<34}{head}\n")
    for name in columns[0]:
        figures = "".join(
            f"{low:>9.1f} / {median:>7.1f}" for low, median in (c[name] for c in columns)
        )
        sys.stdout.write(f"{name:<34}{figures}\n")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("years", type=int, nargs="+")
    parser.add_argument("--filled", action="store_true", help="the database has these years")
    parser.add_argument("--only", default="", help="part of the names of the pages to ask")
    return parser.parse_args()


def pages(first):
    """The address of every kind of page, by its name; `first` is the first day there is."""
    from django.urls import reverse

    rare, busy, publisher = (quote(slug) for slug in (f"첫날-{first:%Y}", "주제-1", "매체-1"))
    return {
        "home": "/",
        "the last day": f"/{LAST_DAY:%Y/%m/%d}/",
        "the first day": f"/{first:%Y/%m/%d}/",
        "an article": f"/{LAST_DAY:%Y/%m/%d}/article-1/",
        "a feed of digests": "/feeds/digests.rss",
        "a feed of articles": "/feeds/articles.json",
        "a common tag's feed": f"/tags/{busy}/feed.rss",
        "a day as Markdown": f"/{LAST_DAY:%Y/%m/%d}.md",
        "corrections": "/corrections/",
        "the sitemap": "/sitemap.xml",
        "robots.txt": "/robots.txt",
        "a month of the sitemap": reverse("articles:sitemap-month", args=[LAST_DAY.replace(day=1)]),
        "the sitemap of tags": "/sitemaps/topics.xml",
        "news sitemap": "/news-sitemap.xml",
        "archive": "/archive/",
        "archive, the oldest years": f"/archive/?before={first.year + 1}",
        "a year": "/2025/",
        "a month": "/2025/12/",
        "tags": "/tags/",
        "a common tag": f"/tags/{busy}/",
        "a common tag, its end": f"/tags/{busy}/?before={first + dt.timedelta(days=60)}",
        "a tag of one year only": f"/tags/{quote(f'한때-{first:%Y}')}/",
        "a tag of the first day only": f"/tags/{rare}/",
        "publishers": "/publishers/",
        "a common publisher": f"/publishers/{publisher}/",
        "a publisher of the first day only": f"/publishers/{rare}/",
        "tag trends": "/topics/",
        "tag trends, 104 weeks": f"/topics/?a={busy}&b={quote('주제-2')}&weeks=104",
    }


def spent(path):
    """The lowest and the median of the milliseconds of CPU time of a page's view."""
    from django.conf import settings
    from django.test import RequestFactory
    from django.urls import resolve

    found = []
    for _run in range(REPETITIONS):
        request = RequestFactory(HTTP_HOST=urlsplit(settings.SITE_URL).netloc).get(path)
        match = request.resolver_match = resolve(request.path_info)
        start, at_server = time.thread_time(), server_seconds()
        response = match.func(request, *match.args, **match.kwargs)
        own = time.thread_time() - start
        found.append((own + server_seconds() - at_server) * 1000)
        if response.status_code != 200:
            raise SystemExit(f"{path}: {response.status_code}")
    return min(found), statistics.median(found)


def server_seconds():
    """CPU seconds of the process of PostgreSQL that serves this one; 0 if it is not to be seen."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    with suppress(OSError):
        return int(Path(f"/proc/{backend}/schedstat").read_text().split()[0]) / 1e9
    return 0.0


def fill(until, since):
    """Digests for every day from `since` to the day before `until`; returns `since`."""
    from django.db import connection, transaction

    from articles.changes import site_version
    from articles.models import Publisher, Tag

    all_tags = [Tag.objects.get_or_create(name=f"주제 {n}")[0] for n in range(TAGS)]
    publishers = [
        Publisher.objects.get_or_create(name=f"매체 {n}", slug=f"매체-{n}")[0]
        for n in range(PUBLISHERS)
    ]
    name = f"첫날 {since:%Y}"
    rare = Tag.objects.create(name=name)
    once = Tag.objects.create(name=f"한때 {since:%Y}")
    publisher = Publisher.objects.create(name=name, slug=name.replace(" ", "-"))
    days = [since + dt.timedelta(days=n) for n in range((until - since).days)]
    for start in range(0, len(days), DAYS_AT_ONCE):
        add_days(
            days[start : start + DAYS_AT_ONCE],
            lambda day: [once] if day < since + dt.timedelta(days=365) else [],
            all_tags,
            publishers,
        )
    add_to_first_day(since, rare, publisher)
    with transaction.atomic():
        site_version.move()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as its autovacuum does in time
    return since


def add_days(days, more_tags, all_tags, publishers):
    """With a correction each month."""
    from articles.models import Article, Citation, Correction, Digest, TaggedArticle

    digests = Digest.objects.bulk_create(digest_of(Digest, day) for day in days)
    articles = Article.objects.bulk_create(
        article_of(Article, digest, position)
        for digest in digests
        for position in range(1, ARTICLES_A_DAY + 1)
    )
    taggings, citations = [], []
    for article in articles:
        chance = random.Random(f"{article.digest.date} {article.position}")  # noqa: S311
        # The first tags are the most frequent, as in any archive.
        chosen = {int(chance.paretovariate(0.5)) % TAGS for _ in range(3)}
        tags = [*(all_tags[n] for n in sorted(chosen)), *more_tags(article.digest.date)]
        taggings += [TaggedArticle(tag=tag, content_object=article) for tag in tags]
        citations += [
            citation_of(Citation, article, place, chance.choice(publishers))
            for place in range(1, chance.choice((2, 2, 3)))
        ]
    TaggedArticle.objects.bulk_create(taggings)
    Citation.objects.bulk_create(citations)
    Correction.objects.bulk_create(
        Correction(digest=digest, text=TEXT, corrected_at=digest.published_at)
        for digest in digests
        if digest.date.day == 1
    )


def digest_of(model, day):
    at = dt.datetime.combine(day, dt.time(22), dt.UTC) - dt.timedelta(days=1)
    return model(
        date=day,
        title=f"{day} AI 뉴스",
        introduction=TEXT,
        status=model.Status.PUBLISHED,
        publish_at=at,
        published_at=at,
        feed_id=f"tag:news.example.com,{day}:digest",
    )


def article_of(model, digest, position):
    return model(
        digest=digest,
        position=position,
        headline=f"{digest.date} {position}번째 기사의 제목은 이만큼 깁니다",
        slug=f"article-{position}",
        points=[TEXT] * 3,
        technical_significance=TEXT,
        industry_impact=TEXT,
        outlook=TEXT,
        feed_id=f"tag:news.example.com,{digest.date}:{uuid.uuid4()}",
    )


def citation_of(model, article, place, publisher):
    url = f"https://news.example.com/{article.pk}/{place}"
    return model(article=article, position=place, publisher=publisher, url=url)


def add_to_first_day(day, tag, publisher):
    from articles.models import Article, Citation, TaggedArticle

    article = Article.objects.get(digest__date=day, position=1)
    TaggedArticle.objects.create(tag=tag, content_object=article)
    citation_of(Citation, article, 9, publisher).save()


if __name__ == "__main__":
    main()
