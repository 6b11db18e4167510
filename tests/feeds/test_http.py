"""Feeds by the book of HTTP: validators, 304, encodings, methods (RFC 9110)."""

import datetime as dt
import gzip
from unittest.mock import patch

import brotli
import pytest
from django.test import TestCase, override_settings
from django.utils import timezone
from django.utils.http import http_date

from articles.changes import site_version
from articles.digests import assigning, editing, publishing, revisions, trash
from articles.models import Digest, SiteVersion, WorkingCopy
from tests.feeds.readings import MEDIA_TYPES, addresses, make_day
from tests.support.factories import make_digest, make_user, record

OLD = "Mon, 01 Jan 2001 00:00:00 GMT"
OTHER = '"0123456789abcdef"'


@pytest.mark.one_engine
class FeedHttpTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        for day in range(3, 8):
            digest = make_day(f"2026-01-0{day}", articles=1)
        publishing.correct(digest, "바로잡습니다.")
        cls.addresses = addresses()

    def get(self, path, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(path, headers=headers)

    def test_every_feed_has_its_media_type_and_headers(self):
        for (_feed, kind), path in self.addresses.items():
            with self.subTest(path):
                response = self.get(path)
                self.assertEqual(response["Content-Type"], MEDIA_TYPES[kind])
                self.assertEqual(response["Cache-Control"], "public, max-age=300")
                self.assertEqual(response["Vary"], "Accept-Encoding")
                self.assertEqual(response["Access-Control-Allow-Origin"], "*")
                self.assertRegex(response["ETag"], r'^"[0-9a-f]{32}"$')
                self.assertIn("Last-Modified", response)
                self.assertFalse(response.cookies)
                self.assertEqual(response.content, self.get(f"{path}?utm_source=x&page=2").content)

    def test_who_has_the_feed_gets_304(self):
        for path in self.addresses.values():
            full = self.get(path)
            etag, date = full["ETag"], full["Last-Modified"]
            for headers in (
                {"if_none_match": etag},
                {"if_none_match": f"W/{etag}"},
                {"if_none_match": f"{OTHER}, W/{OTHER}, {etag}"},
                {"if_none_match": "*"},
                {"if_modified_since": date},
                {"if_none_match": etag, "if_modified_since": OLD},
                {"if_none_match": f"W/{etag}", "accept_encoding": "gzip"},
            ):
                with self.subTest(path, **headers):
                    response = self.get(path, **headers)
                    self.assertEqual((response.status_code, response.content), (304, b""))
                    for name in ("Cache-Control", "Vary", "Last-Modified"):
                        self.assertEqual(response[name], full[name])
                    self.assertEqual(response["ETag"].removeprefix("W/"), etag)

    def test_who_has_another_feed_gets_this_one(self):
        for path in self.addresses.values():
            date = self.get(path)["Last-Modified"]
            for headers in (
                {"if_none_match": OTHER},
                {"if_none_match": OTHER, "if_modified_since": date},
                {"if_modified_since": OLD},
                {"if_modified_since": "yesterday"},
            ):
                with self.subTest(path, **headers):
                    self.assertEqual(self.get(path, **headers).status_code, 200)

    def test_no_two_feeds_share_an_entity_tag(self):
        tags = {self.get(path)["ETag"] for path in self.addresses.values()}
        self.assertEqual(len(tags), len(self.addresses))

    def test_304_builds_nothing(self):
        for (feed, _kind), path in self.addresses.items():
            full = self.get(path)
            for method in (self.client.get, self.client.head):
                for headers in (
                    {"if-none-match": full["ETag"]},
                    {"if-none-match": "*"},
                    {"if-modified-since": full["Last-Modified"]},
                ):
                    with (
                        self.subTest(path, **headers),
                        patch("articles.feeds.documents.newest", side_effect=AssertionError),
                        self.assertNumQueries(2 if feed == "tag" else 1),
                    ):
                        self.assertEqual(method(path, headers=headers).status_code, 304)

    def test_encodings(self):
        """Of every feed what browsers ask for, and of one in each format all else."""
        usual = ("gzip, deflate, br", "br")
        others = (
            ("gzip", "gzip"),
            ("br;q=0.5, gzip", "gzip"),
            ("gzip;q=0, identity", None),
            ("br;q=0, *", "gzip"),
            ("deflate", None),
        )
        for (feed, _kind), path in self.addresses.items():
            full = self.get(path)
            for wanted, encoding in (usual, *(others if feed == "articles" else ())):
                with self.subTest(path, wanted=wanted):
                    response = self.get(path, accept_encoding=wanted)
                    self.assertEqual(response.get("Content-Encoding"), encoding)
                    decode = {"gzip": gzip.decompress, "br": brotli.decompress, None: bytes}
                    self.assertEqual(decode[encoding](response.content), full.content)
                    weak = f"W/{full['ETag']}" if encoding else full["ETag"]
                    self.assertEqual(response["ETag"], weak)
                    again = self.get(path, accept_encoding=wanted, if_none_match=weak)
                    self.assertEqual((again.status_code, again["ETag"]), (304, weak))
                    self.assertEqual(
                        response.content, self.get(path, accept_encoding=wanted).content
                    )

    def test_head_has_the_headers_of_get(self):
        for path in self.addresses.values():
            head, get = self.client.head(path), self.client.get(path)
            self.assertEqual(head.content, b"")
            for name in ("ETag", "Last-Modified", "Cache-Control", "Vary", "Content-Type"):
                self.assertEqual(head[name], get[name], path)

    def test_other_methods_are_refused(self):
        for path in self.addresses.values():
            for method in ("post", "put", "delete", "patch", "options"):
                response = getattr(self.client, method)(path)
                self.assertEqual((response.status_code, response["Allow"]), (405, "GET, HEAD"))

    def test_settings_that_show_move_the_entity_tag(self):
        before = self.get("/feeds/digests.rss")["ETag"]
        for name, value in (
            ("SITE_NAME", "다른 이름"),
            ("SITE_URL", "https://new.example"),
            ("WEBSUB_HUBS", ("https://hub.example/",)),
            ("TIME_ZONE", "Europe/Paris"),
        ):
            with self.subTest(name), override_settings(**{name: value}):
                self.assertNotEqual(self.get("/feeds/digests.rss")["ETag"], before)

    def test_a_hub_is_named_in_the_headers_and_in_the_feed(self):
        with override_settings(WEBSUB_HUBS=("https://hub.example/",)):
            for path in self.addresses.values():
                response = self.get(path)
                own = self.client.get(path).wsgi_request.build_absolute_uri()
                self.assertEqual(
                    response["Link"], f'<https://hub.example/>; rel="hub", <{own}>; rel="self"'
                )
                self.assertIn(b"https://hub.example/", response.content)


class ValidatorTests(TestCase):
    """Validators move when readers would see something else, and never back."""

    def setUp(self):
        self.digest = make_day("2026-01-03")
        self.before = self.look()

    def look(self):
        answers = {path: self.client.get(path) for path in addresses().values()}
        return {
            path: (answer["ETag"], answer["Last-Modified"], answer.content)
            for path, answer in answers.items()
        }

    def test_hidden_work_moves_no_validator_and_no_byte(self):
        user = make_user("minji", permissions=["change_digest"])
        draft = make_digest("2026-01-05", published=False)
        self.edit(draft, title="아직 초안")
        publishing.submit(draft, note="메모")
        change = {"assignee": user.pk, "comment": "의견", "is_ready": True}
        assigning.apply(draft, {str(draft.articles.first().uid): change}, by=user)
        for digest in (draft, self.digest):
            WorkingCopy.objects.create(
                user=user, digest=digest, version=1, fields=[["title", "x"]], sequence=1
            )
        typed = revisions.snapshot(self.digest) | {"title": "건진 제목"}
        revisions.keep(self.digest, typed, kind=revisions.Kind.RESCUED)
        self.assertEqual(self.look(), self.before)
        tomorrow = timezone.now() + dt.timedelta(days=1)
        scheduled = publishing.publish(draft, at=tomorrow, unchecked=True)
        self.edit(scheduled, title="내일의 제목")
        self.assertEqual(self.look(), self.before)
        publishing.withdraw(scheduled)
        trash.delete(Digest.objects.get(pk=draft.pk), by=None)
        self.assertEqual(self.look(), self.before)

    def test_a_schedule_that_comes_true_moves_them_and_its_noting_does_not(self):
        soon = timezone.now() + dt.timedelta(hours=1)
        digest = make_digest("2026-01-05", published=False)
        digest = publishing.publish(digest, at=soon, unchecked=True)
        passed = timezone.now() - dt.timedelta(seconds=5)
        SiteVersion.objects.update(changed_at=passed - dt.timedelta(days=1))
        before = self.look()
        Digest.objects.filter(pk=digest.pk).update(publish_at=passed)
        after = self.look()
        for path, (etag, modified, _content) in after.items():
            self.assertNotEqual(etag, before[path][0])
            self.assertEqual(modified, http_date(passed.timestamp()))
        self.assertIn(digest.title, after["/feeds/digests.json"][2].decode())
        publishing.release(digest.pk)
        self.assertEqual(self.look(), after)

    def edit(self, digest, **fields):
        editing.write(digest, revisions.snapshot(digest) | fields)
        record(digest)

    def test_withdrawal_takes_the_item_away_and_moves_both_validators_forward(self):
        version = site_version.current()
        other = make_day("2026-01-04")
        with_other = self.look()
        publishing.withdraw(other)
        after = self.look()
        self.assertGreater(site_version.current().number, version.number)
        for path in ("/feeds/digests.rss", "/feeds/articles.json"):
            self.assertNotEqual(after[path][0], with_other[path][0])
            self.assertNotEqual(after[path][0], self.before[path][0])
            self.assertGreaterEqual(after[path][1], with_other[path][1])
            self.assertEqual(after[path][2], self.before[path][2])
