"""Pictures in documents, from file to site and back."""

import datetime as dt
import tempfile
import uuid
from pathlib import Path

import pytest
from django.test import TestCase

from articles.backup.static_copy import copy_site
from articles.digests import moving, revisions, starting
from articles.models import Article, Digest, Revision
from articles.pictures.files import file_name
from articles.posts import exporting
from articles.posts.importing import import_posts
from articles.posts.post_files import PostFile
from tests.support.factories import make_article, make_digest, make_picture, publish, record
from tests.support.posts import HEAD

# Documents are read and written in Python; both engines keep pictures in `tests/pictures`.
pytestmark = pytest.mark.one_engine

BODY = """
## 새 칩

![칩 \\[시제품\\]]({})
사진 설명: 새 “칩”
사진 제공: 하루빛전자

사진 아래의 한마디.

[한빛일보](https://hanbit.example/1)

### 요약
- 요점

---
"""


def post(address):
    return HEAD + BODY.format(address)


def run(text):
    source = PostFile("2026-01-03-a.md", lambda limit: text.encode()[:limit])
    [outcome] = import_posts([source])
    return outcome


class ImportTests(TestCase):
    def setUp(self):
        self.picture = make_picture()
        self.own = f"http://testserver/pictures/{self.picture.uid}/1200.webp"

    def exported(self):
        return exporting.markdown_of(Digest.objects.get()).decode()

    def test_a_picture_that_the_site_has_becomes_the_articles(self):
        for address in (self.own, self.own.replace("testserver/", "old.example/news/", 1)):
            with self.subTest(address):
                Digest.objects.all().delete()
                text = post(address)
                self.assertEqual(run(text).errors, [])
                article = Article.objects.get()
                self.assertEqual(article.picture, self.picture)
                self.assertEqual(article.picture_alt, "칩 [시제품]")
                self.assertEqual(article.picture_caption, "새 “칩”")
                self.assertEqual(article.picture_credit, "하루빛전자")
                self.assertEqual(
                    article.other, [{"after": "headline", "text": "사진 아래의 한마디."}]
                )
                self.assertEqual(self.exported(), text)
                self.assertEqual(run(text).status, "unchanged")
                kept = Revision.objects.latest("pk").data
                self.assertEqual(kept, revisions.snapshot(Digest.objects.get()))

    def test_another_picture_of_a_post_changes_the_article(self):
        run(post(self.own))
        other = make_picture("red")
        outcome = run(post(self.own.replace(str(self.picture.uid), str(other.uid))))
        self.assertEqual(outcome.status, "updated")
        self.assertEqual(Article.objects.get().picture, other)

    def test_a_picture_that_the_site_does_not_have_is_kept_as_text(self):
        text = post(self.own.replace(str(self.picture.uid), str(uuid.uuid4())))
        run(text)
        article = Article.objects.get()
        self.assertEqual((article.picture, article.picture_alt), (None, ""))
        [other] = article.other
        for part in ("![칩", "사진 설명: 새 “칩”", "사진 아래의 한마디."):
            self.assertIn(part, other["text"])
        self.assertEqual(self.exported(), text)
        self.assertEqual(run(text).status, "unchanged")

    def test_a_post_from_elsewhere_brings_its_picture_home(self):
        text = post(self.own)
        uid = self.picture.uid
        self.picture.delete()
        run(text)
        through_another_site = self.exported()
        Digest.objects.all().delete()
        back = make_picture()
        type(back).objects.filter(pk=back.pk).update(uid=uid)
        run(through_another_site)
        self.assertEqual(Article.objects.get().picture_id, back.pk)

    def test_one_edit_is_one_line(self):
        text = post(self.own)
        run(text)
        Article.objects.update(picture_caption="낡은 칩")
        self.assertEqual(self.exported(), text.replace("새 “칩”", "낡은 칩"))


class CarryingTests(TestCase):
    def setUp(self):
        self.picture = make_picture()
        self.digest = make_digest("2026-01-03", articles=1, published=False)
        make_article(self.digest, picture=self.picture, picture_alt="칩", picture_credit="나")

    def shown(self, digest):
        return list(digest.articles.order_by("position").values_list("picture", "picture_alt"))

    def test_a_copy_for_another_day_shows_it_too(self):
        copy = starting.duplicate(self.digest, dt.date(2026, 1, 4))
        self.assertEqual(self.shown(copy), [(None, ""), (self.picture.pk, "칩")])

    def test_it_moves_with_its_article(self):
        other = make_digest("2026-01-05", articles=1, published=False)
        target = moving.move_article(self.digest.articles.last(), other)
        self.assertEqual(self.shown(target), [(None, ""), (self.picture.pk, "칩")])

    def test_revisions_from_before_there_were_pictures_are_read(self):
        revision = record(self.digest)
        old = [
            {name: value for name, value in article.items() if not name.startswith("picture")}
            for article in revision.data["articles"]
        ]
        revision.schema, revision.data = 3, revision.data | {"articles": old}
        for article in revisions.content(revision)["articles"]:
            for name in ("picture", "picture_alt", "picture_caption", "picture_credit"):
                self.assertEqual(article[name], "")

    def test_the_copy_of_the_site_has_its_files(self):
        publish(self.digest)
        with tempfile.TemporaryDirectory() as folder:
            copy_site(Path(folder))
            for width in self.picture.widths:
                copied = Path(folder, file_name(self.picture.uid, width)).read_bytes()
                self.assertEqual(copied[8:12], b"WEBP")
