"""The page that makes, lists and ends preview links."""

import datetime as dt
import re
from unittest import mock

import pytest
import time_machine
from django.urls import reverse

from articles.admin.display import zoned
from articles.digests import preview_links, publishing
from articles.models import Digest, PreviewLink
from tests.support.desk import DeskTestCase, change_url
from tests.support.factories import make_digest, make_user

# Both engines keep the links in `tests/digests/test_preview_links.py`.
pytestmark = pytest.mark.one_engine

NOW = dt.datetime(2026, 1, 2, 9, 0, tzinfo=dt.UTC)
FUTURE = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)
ADDRESS = re.compile(r'value="(http://testserver/preview/[A-Za-z0-9_-]{43}/)"')


def links_url(digest):
    return reverse("admin:articles_digest_preview_links", args=[digest.pk])


class LinksTestCase(DeskTestCase):
    def setUp(self):
        super().setUp()
        traveller = time_machine.travel(NOW, tick=False)
        traveller.start()
        self.addCleanup(traveller.stop)
        self.digest = make_digest(published=False)
        self.url = links_url(self.digest)

    def make(self, recipient="변호사", days=3):
        return self.client.post(self.url, {"recipient": recipient, "days": days})


class MakingTests(LinksTestCase):
    def test_the_address_is_shown_once_and_works(self):
        response = self.make()
        [address] = ADDRESS.findall(response.content.decode())
        self.assertContains(response, "data-copy")
        self.assertIn("no-store", response["Cache-Control"])
        self.assertEqual(ADDRESS.findall(self.client.get(self.url).content.decode()), [])
        self.client.logout()
        page = self.client.get(address.removeprefix("http://testserver"))
        self.assertContains(page, "2026년 1월 3일")

    def test_who_made_it_for_whom_and_until_when_is_kept(self):
        self.make(recipient=" 변호사\n김 ", days=7)
        link = PreviewLink.objects.get()
        self.assertEqual(
            (link.recipient, link.author, link.expires_at - NOW),
            ("변호사 김", self.editor, dt.timedelta(days=7)),
        )

    def test_other_spans_and_notes_that_are_too_long_come_back(self):
        for recipient, days in (("", 2), ("", "x"), ("", ""), ("가" * 101, 3)):
            with self.subTest(recipient=recipient, days=days):
                response = self.make(recipient, days)
                self.assertEqual(response.status_code, 200)
                self.assertTrue(response.context["form"].errors)
                self.assertContains(response, recipient)
        self.assertFalse(PreviewLink.objects.exists())

    def test_asking_for_the_page_makes_nothing(self):
        self.client.get(self.url, {"days": 3})
        self.assertFalse(PreviewLink.objects.exists())

    def test_a_digest_that_was_withdrawn_or_deleted_meanwhile_gets_none(self):
        make = preview_links.make

        def withdrawn_first(digest, **fields):
            publishing.withdraw(publishing.publish(digest, unchecked=True))
            return make(digest, **fields)

        def deleted_first(digest, **fields):
            Digest.objects.filter(pk=digest.pk).delete()
            return make(digest, **fields)

        with mock.patch.object(preview_links, "make", withdrawn_first):
            response = self.client.post(self.url, {"recipient": "", "days": 3}, follow=True)
        self.assertRedirects(response, change_url(self.digest))
        self.assertEqual([m.level_tag for m in response.context["messages"]], ["error"])
        publishing.submit(self.digest)
        with mock.patch.object(preview_links, "make", deleted_first):
            self.assertEqual(self.make().status_code, 404)
        self.assertFalse(PreviewLink.objects.exists())


