"""Pictures for readers: there while an article of a published digest shows them."""

import datetime as dt
import logging
import re
import uuid

from django.core.files.storage import default_storage
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from articles.digests import diffing, preview_links, publishing, revisions
from articles.models import Digest
from articles.pictures.files import file_name
from tests.support.factories import make_article, make_digest, make_picture, publish

FUTURE = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)
NOTHING = f"/pictures/{uuid.uuid4()}/480.webp"


class PictureTestCase(TestCase):
    def setUp(self):
        logging.disable(logging.WARNING)
        self.addCleanup(logging.disable, logging.NOTSET)
        self.picture = make_picture()
        self.digest = make_digest("2026-01-03", articles=0, published=False)
        for number in range(2):
            make_article(
                self.digest,
                headline=f"기사 {number}",
                picture=self.picture,
                picture_alt="칩 <150W> 사진",
                picture_caption="새 “칩” & 상자",
                picture_credit="하루빛전자",
            )
        self.path = self.address(480)

    def address(self, width):
        return f"/pictures/{self.picture.uid}/{width}.webp"

    def publish(self):
        self.digest = publish(self.digest)


class FileTests(PictureTestCase):
    def test_readers_of_a_published_digest_get_it(self):
        self.publish()
        response = self.client.get(self.path)
        self.assertEqual(response["Content-Type"], "image/webp")
        self.assertEqual(response["Cache-Control"], "public, no-cache")
        self.assertEqual(response["X-Content-Type-Options"], "nosniff")
        self.assertIn("default-src 'none'", response["Content-Security-Policy"])
        self.assertEqual(response["Content-Length"], str(len(response.content)))
        self.assertEqual(response.content[:4] + response.content[8:12], b"RIFFWEBP")
        self.assertEqual(self.client.head(self.path)["Content-Length"], response["Content-Length"])

    def test_who_has_it_already_gets_none_of_it_again(self):
        self.publish()
        etag = self.client.get(self.path)["ETag"]
        self.assertFalse(etag.startswith("W/"))
        default_storage.delete(file_name(self.picture.uid, 480))
        for method in (self.client.get, self.client.head):
            with self.assertNumQueries(1):
                response = method(self.path, headers={"if-none-match": etag})
            self.assertEqual((response.status_code, response.content), (304, b""))
            self.assertEqual(
                (response["ETag"], response["Cache-Control"]), (etag, "public, no-cache")
            )
        other = self.client.get(self.address(600), headers={"if-none-match": etag})
        self.assertEqual(other.status_code, 200)

    def test_until_then_and_afterwards_it_is_like_what_never_was(self):
        never = self.client.get(NOTHING)
        self.assertEqual(never.status_code, 404)
        self.assertNothing(never)
        publishing.publish(self.digest, at=FUTURE, unchecked=True)
        self.assertNothing(never)
        publishing.withdraw(Digest.objects.get())
        self.digest = Digest.objects.get()
        self.publish()
        etag = self.client.get(self.path)["ETag"]
        publishing.withdraw(Digest.objects.get())
        self.assertNothing(never)
        asked = self.client.get(self.path, headers={"if-none-match": etag})
        self.assertEqual(asked.status_code, 404)

    def assertNothing(self, never):
        for path in (self.path, self.address(600), self.address(1200)):
            response = self.client.get(path)
            self.assertEqual(response.status_code, 404)
            self.assertEqual((response.content, response.headers), (never.content, never.headers))

    def test_a_picture_taken_out_of_its_article_is_gone(self):
        self.publish()
        self.digest.articles.update(picture=None)
        self.assertEqual(self.client.get(self.path).status_code, 404)

    def test_widths_it_does_not_have(self):
        self.publish()
        for width in (800, 1200, 1600):
            self.assertRedirects(self.client.get(self.address(width)), self.address(600))
        for width in ("1", "479", "601", "0480", "99999", "-1", "480.0"):
            with self.subTest(width):
                self.assertEqual(self.client.get(self.address(width)).status_code, 404)

    def test_a_file_that_was_lost_is_not_found_and_logged(self):
        self.publish()
        default_storage.delete(file_name(self.picture.uid, 480))
        logging.disable(logging.NOTSET)
        with self.assertLogs("articles.pictures.files", "ERROR"), self.assertLogs("django.request"):
            self.assertEqual(self.client.get(self.path).status_code, 404)

    def test_it_is_only_read(self):
        self.publish()
        for method in ("post", "put", "delete", "patch"):
            self.assertEqual(getattr(self.client, method)(self.path).status_code, 405)


