"""Feeds in a copy of the site as files: all of them, with the archives that they lead to."""

import tempfile
from pathlib import Path
from unittest.mock import patch

import pytest
from django.test import TestCase

from articles.backup import pages, static_copy
from articles.digests import publishing
from tests.feeds.readings import KINDS, addresses, make_day


@pytest.mark.one_engine
class CopyTests(TestCase):
    def test_a_copy_has_every_document_of_every_feed(self):
        for day in ("2025-10-31", "2025-12-01", "2026-01-01", "2026-01-02", "2026-01-03"):
            digest = make_day(day, articles=1)
        publishing.correct(digest, "바로잡습니다.")
        self.enterContext(patch("articles.feeds.documents.ITEMS", 2))
        folder = Path(self.enterContext(tempfile.TemporaryDirectory())) / "copy"
        static_copy.copy_site(folder)
        months = {
            f"feeds/digests/{month}.{kind}" for month in ("2025-10", "2025-12") for kind in KINDS
        }
        named = {path.lstrip("/") for path in addresses().values()} | months
        found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        self.assertEqual(named - found, set())
        self.assertTrue(any("feeds/articles/before/" in name for name in found))
        for name in named:
            self.assertEqual((folder / name).read_bytes(), self.client.get(f"/{name}").content)

    def test_items_are_told_apart_in_every_format_when_a_backup_is_verified(self):
        digest = make_day("2026-01-03")
        ids = {article.feed_id.encode() for article in digest.articles.all()}
        for kind in KINDS:
            items = pages.feed_items(pages.fetch(f"/feeds/articles.{kind}"))
            self.assertEqual(set(items), ids)
