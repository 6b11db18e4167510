"""Drafts of open forms: kept by a script, offered when the form is opened again, taken up."""

import uuid

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from articles.digests import revisions
from articles.models import Digest, WorkingCopy
from tests.support.desk import DeskTestCase, add_url, change_url, filled, management, new_article
from tests.support.factories import make_digest, make_user, record

AUTOSAVE = reverse("admin:articles_digest_autosave")
JSON = {"HTTP_ACCEPT": "application/json"}


class AutosaveTestCase(DeskTestCase):
    def setUp(self):
        super().setUp()
        self.digest = make_digest(articles=3, published=False)
        record(self.digest)
        self.key = str(uuid.uuid4())

    def keep(self, data, sequence=1, digest=None, key=None):
        query = f"?sequence={sequence}" + (f"&digest={digest.pk}" if digest else "")
        return self.client.post(AUTOSAVE + query, data | {"form_key": key or self.key}, **JSON)

    def keep_change(self, sequence=1, **changes):
        return self.keep(filled(self.digest, **changes), sequence, self.digest)


class StoringTests(AutosaveTestCase):
    def test_a_draft_is_kept_and_the_digest_is_not_changed(self):
        before = revisions.snapshot(self.digest)
        response = self.keep_change(title="쓰는 중")
        self.assertRegex(response.json()["text"], r"\d\d:\d\d")
        self.digest.refresh_from_db()
        self.assertEqual(revisions.snapshot(self.digest), before)
        self.assertEqual(self.digest.revisions.count(), 1)
        fields = WorkingCopy.objects.get().fields
        self.assertIn(["title", "쓰는 중"], fields)
        self.assertNotIn("form_key", dict(fields))

    def test_answers_are_for_scripts(self):
        self.assertEqual(self.keep_change(sequence=0).status_code, 400)
        self.assertEqual(self.client.get(AUTOSAVE, **JSON).status_code, 405)
        self.keep_change(2)
        self.assertEqual(self.keep_change(1).status_code, 409)
        self.assertEqual(self.keep_change(3, title="가" * 2_000_001).status_code, 413)
        self.client.logout()
        response = self.keep_change(4)
        self.assertEqual(response.status_code, 401)
        self.assertTrue(response.json()["error"])

    def test_only_those_who_may_write_keep_drafts(self):
        self.client.force_login(make_user(permissions=["view_digest"]))
        self.assertEqual(self.keep_change().status_code, 403)
        self.assertEqual(self.keep({"title": "새 호"}).status_code, 403)
        self.assertFalse(WorkingCopy.objects.exists())

    def test_saving_closes_the_draft(self):
        self.keep_change(title="쓰는 중")
        data = filled(self.digest, title="다 썼다") | {"form_key": self.key}
        self.assertSaved(self.save(self.digest, data))
        self.assertTrue(WorkingCopy.objects.get().is_closed)
        self.assertNotContains(self.client.get(change_url(self.digest)), "data-offer=")

    def test_a_refused_form_keeps_its_draft(self):
        self.keep_change(title="쓰는 중")
        data = filled(self.digest, date="") | {"form_key": self.key}
        response = self.save(self.digest, data)
        self.assertContains(response, self.key)
        self.assertContains(response, 'data-sequence="1"')
        self.assertFalse(WorkingCopy.objects.get().is_closed)