class PageTests(PictureTestCase):
    def test_the_page_tells_its_size_and_what_it_shows(self):
        self.publish()
        page = self.client.get("/2026/01/03/").content.decode()
        self.assertEqual(page.count("<figure"), 2)
        first, second = re.findall(r"<img [^>]*>", page)
        for part in (
            'width="600" height="300"',
            'alt="칩 &lt;150W&gt; 사진"',
            f'src="{self.address(600)}"',
            f'srcset="{self.address(480)} 480w, {self.address(600)} 600w"',
        ):
            self.assertIn(part, first)
        self.assertNotIn("lazy", first)
        self.assertIn('loading="lazy"', second)
        self.assertIn("새 “칩” &amp; 상자", page)
        self.assertIn("<small>하루빛전자</small>", page)

    def test_pictures_cost_the_page_no_query(self):
        self.publish()
        make_digest("2026-01-04")
        for path in ("/2026/01/03/", "/2026/01/04/"):
            self.client.get(path)
        with CaptureQueriesContext(connection) as plain:
            self.client.get("/2026/01/04/")
        with self.assertNumQueries(len(plain)):
            self.client.get("/2026/01/03/")

    def test_feeds_show_it_at_its_absolute_address(self):
        self.publish()
        feed = self.client.get("/feeds/digests.rss").content.decode()
        self.assertIn(f'src="http://testserver{self.address(600)}" width="600" height="300"', feed)
        self.assertIn("하루빛전자", feed)

    def test_twins_tell_of_it(self):
        self.publish()
        article = self.client.get("/2026/01/03.json").json()["articles"][0]
        self.assertEqual(
            article["picture"],
            {
                "url": f"http://testserver{self.address(1200)}",
                "alt": "칩 <150W> 사진",
                "caption": "새 “칩” & 상자",
                "credit": "하루빛전자",
            },
        )
        self.assertRedirects(self.client.get(article["picture"]["url"]), self.address(600))
        markdown = self.client.get("/2026/01/03.md").content.decode()
        self.assertIn(
            f"## 기사 0\n\n![칩 <150W> 사진](http://testserver{self.address(1200)})\n"
            "사진 설명: 새 “칩” & 상자\n사진 제공: 하루빛전자\n\n",
            markdown,
        )


class PreviewLinkTests(PictureTestCase):
    def setUp(self):
        super().setUp()
        self.link, self.token = preview_links.make(self.digest)
        self.preview = f"/preview/{self.token}/"

    def own(self, width=480):
        return f"{self.preview}pictures/{self.picture.uid}/{width}.webp"

    def test_its_reader_sees_it_and_nobody_else_does(self):
        page = self.client.get(self.preview).content.decode()
        self.assertIn(f'src="pictures/{self.picture.uid}/600.webp"', page)
        self.assertNotIn(self.token, page)
        response = self.client.get(self.own())
        self.assertEqual((response.status_code, response["Content-Type"]), (200, "image/webp"))
        self.assertEqual(response["Cache-Control"], "no-store, private")
        self.assertEqual(response["Referrer-Policy"], "no-referrer")
        self.assertEqual(self.client.get(self.path).status_code, 404)

    def test_a_withdrawn_digest_with_the_same_picture_takes_nothing_away(self):
        other = make_digest("2026-01-09", published=False)
        make_article(other, picture=self.picture, picture_alt="같은 사진")
        theirs = preview_links.make(Digest.objects.get(pk=other.pk))[1]
        publishing.withdraw(publish(other))
        self.assertEqual(self.client.get(self.own()).status_code, 200)
        path = self.own().replace(self.token, theirs)
        self.assertEqual(self.client.get(path).status_code, 404)

    def test_it_shows_no_other_picture(self):
        other = make_picture("red")
        response = self.client.get(f"{self.preview}pictures/{other.uid}/480.webp")
        self.assertEqual(response.status_code, 404)

    def test_it_ends_with_the_link_and_with_the_digest(self):
        self.digest = Digest.objects.get()
        withdrawn = make_digest("2026-01-09", articles=0, published=False)
        make_article(withdrawn, picture=self.picture, picture_alt="칩")
        _link, token = preview_links.make(withdrawn)
        publish(withdrawn)
        publishing.withdraw(Digest.objects.get(pk=withdrawn.pk))
        path = f"/preview/{token}/pictures/{self.picture.uid}/480.webp"
        self.assertEqual(self.client.get(path).status_code, 404)
        preview_links.revoke(self.link)
        self.assertEqual(self.client.get(self.own()).status_code, 404)


class HistoryTests(PictureTestCase):
    def test_another_picture_is_told_in_words(self):
        self.publish()
        before = revisions.snapshot(self.digest)
        self.digest.articles.filter(position=1).update(picture=make_picture("red"))
        change = diffing.compare(before, revisions.snapshot(self.digest))
        publishing.correct(
            Digest.objects.get(), "사진을 바로잡습니다.", changes=diffing.as_rows(change)
        )
        page = self.client.get("/2026/01/03/").content.decode()
        self.assertIn("<del>", page)
        self.assertNotIn(str(self.picture.uid), re.sub(r"<img [^>]*>", "", page))
