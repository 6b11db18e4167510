"""Feeds at the desk: who keeps them, what is wrong with them, and lists from other readers."""

from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from articles.inbox import opml, safe_xml
from articles.models import FollowedFeed
from tests.inbox.candidates import make_feed
from tests.support.factories import make_user

OPML = """<?xml version="1.0"?><opml version="2.0"><head><title>t</title></head><body>
<outline text="기술"><outline type="rss" text="한빛 &amp; 가람" xmlUrl="https://hanbit.example/feed"/>
<outline title="가람" xmlURL="https://garam.example/feed"/></outline>
<outline text="다시" xmlUrl="https://hanbit.example/feed"/><outline xmlUrl="javascript:x"/>
</body></opml>"""


class OpmlTests(TestCase):
    def test_each_address_of_a_list_comes_once_with_its_name(self):
        found, unread = opml.read(OPML.encode())
        self.assertEqual(
            found,
            [
                ("한빛 & 가람", "https://hanbit.example/feed"),
                ("가람", "https://garam.example/feed"),
            ],
        )
        self.assertEqual(unread, ["javascript:x"])

    def test_an_address_with_blanks_or_bars_is_read_as_browsers_read_it(self):
        addresses = (" https://a.example/새 글?a=b|c ", "https://a.example/%20|")
        outlines = "".join(f'<outline xmlUrl="{address}"/>' for address in addresses)
        found, unread = opml.read(f"<opml>{outlines}</opml>".encode())
        expected = ["https://a.example/새%20글?a=b%7Cc", "https://a.example/%20%7C"]
        self.assertEqual(([address for _name, address in found], unread), (expected, []))

    def test_what_is_no_list_is_refused_with_a_sentence(self):
        entity = '<!DOCTYPE o [<!ENTITY a "b">]><opml/>'
        for text in ("", "<opml/>", "<opml>", "{}", entity, "<a>" * 100, "x" * 1_000_001):
            with self.subTest(text[:30]), self.assertRaises(safe_xml.Unsafe) as refused:
                opml.read(text.encode())
            self.assertTrue(str(refused.exception))


class DeskTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.editor = make_user("editor")
        cls.editor.groups.set([Group.objects.get(name="editor")])

    def setUp(self):
        self.client.force_login(self.editor)

    def url(self, name, *arguments):
        return reverse(f"admin:articles_followedfeed_{name}", args=arguments)

    def test_a_list_from_another_reader_is_taken_once(self):
        for count in (2, 0):
            file = SimpleUploadedFile("feeds.opml", OPML.encode())
            answer = self.client.post(self.url("opml"), {"file": file}, follow=True)
            self.assertContains(answer, f"새 피드가 {count}개입니다.")
            self.assertContains(answer, "피드 주소가 아니어서 뺐습니다: javascript:x")
        self.assertEqual(FollowedFeed.objects.count(), 2)
        answer = self.client.post(self.url("opml"), {})
        self.assertContains(answer, "파일을 고르")

    def test_what_is_wrong_is_told_and_can_be_mended(self):
        feed = make_feed(moved_to="https://feeds.example/new", etag="1")
        make_feed("https://feeds.example/dead", failures=10, error="시간이 지났습니다.")
        answer = self.client.get(self.url("changelist"))
        self.assertContains(answer, "https://feeds.example/new")
        self.assertContains(answer, "시간이 지났습니다.")
        self.client.post(self.url("moved", feed.pk))
        feed.refresh_from_db()
        self.assertEqual((feed.address, feed.moved_to), ("https://feeds.example/new", ""))
        self.assertEqual(feed.etag, "")

    def test_one_that_moved_to_a_followed_one_is_switched_off(self):
        make_feed("https://feeds.example/new")
        feed = make_feed(moved_to="https://feeds.example/new")
        self.client.post(self.url("moved", feed.pk))
        feed.refresh_from_db()
        self.assertEqual((feed.is_active, feed.moved_to), (False, ""))

    def test_polling_at_once_forgets_what_failed(self):
        later = timezone.now() + timezone.timedelta(days=1)
        feed = make_feed(failures=12, next_at=later, is_active=False, is_gone=True)
        self.client.post(self.url("poll", feed.pk))
        feed.refresh_from_db()
        self.assertEqual((feed.failures, feed.is_active, feed.is_gone), (0, True, False))
        self.assertLessEqual(feed.next_at, timezone.now())

    def test_a_new_address_is_polled_at_once(self):
        data = {"name": "한빛", "address": "https://hanbit.example/feed", "is_active": "on"}
        self.client.post(self.url("add"), data)
        feed = FollowedFeed.objects.get()
        self.assertLessEqual(feed.next_at, timezone.now())
        wrong = self.client.post(self.url("add"), data | {"address": "ftp://x/"})
        self.assertEqual(wrong.status_code, 200)
