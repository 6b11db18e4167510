"""Publishers and tags in posts that come again: their names here may have changed meanwhile."""

import tempfile
from pathlib import Path

from django.contrib.auth.models import User
from django.test import TestCase

from articles.digests import revisions
from articles.models import Digest, Publisher, Tag
from articles.posts.exporting import markdown_of
from articles.posts.importing import import_posts
from articles.posts.post_files import find_posts
from articles.taxonomy import publishers, tags

NAMED = """---
title: 소식
date: {day} 07:00:00 +0900
---

## 다람쥐 은행

[솔방울](https://pine.example/{day}) - 발행일: 2026-01-02

### 요약
- 도토리를 맡는다.

주제: 도토리, 숲

---
"""
LINKED = (
    "---\ntitle: 소식\ndate: {day}\n---\n\n## [너구리](https://pine.example/b)\n\n### 요약\n- 점\n"
)
LOOSE = "**여우**\n\n요약:\n- 점\n\n출처: https://pine.example/c\n\n태그: #도토리, #숲\n"
MIXED = "## 여우\n\n요약:\n- 점\n\n출처: https://pine.example/c, [솔방울](https://pine.example/d)\n"


class NamesCase(TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.editor = User.objects.create_superuser("editor")

    def write(self, day, text):
        (self.folder / f"{day}-news.md").write_text(text.replace("{day}", day))

    def run_import(self, *, backwards=False, **options):
        posts = find_posts([self.folder])
        outcomes = import_posts(posts[::-1] if backwards else posts, publish=True, **options)
        return [outcome.status for outcome in outcomes]

    def assert_unchanged(self):
        before = [revisions.snapshot(digest) for digest in Digest.objects.order_by("date")]
        for force in (False, True):
            for backwards in (False, True):
                found = self.run_import(backwards=backwards, force=force)
                self.assertEqual(set(found), {"unchanged"})
        after = [revisions.snapshot(digest) for digest in Digest.objects.order_by("date")]
        self.assertEqual(after, before)


class NamelessTests(NamesCase):
    def test_an_address_keeps_the_name_of_its_first_import(self):
        self.write("2026-01-03", LINKED)
        self.write("2026-01-04", LOOSE)
        self.write("2026-01-05", NAMED)
        for backwards in (False, True):
            with self.subTest(backwards=backwards):
                Digest.objects.all().delete()
                Publisher.objects.all().delete()
                self.run_import(backwards=backwards)
                self.assert_unchanged()

    def test_an_address_gets_the_name_that_its_post_has_for_the_domain(self):
        self.write("2026-01-03", MIXED)
        self.run_import()
        self.assertEqual([*Publisher.objects.values_list("name", flat=True)], ["솔방울"])
        self.assert_unchanged()


class RenamedTests(NamesCase):
    def setUp(self):
        super().setUp()
        self.write("2026-01-03", NAMED)
        self.write("2026-01-04", LOOSE)
        self.write("2026-01-05", LINKED)
        self.run_import()

    def rename_publisher(self):
        publisher = Publisher.objects.get(name="솔방울")
        cited = publishers.lock_digests_citing([publisher.pk])
        Publisher.objects.filter(pk=publisher.pk).update(name="솔방울신문")
        publisher.refresh_from_db()
        publishers.note_rename(publisher, "솔방울", cited, by=self.editor)

    def test_a_renamed_tag_is_no_edit(self):
        tags.rename(Tag.objects.get(name="도토리"), "참나무 열매", by=self.editor)
        self.assert_unchanged()

    def test_a_merged_tag_is_no_edit(self):
        tags.merge([Tag.objects.get(name="도토리")], Tag.objects.get(name="숲"), by=self.editor)
        self.assert_unchanged()

    def test_a_renamed_publisher_is_no_edit(self):
        self.rename_publisher()
        self.assert_unchanged()

    def test_a_merged_publisher_is_no_edit(self):
        target = Publisher.objects.create(name="숲 소식", slug="forest")
        publishers.merge([Publisher.objects.get(name="솔방울")], target, by=self.editor)
        self.assert_unchanged()

    def test_a_changed_post_changes_the_digest_and_leaves_the_new_names(self):
        self.rename_publisher()
        tags.rename(Tag.objects.get(name="도토리"), "참나무 열매", by=self.editor)
        self.write("2026-01-03", NAMED.replace("맡는다", "맡아 준다"))
        self.assertEqual(self.run_import(), ["updated", "unchanged", "unchanged"])
        text = markdown_of(Digest.objects.get(date="2026-01-03")).decode()
        for words in ("맡아 준다", "[솔방울신문]", "주제: 참나무 열매, 숲"):
            self.assertIn(words, text)

    def test_a_post_that_names_another_publisher_changes_the_digest(self):
        self.rename_publisher()
        self.write("2026-01-03", NAMED.replace("솔방울", "잣나무"))
        self.assertEqual(self.run_import()[0], "updated")
        self.assertTrue(Publisher.objects.filter(name="잣나무").exists())

    def test_a_tag_that_was_taken_away_at_the_desk_is_an_edit(self):
        digest = Digest.objects.get(date="2026-01-03")
        tags.delete(Tag.objects.get(name="숲"), by=self.editor)
        Tag.objects.create(name="숲", slug="forest")
        self.assertEqual(self.run_import()[0], "refused")
        self.assertNotIn("숲", markdown_of(digest).decode())