# What is offered is compared in Python; both engines keep the drafts in `StoringTests`.
@pytest.mark.one_engine
class OfferTests(AutosaveTestCase):
    def page(self, query=""):
        return self.client.get(change_url(self.digest) + query)

    def test_a_draft_is_offered_with_what_it_changes(self):
        self.keep_change(title="쓰는 중", articles_1_outlook="내년에 더 작아질 전망.")
        offer = self.page().context["offer"]
        self.assertEqual(str(offer["key"]), self.key)
        self.assertEqual(len(offer["fields"]), 1)
        [article] = offer["articles"]
        self.assertEqual((article["number"], article["kind"]), (2, "changed"))
        added = [s.text for s in article["fields"][0]["segments"] if s.kind == "added"]
        self.assertEqual(added, ["작아질"])

    def test_what_others_saved_meanwhile_is_not_shown_as_mine(self):
        self.keep_change(title="쓰는 중")
        other = User.objects.create_superuser("other")
        self.client.force_login(other)
        self.assertSaved(
            self.save(self.digest, filled(self.digest, articles_0_headline="남의 제목"))
        )
        self.assertIsNone(self.page().context["offer"])
        self.client.force_login(self.editor)
        offer = self.page().context["offer"]
        self.assertEqual((len(offer["fields"]), offer["articles"]), (1, []))

    def test_a_draft_that_changes_nothing_is_not_offered(self):
        self.keep_change()
        self.assertIsNone(self.page().context["offer"])
        self.keep_change(2, title="쓰는 중")
        Digest.objects.update(title="쓰는 중")
        self.assertIsNone(self.page().context["offer"])

    def test_taking_up_fills_the_form_as_it_was_typed(self):
        changes = {"articles-1-ORDER": "1", "articles-0-ORDER": "2", "articles-2-DELETE": "on"}
        data = filled(self.digest, title="", articles_0_citation_lines="한빛 | 주소가 아님")
        data |= changes | management(4) | new_article(3, "", 4, points="반쯤 쓴\r\n요점")
        self.keep(data, 7, self.digest)
        response = self.page(f"?copy={self.key}")
        form = response.context["adminform"].form
        [inline] = response.context["inline_admin_formsets"]
        forms = inline.formset.in_shown_order()
        self.assertEqual(form["title"].value(), "")
        self.assertEqual(form["version"].value(), "1")
        self.assertEqual(forms[1]["citation_lines"].value(), "한빛 | 주소가 아님")
        self.assertEqual(forms[3]["points"].value(), "반쯤 쓴\r\n요점")
        self.assertEqual(len(forms), 4)
        self.assertFalse(response.context["errors"])
        self.assertEqual(forms[2]["DELETE"].value(), "on")
        self.assertContains(response, 'data-sequence="7"')
        self.assertNotContains(response, "data-offer=")

    def test_what_is_taken_up_merges_with_what_others_saved(self):
        self.keep_change(articles_0_headline="나의 제목")
        self.client.force_login(User.objects.create_superuser("other"))
        self.assertSaved(
            self.save(self.digest, filled(self.digest, articles_1_headline="남의 제목"))
        )
        self.client.force_login(self.editor)
        data = posted(self.page(f"?copy={self.key}"))
        self.assertSaved(self.save(self.digest, data))
        self.assertEqual(self.headlines(self.digest)[:2], ["나의 제목", "남의 제목"])
        self.assertTrue(WorkingCopy.objects.get(key=self.key).is_closed)

    def test_drafts_of_others_cannot_be_taken_up(self):
        self.keep_change(title="남의 비밀")
        self.client.force_login(User.objects.create_superuser("other"))
        self.assertNotContains(self.page(f"?copy={self.key}"), "남의 비밀")
        for key in ("x", uuid.uuid4()):
            self.assertEqual(self.page(f"?copy={key}").status_code, 200)

    def test_discarding(self):
        self.keep_change(title="쓰는 중")
        url = reverse("admin:articles_digest_discard", args=[self.key])
        self.assertEqual(self.client.get(url).status_code, 403)
        response = self.client.post(f"{url}?digest={self.digest.pk}")
        self.assertRedirects(response, change_url(self.digest))
        self.assertFalse(WorkingCopy.objects.exists())

    def test_a_new_digest_is_offered_and_taken_up_as_well(self):
        data = {"date": "2026-05-05", "title": "어린이날", "language": "ko", "version": ""}
        data |= management(1) | new_article(0, "첫 기사")
        self.keep(data)
        page = self.client.get(add_url())
        self.assertContains(page, f"?copy={self.key}")
        response = self.client.get(f"{add_url()}?copy={self.key}")
        self.assertContains(response, "첫 기사")
        data = posted(response) | {"_continue": "1"}
        self.assertEqual(self.client.post(add_url(), data).status_code, 302)
        self.assertEqual(Digest.objects.get(title="어린이날").date.isoformat(), "2026-05-05")
        self.assertIsNone(self.client.get(add_url()).context["offer"])

    def test_the_text_of_a_deleted_digest_is_offered_for_a_new_one(self):
        self.keep_change(title="지워진 호의 글")
        self.digest.delete()
        self.assertContains(self.client.get(add_url()), "지워진 호의 글")
        data = posted(self.client.get(f"{add_url()}?copy={self.key}"))
        response = self.client.post(add_url(), data | {"_continue": "1"})
        self.assertEqual(response.status_code, 302)
        self.assertEqual(Digest.objects.get().title, "지워진 호의 글")


def posted(response):
    """What a browser would post for the form on a page."""
    form = response.context["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    [inline] = response.context["inline_admin_formsets"]
    formset = inline.formset
    for row in formset.forms:
        data |= {row[name].html_name: row[name].value() for name in row.fields}
    data |= management(len(formset.forms)) | {"copy_key": response.context["copy_key"]}
    return {name: value for name, value in data.items() if value is not None and value is not False}