class ListingTests(LinksTestCase):
    def test_every_link_is_listed_with_its_state_and_views(self):
        works, token = preview_links.make(self.digest, by=self.editor, recipient="변호사", days=3)
        ended, _token = preview_links.make(self.digest, by=self.editor, recipient="통신사", days=3)
        preview_links.make(self.digest, by=self.editor, recipient="하루만", days=1)
        preview_links.revoke(ended, by=self.editor)
        self.client.get(f"/preview/{token}/")
        with time_machine.travel(NOW + dt.timedelta(days=2), tick=False):
            self.client.force_login(self.editor)
            response = self.client.get(self.url)
        rows = {row["link"].recipient: row for row in response.context["rows"]}
        self.assertEqual(
            [rows[n]["works"] for n in ("변호사", "통신사", "하루만")], [True, False, False]
        )
        self.assertEqual(len({row["state"] for row in rows.values()}), 3)
        self.assertEqual(rows["변호사"]["link"].views, 1)
        self.assertEqual(rows["변호사"]["viewed"], zoned(NOW))
        self.assertContains(response, zoned(works.expires_at))
        self.assertContains(response, 'name="revoke"', count=1)
        self.assertNotContains(response, token)
        self.assertNotContains(response, works.token_hash)

    def test_a_link_is_revoked_at_the_press_of_its_button(self):
        link, token = preview_links.make(self.digest)
        self.assertRedirects(self.client.post(self.url, {"revoke": link.pk}), self.url)
        self.assertIsNone(preview_links.find(token))

    def test_only_links_of_this_digest_are_revoked_here(self):
        _link, token = preview_links.make(make_digest("2026-01-04", published=False))
        other = PreviewLink.objects.get()
        for key in (other.pk, "x", "", "9" * 40):
            with self.subTest(key):
                self.assertEqual(self.client.post(self.url, {"revoke": key}).status_code, 404)
        self.assertIsNotNone(preview_links.find(token))


class StateTests(LinksTestCase):
    def test_the_form_leads_to_the_page_until_readers_have_the_digest(self):
        scheduled = publishing.publish(
            make_digest("2026-01-04", published=False), at=FUTURE, unchecked=True
        )
        public = make_digest("2026-01-05")
        withdrawn = publishing.withdraw(make_digest("2026-01-06"))
        for digest, is_offered in (
            (self.digest, True),
            (scheduled, True),
            (public, False),
            (withdrawn, False),
        ):
            with self.subTest(digest.status):
                page = self.client.get(change_url(digest)).content.decode()
                self.assertEqual(links_url(digest) in page, is_offered)

    def test_no_link_is_made_for_what_readers_have_or_had(self):
        for digest in (make_digest("2026-01-05"), publishing.withdraw(make_digest("2026-01-06"))):
            with self.subTest(digest.status):
                for response in (
                    self.client.get(links_url(digest)),
                    self.client.post(links_url(digest), {"days": 3}),
                ):
                    self.assertRedirects(response, change_url(digest))
        self.assertFalse(PreviewLink.objects.exists())

    def test_a_link_can_be_revoked_after_the_digest_came_out(self):
        link, token = preview_links.make(self.digest)
        publishing.publish(self.digest, unchecked=True)
        response = self.client.post(self.url, {"revoke": link.pk})
        self.assertRedirects(response, change_url(self.digest))
        self.assertIsNone(preview_links.find(token))


class PermissionTests(LinksTestCase):
    def answers(self, user):
        self.client.force_login(user)
        link, _token = preview_links.make(self.digest)
        requests = (
            lambda: self.client.get(self.url),
            lambda: self.make(),
            lambda: self.client.post(self.url, {"revoke": link.pk}),
        )
        return [request().status_code for request in requests]

    def test_those_who_may_change_the_digest_make_links(self):
        writer = make_user(permissions=["view_digest", "change_digest"])
        self.assertEqual(self.answers(writer), [200, 200, 302])

    def test_nobody_else_does(self):
        reader = make_user(permissions=["view_digest", "add_digest", "publish_digest"])
        self.assertEqual(self.answers(reader), [403, 403, 403])

    def test_a_writer_makes_none_once_the_digest_is_scheduled(self):
        publishing.publish(self.digest, at=FUTURE, unchecked=True)
        writer = make_user(permissions=["view_digest", "change_digest"])
        self.assertEqual(self.answers(writer), [403, 403, 403])

    def test_strangers_are_asked_to_log_in_and_missing_digests_are_not_found(self):
        gone = reverse("admin:articles_digest_preview_links", args=[999_999])
        self.assertEqual(self.client.get(gone).status_code, 404)
        self.client.logout()
        self.assertEqual(self.client.get(self.url).status_code, 302)
        self.make()
        self.assertFalse(PreviewLink.objects.exists())
