"""How long search takes in a long archive, on both databases.

    python benchmarks/search.py POSTS…

puts the posts (files, directories, zip archives) into a new SQLite file and a private PostgreSQL
server, indexes them, and prints for every kind of question the median and the 95th percentile of
the server's time for the page with the newest 20 hits, in milliseconds: query, hits and template,
without the network. Each engine gets a process of its own. Run it alone on the machine.
"""

import datetime as dt
import os
import platform
import random
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

from benchmarks import goals  # noqa: E402

DIGESTS_AT_ONCE = 500
ROUNDS = 20
TAGS = ["반도체", "로봇", "자율주행", "의료", "교육", "금융", "보안", "투자", "통신", "우주"]
QUESTIONS = {
    "common words, 20 to 90 % of all": ["AI", "전망", "시장", "기업", "기술"],
    "words in 1 to 20 %": ["반도체", "엔비디아", "로봇", "HBM", "삼성전자", "데이터센터"],
    "rare words, below 1 %": [
        "핵융합",
        "탈옥",
        "달 탐사",
        "두산로보틱스 핵융합",
        "문해력",
        "레벨4",
    ],
    "in no article": ["갈매기", "쿠버네티스", "AI 갈매기", "전망시장"],
    "one syllable": ["칩", "달", "첫", "웹"],
    "mixed and inside words": ["GPU 클러스터", "스타트업", "AI고객", "6G핵심", "율주행"],
    "several words": ["반도체 로봇", "엔비디아 HBM4 북미", "교육부 신약", "AI 시장 전망 기업"],
    "phrases": ['"핵융합 제어"', '"시장 규모"', '"디지털 트윈"', '"전망 시장"'],
    "minus": ["AI -전망", "엔비디아 -HBM4", "로봇 -AI -시장", '핵융합 -"핵융합 제어"'],
    "tag": ["AI tag=로봇", "핵융합 tag=우주", "tag=의료", "갈매기 tag=의료"],
    "publisher": ["AI publisher=전자신문", "탈옥 publisher=연합뉴스", "publisher=Manila Times"],
    "dates": ["반도체 to=1960-12-31", "핵융합 from=1950-01-01 to=1951-12-31", "AI from=2025-01-01"],
    "old half of the archive": ["AI before", "핵융합 before", "엔비디아 HBM4 before"],
    "hard: common pairs, no hit": [
        "스타스타",
        '"시장 AI 전망"',
        "AI -시장 -전망 -기업 -AI고객 -기술",
    ],
}


