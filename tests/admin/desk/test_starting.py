import datetime as dt
from unittest.mock import patch

import pytest
from django.urls import reverse

from articles.models import Digest, DigestTemplate
from tests.admin.test_roles import FORBIDDEN, FOUND, LIST, LOGIN, OK, RoleTestCase
from tests.support.desk import change_url
from tests.support.factories import make_digest, make_user

# What is written, both engines keep in `tests/digests/test_starting.py`.
pytestmark = pytest.mark.one_engine

START = reverse("admin:articles_digest_start")
TOMORROW = {"date": "2026-11-24"}


def duplicate_url(digest):
    return reverse("admin:articles_digest_duplicate", args=[digest.pk])


def move_url(article):
    return reverse("admin:articles_digest_move", args=[article.digest_id, article.uid])


class StartTests(RoleTestCase):
    def test_who_may(self):
        answers = self.answers(lambda: self.client.post(START, TOMORROW))
        self.assertEqual(answers, [LOGIN, FORBIDDEN, FOUND, FOUND])
        self.assertEqual(Digest.objects.count(), 1)

    def test_the_button_names_the_day(self):
        make_digest("2026-11-23", articles=0, published=False)
        self.client.force_login(self.writer)
        with patch(
            "articles.digests.starting.timezone.localdate", return_value=dt.date(2026, 11, 23)
        ):
            page = self.client.get(LIST)
        self.assertContains(page, 'name="date" value="2026-11-24"')
        self.assertContains(page, "11월 24일")
        self.client.force_login(make_user("reader", permissions=["view_digest"]))
        self.assertNotContains(self.client.get(LIST), START)

    def test_the_form_opens_with_the_templates_empty_articles(self):
        DigestTemplate.objects.create(name="평일", title_pattern="{date} 소식", slots=12)
        self.client.force_login(self.writer)
        response = self.client.post(START, TOMORROW)
        self.assertEqual(
            response["Location"],
            f"{change_url(Digest.objects.get())}?extra=12#id_articles-0-headline",
        )
        page = self.client.get(response["Location"])
        self.assertContains(page, 'name="articles-TOTAL_FORMS" value="12"')
        self.assertContains(page, "2026-11-24 소식")

    def test_pressing_twice_opens_the_same_digest(self):
        self.client.force_login(self.writer)
        self.client.post(START, TOMORROW)
        response = self.client.post(START, TOMORROW)
        self.assertEqual(response["Location"], change_url(Digest.objects.get()))

    def test_another_template(self):
        DigestTemplate.objects.create(name="평일", title_pattern="{date} 소식")
        other = DigestTemplate.objects.create(name="주말", title_pattern="{date} 주말")
        self.client.force_login(self.writer)
        self.assertContains(self.client.get(LIST), "주말")
        self.client.post(START, TOMORROW | {"template": other.pk})
        self.assertEqual(Digest.objects.get().title, "2026-11-24 주말")

    def test_nonsense(self):
        self.client.force_login(self.writer)
        self.assertEqual(self.client.get(START).status_code, 405)
        for date in ("", "x", "2026-02-30"):
            self.assertEqual(self.client.post(START, {"date": date}).status_code, 400)


class DuplicateTests(RoleTestCase):
    def setUp(self):
        self.digest = make_digest()

    def test_who_may(self):
        url = duplicate_url(self.digest)
        answers = self.answers(lambda: self.client.get(url))
        self.assertEqual(answers, [LOGIN, FORBIDDEN, OK, OK])
        days = iter(["2026-11-24"] * 3 + ["2026-11-25"])
        answers = self.answers(lambda: self.client.post(url, {"date": next(days)}))
        self.assertEqual(answers, [LOGIN, FORBIDDEN, FOUND, FOUND])
        self.assertEqual(Digest.objects.get(date="2026-11-25").articles.count(), 2)

    def test_a_taken_day_is_said_at_the_field(self):
        self.client.force_login(self.writer)
        response = self.client.post(duplicate_url(self.digest), {"date": "2026-01-03"})
        self.assertTrue(response.context["form"].errors["date"])

    def test_the_form_leads_there(self):
        self.client.force_login(self.writer)
        self.assertContains(self.client.get(change_url(self.digest)), duplicate_url(self.digest))

    def test_a_digest_that_does_not_exist(self):
        self.client.force_login(self.writer)
        url = reverse("admin:articles_digest_duplicate", args=[9_999_999])
        self.assertEqual(self.client.get(url).status_code, 404)


