"""What it costs to make a page that nobody has asked for before, and what the desk asks for.

    python benchmarks/rendering.py [--times 300] [--only WORD]

asks Django itself, without the page store before it, on the database that the environment names.
That needs a year of posts, such as `manage.py import_posts --publish POSTS` brings in, and the
files of `manage.py collectstatic`. Whatever else it takes (tags, a draft of ten articles, an
editor) is left in it: give it a copy. Each line has the CPU milliseconds of one request, the least,
the median and the most, and how many queries it made. “In turn” are so many pages of days that
nothing of one is left when it is asked for again; the others are asked for again and again, as when
another digest changed and every page is made anew. A page of hits is new at each request.

“Findings”, “preview” and “autosave” are what the form's script sends while somebody types, and
“save” is the script's save with one headline changed. Django's client for tests is part of each
line, which takes about half a millisecond.
"""

import argparse
import datetime as dt
import gc
import itertools
import os
import statistics
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

from benchmarks import goals
from newsroom import garbage

ARTICLES = 8
TAGS_AN_ARTICLE = 3
DAYS_IN_TURN = 240  # more than are kept, see articles/pages/digest_cache.py
WARMING = 10
LAST_DAY = dt.date(2999, 1, 1)
URLENCODED = "application/x-www-form-urlencoded"
# Those that have a goal, as it calls them.
TOLD = {
    "day page": "a new day page",
    "hits, new": "a new page of hits",
    "hits, asked before": "a page of hits asked before",
    "change list": "the list of digests",
    "form of ten articles": "the form of ten articles",
    "findings": "findings",
    "save": "a save",
}


def main():
    asked = arguments()
    import django

    django.setup()

    sys.stdout.write(f"{'page':<28}{'least':>10}{'median':>10}{'most':>10}{'queries':>9}\n")
    asked_for = pages()
    gc.collect()
    garbage.look_seldom()  # as in a worker
    for name, (ask, paths) in asked_for.items():
        if asked.only not in name:
            continue
        spent, queries = measured(ask, paths, asked.times)
        figures = (min(spent), statistics.median(spent), max(spent))
        shown = "".join(f"{figure:>7.1f} ms" for figure in figures)
        sys.stdout.write(f"{name:<28}{shown}{queries:>9}\n")
        if name in TOLD:
            goals.tell(f"CPU of {TOLD[name]}", spent)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--times", type=int, default=300, help="requests for each page")
    parser.add_argument("--only", default="", help="pages that have this in their names")
    return parser.parse_args()


def pages():
    """Who asks, which is given a path, and the paths of every kind of page, by its name."""
    from django.test import Client
    from django.urls import reverse

    reader, editor = (Client(headers={"host": "localhost"}) for _ in range(2))
    days = tagged_digests()
    digest = days[0]
    article = digest.articles.first()
    tag = article.tags.first()
    editor.force_login(make_editor())
    month = digest.date.replace(day=1)
    public = {
        "day page": digest.get_absolute_url(),
        "home": "/",
        "article": article.get_absolute_url(),
        "tag": tag.get_absolute_url(),
        "archive": reverse("articles:archive"),
        "month": reverse("articles:month", args=[month]),
        "feed of digests": reverse("articles:digests-rss"),
        "feed of articles": reverse("articles:articles-rss"),
    }
    draft = make_draft()
    form = reverse("admin:articles_digest_change", args=[draft.pk])
    desk = {
        "change list": reverse("admin:articles_digest_changelist"),
        "form of ten articles": form,
    }
    return {
        "day pages in turn": (reader.get, [day.get_absolute_url() for day in days]),
        **{name: (reader.get, [path]) for name, path in public.items()},
        "hits, new": (asks_anew(reader), ["/search/?q=AI"]),
        "hits, asked before": (reader.get, ["/search/?q=AI"]),
        **{name: (editor.get, [path]) for name, path in desk.items()},
        **typing(editor, draft, form),
    }


def asks_anew(reader):
    """Adds to a path what makes it one that was never asked for."""
    numbers = itertools.count(1)
    return lambda path: reader.get(f"{path}&round={next(numbers)}")


def typing(editor, draft, form):
    """What the form's script sends while somebody types, and the save."""
    from django.urls import reverse

    from tests.faults.desk import fields_of

    asked = {
        "findings": reverse("admin:articles_digest_findings", args=[draft.pk]),
        "preview": reverse("admin:articles_digest_preview", args=[draft.pk]),
        "autosave": f"{reverse('admin:articles_digest_autosave')}?digest={draft.pk}&sequence=",
        "save": form,
    }
    fields = fields_of(editor.get(form).content.decode())
    headline = fields["articles-0-headline"]
    numbers = itertools.count(1)

    def post(path):
        number = next(numbers)
        data = fields | {"articles-0-headline": f"{headline} {number}"}
        if path == asked["autosave"]:
            path += str(number)
        if path == form:
            data["_continue"] = "1"
        json = {"accept": "application/json"}
        response = editor.post(path, urlencode(data), content_type=URLENCODED, headers=json)
        if path == form:
            fields["version"] = response.json()["version"]
        return response

    return {name: (post, [path]) for name, path in asked.items()}


def measured(ask, paths, times):
    """CPU milliseconds of each of so many requests, and the number of queries of one."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for path in itertools.islice(itertools.cycle(paths), max(WARMING, len(paths))):
        get(ask, path)
    with CaptureQueriesContext(connection) as captured:
        get(ask, paths[0])
    queries = len(captured)
    spent = []
    for path in itertools.islice(itertools.cycle(paths), times):
        start = time.thread_time()
        get(ask, path)
        spent.append((time.thread_time() - start) * 1000)
    return spent, queries


def get(ask, path):
    response = ask(path)
    if response.status_code != 200:
        raise SystemExit(f"{path}: {response.status_code}")


# What is asked for


def tagged_digests():
    """The newest ones with ARTICLES articles, which are given tags."""
    from django.db.models import Count

    from articles.digests import editing
    from articles.models import Digest

    published = Digest.objects.published().newest_first()
    found = published.annotate(count=Count("articles")).filter(count=ARTICLES)[:DAYS_IN_TURN]
    if len(found) < DAYS_IN_TURN:
        raise SystemExit(
            f"There are only {len(found)} digests of eight articles: import more posts."
        )
    for digest in found:
        for article in digest.articles.all():
            words = [word for word in article.headline.split() if len(word) > 1]
            editing.set_tags(article, words[:TAGS_AN_ARTICLE])
    return list(found)


def make_editor():
    from django.contrib.auth.models import User

    return User.objects.create_superuser(f"benchmark-{os.getpid()}")


def make_draft():
    """Ten articles like those that readers have, with their citations and tags."""
    from articles.digests import editing
    from articles.models import Article, Digest
    from articles.rules.lines import CitationLine

    models = Article.objects.published().order_by("-digest__date", "position")[:10]
    Digest.objects.filter(date=LAST_DAY).delete()  # of the time before
    draft = Digest.objects.create(date=LAST_DAY, title="Ten articles")
    for position, model in enumerate(models, 1):
        names = ("headline", "points", "technical_significance", "industry_impact", "outlook")
        texts = {name: getattr(model, name) for name in names}
        article = Article.objects.create(
            digest=draft, position=position, slug=f"article-{position}", **texts
        )
        cited = model.citations.select_related("publisher")
        lines = [CitationLine(c.publisher.name, c.url, c.published_on) for c in cited]
        editing.set_citations(article, lines)
        editing.set_tags(article, [tag.name for tag in model.tags.all()])
    return draft


if __name__ == "__main__":
    main()