def main():
    if "DATABASE_URL" in os.environ and os.environ.get("BENCHMARK_CHILD"):
        measure_engine(sys.argv[1:])
        return
    from tests.support.postgresql import start_server

    say(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder:
        server, _stop = start_server()
        postgresql = server.replace("/newsroom", "/postgres")  # which every server has
        for url in (f"sqlite:///{folder}/benchmark.sqlite3", postgresql):
            environment = {
                **os.environ,
                "BENCHMARK_CHILD": "1",
                "DATABASE_URL": url,
                "DATA_DIR": folder,
                "SECRET_KEY": secrets.token_urlsafe(50),
                "SITE_URL": "http://localhost",
                "STATIC_ROOT": folder,
            }
            subprocess.run([sys.executable, __file__, *sys.argv[1:]], env=environment, check=True)


def measure_engine(paths):
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from articles import search
    from articles.models import Article, Digest

    say(f"\n{connection.vendor} {database_version(connection)}")
    call_command("migrate", verbosity=0)
    if not Digest.objects.exists():
        timed("filling the tables", lambda: fill(paths))
        timed("rebuild_search", search.rebuild)
    say(f"{Digest.objects.count()} digests, {Article.objects.count()} articles")
    call_command("collectstatic", verbosity=0, interactive=False)
    say(f"{'':34}{'p50':>8}{'p95':>8}{'max':>8}   hits on the page")
    p95s = [report(kind, questions) for kind, questions in QUESTIONS.items()]
    goals.tell(f"p95 of each kind of search, {connection.vendor}", p95s)


def database_version(connection):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            return cursor.execute("SELECT sqlite_version()").fetchone()[0]
        return connection.pg_version // 10_000


def report(kind, questions):
    """Every question as often as the others, in random order, each asked once before. Returns the
    95th percentile in milliseconds."""
    from articles.backup import pages

    addresses = {question: address_of(question) for question in questions}
    found = {q: pages.fetch(a).body.count(b'<article class="hit') for q, a in addresses.items()}
    asked = questions * ROUNDS
    random.Random(7).shuffle(asked)  # noqa: S311
    times = []
    for number, question in enumerate(asked):
        address = f"{addresses[question]}&round={number}"  # else it is a page that was kept
        start = time.perf_counter()
        pages.fetch(address)
        times.append((time.perf_counter() - start) * 1000)
    p95 = statistics.quantiles(times, n=20)[-1]
    hits = ", ".join(f"{question} {count}" for question, count in found.items())
    say(f"{kind:34}{statistics.median(times):8.1f}{p95:8.1f}{max(times):8.1f}   {hits}")
    return p95


def address_of(question):
    from articles.search import tables

    words, values = [], {}
    for part in question.replace("Manila Times", "Manila_Times").split(" "):
        name, sign, value = part.partition("=")
        if sign:
            values[name] = value.replace("_", " ")
        elif part == "before":
            values["before"] = tables.key_of(dt.date(1976, 1, 3), 1)
        else:
            words.append(part)
    return "/search/?" + urlencode({"q": " ".join(words), **values})


def fill(paths):
    """The posts as published digests, in bulk: no history, no audit trail."""
    from articles.models import Publisher, Tag
    from articles.posts.post_files import find_posts

    tags = [Tag.objects.create(name=name) for name in TAGS]
    publishers: dict[str, Publisher] = {}
    sources = iter(find_posts([Path(path) for path in paths]))
    while batch := list(islice(sources, DIGESTS_AT_ONCE)):
        save(batch, tags, publishers)


def save(sources, tags, publishers):
    from zoneinfo import ZoneInfo

    from django.conf import settings
    from django.db import transaction

    from articles import document
    from articles.digests.identifiers import new_feed_id
    from articles.models import Article, Citation, Digest, Publisher, TaggedArticle
    from articles.posts.post_files import read_post
    from articles.rules.text import slugify

    posts = [document.parse(read_post(source), ZoneInfo(settings.TIME_ZONE)) for source in sources]
    with transaction.atomic():
        digests = Digest.objects.bulk_create(
            Digest(
                date=post.date,
                title=post.title,
                status=Digest.Status.PUBLISHED,
                publish_at=post.stamp,
                published_at=post.stamp,
                feed_id=new_feed_id("digest"),
            )
            for post in posts
        )
        texts = [
            (digest, place, text)
            for digest, post in zip(digests, posts, strict=True)
            for place, text in enumerate(post.articles, start=1)
        ]
        articles = Article.objects.bulk_create(
            Article(
                digest=digest,
                position=place,
                headline=text.headline,
                slug=f"{place}-{slugify(text.headline, 60)}",
                points=text.points,
                technical_significance=text.technical_significance,
                industry_impact=text.industry_impact,
                outlook=text.outlook,
                feed_id=new_feed_id("article"),
            )
            for digest, place, text in texts
        )
        for _digest, _place, text in texts:
            name = text.citations[0].publisher
            if name not in publishers:
                publishers[name] = Publisher.objects.create(name=name, slug=slugify(name))
        Citation.objects.bulk_create(
            Citation(
                article=article,
                position=1,
                publisher=publishers[text.citations[0].publisher],
                url=text.citations[0].url,
                published_on=text.citations[0].published_on,
            )
            for article, (_digest, _place, text) in zip(articles, texts, strict=True)
        )
        TaggedArticle.objects.bulk_create(
            TaggedArticle(content_object=article, tag=tags[article.pk % len(tags)])
            for article in articles
        )


def timed(name, run):
    start = time.monotonic()
    run()
    say(f"{name}: {time.monotonic() - start:.0f} s")


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