class MoveTests(RoleTestCase):
    def setUp(self):
        self.digest = make_digest(articles=3, published=False)
        self.articles = list(self.digest.articles.order_by("position"))

    def test_who_may(self):
        url = move_url(self.articles[0])
        answers = self.answers(lambda: self.client.get(url))
        self.assertEqual(answers, [LOGIN, FORBIDDEN, OK, OK])
        left = iter([0, 0, 0, 1])
        answers = self.answers(
            lambda: self.client.post(move_url(self.articles[next(left)]), TOMORROW)
        )
        self.assertEqual(answers, [LOGIN, FORBIDDEN, FOUND, FOUND])
        moved = Digest.objects.get(date="2026-11-24").articles.order_by("position")
        self.assertEqual([a.headline for a in moved], [a.headline for a in self.articles[:2]])

    def test_what_is_public_only_editors_move(self):
        public = make_digest("2026-01-04")
        answers = self.answers(
            lambda: self.client.post(move_url(public.articles.first()), TOMORROW)
        )
        self.assertEqual(answers, [LOGIN, FORBIDDEN, FORBIDDEN, FOUND])

    def test_a_refusal_is_said_at_the_field(self):
        self.client.force_login(self.editor)
        lone = make_digest("2026-01-04", articles=1)
        for url, date in (
            (move_url(lone.articles.get()), "2026-01-08"),
            (move_url(self.articles[0]), "2026-01-03"),
            (move_url(self.articles[0]), ""),
        ):
            response = self.client.post(url, {"date": date})
            self.assertTrue(response.context["form"].errors["date"])
        self.assertFalse(Digest.objects.filter(date="2026-01-08").exists())

    def test_the_form_leads_there_from_every_stored_article(self):
        self.client.force_login(self.writer)
        page = self.client.get(change_url(self.digest) + "?extra=1")
        for article in self.articles:
            self.assertContains(page, move_url(article), count=1)
        self.assertContains(page, "/move/", count=3)

    def test_an_article_of_another_digest_is_not_found(self):
        self.client.force_login(self.editor)
        other = make_digest("2026-01-04", articles=0, published=False)
        url = reverse("admin:articles_digest_move", args=[other.pk, self.articles[0].uid])
        self.assertEqual(self.client.get(url).status_code, 404)


class TemplateTests(RoleTestCase):
    def setUp(self):
        self.client.force_login(make_user("boss", is_superuser=True))

    def save(self, pattern):
        data = {"name": "평일", "title_pattern": pattern, "language": "ko", "slots": "6"}
        return self.client.post(reverse("admin:articles_digesttemplate_add"), data)

    def test_who_may(self):
        url = reverse("admin:articles_digesttemplate_changelist")
        answers = self.answers(lambda: self.client.get(url))
        self.assertEqual(answers, [LOGIN, FORBIDDEN, FORBIDDEN, FORBIDDEN])

    def test_known_placeholders(self):
        self.assertEqual(self.save("{date} {weekday} 소식").status_code, FOUND)
        self.assertContains(
            self.client.get(reverse("admin:articles_digesttemplate_changelist")), "{weekday}"
        )

    def test_unknown_placeholders_are_named(self):
        response = self.save("{date} {요일}")
        self.assertContains(response, "{요일}")
        self.assertEqual(DigestTemplate.objects.count(), 0)
