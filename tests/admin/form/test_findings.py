"""What preflight says about the form while a digest is written."""

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from articles.admin.form.findings import Name, finding_url, names_of, panel, place_of
from articles.digests import publishing, revisions
from articles.models import AcceptedFinding, Digest
from articles.preflight import Finding, Severity
from tests.admin.form.test_live_preview import everything, new_digest
from tests.admin.test_roles import FORBIDDEN, LOGIN, OK, RoleTestCase
from tests.support.desk import DeskTestCase, add_url, change_url, filled, management, new_article
from tests.support.factories import make_article, make_digest

# Findings are made in Python; both engines are asked in `tests/preflight`.
pytestmark = pytest.mark.one_engine

NEW = reverse("admin:articles_digest_findings")
CHINESE = "华为发布新芯片"


def findings_url(digest):
    return reverse("admin:articles_digest_findings", args=[digest.pk])


def make_finding(article=None, field=None, line=None):
    return Finding("x", Severity.ERROR, article, field, line, sentence="", advice="", key="")


class FindingsTestCase(DeskTestCase):
    def found(self, data, digest=None):
        response = self.client.post(findings_url(digest) if digest else NEW, data)
        self.assertEqual(response.status_code, 200, response.content[:500])
        return response.json()["findings"]

    def of_code(self, code, data, digest=None):
        return [finding for finding in self.found(data, digest) if finding["code"] == code]


class TypedTests(FindingsTestCase):
    def test_a_fault_that_is_typed_is_found_in_its_field(self):
        digest = make_digest(articles=2, published=False)
        self.assertEqual(self.of_code("headline-script", filled(digest), digest), [])
        [found] = self.of_code(
            "headline-script", filled(digest, articles_1_headline=CHINESE), digest
        )
        self.assertEqual(found["row"], "articles-1")
        self.assertEqual(found["anchor"], "id_articles-1-headline")
        self.assertIn("2", found["place"])
        self.assertFalse(found["accepted"])
        self.assertTrue(found["sentence"] and found["advice"])

    def test_the_untouched_form_gives_what_the_stored_digest_gives(self):
        digest = make_digest(articles=2, published=False)
        make_article(
            digest,
            headline=CHINESE,
            points=["- 기호  둘", '“하나" (사진 포함)'],
            citations=[("네이트", "https://www.hanbit.example/amp/1?utm_source=x", "2026-02-01")],
            tags=["칩", "AI 반도체"],
        )
        stored = publishing.check_digest(digest)
        typed = self.found(filled(digest), digest)
        self.assertGreater(len(stored), 5)
        self.assertEqual(
            [(f["code"], f["sentence"], f["line"]) for f in typed],
            [(f.code, f.sentence, f.line) for f in stored],
        )

    def test_a_row_that_is_not_saved_yet_is_named(self):
        digest = make_digest(articles=1, published=False)
        data = filled(digest) | management(2) | new_article(1, CHINESE, 2)
        [found] = self.of_code("headline-script", data, digest)
        self.assertEqual((found["row"], found["anchor"]), ("articles-1", "id_articles-1-headline"))

    def test_articles_are_numbered_as_typed_and_rows_stay_their_own(self):
        digest = make_digest(articles=2, published=False)
        data = filled(digest, articles_1_ORDER="0", articles_1_headline=CHINESE)
        [found] = self.of_code("headline-script", data, digest)
        self.assertEqual(found["row"], "articles-1")
        self.assertIn("1", found["place"])
        self.assertNotIn("2", found["place"])

    def test_articles_to_be_deleted_are_not_looked_at(self):
        digest = make_digest(articles=2, published=False)
        data = filled(digest, articles_1_DELETE="on", articles_1_headline=CHINESE)
        self.assertEqual(self.of_code("headline-script", data, digest), [])

    def test_a_new_digest_is_checked(self):
        codes = {finding["code"] for finding in self.found(new_digest({"headline": CHINESE}))}
        self.assertLessEqual({"headline-script", "citations-missing", "points-missing"}, codes)

    def test_lines_and_inputs_are_those_of_the_form(self):
        digest = make_digest(articles=1, published=False)
        first = "한빛일보 | https://hanbit.example/1 | 2026-01-03"
        lines = f"{first}\r\n\r\nhttps://b.example/ | 2027-01-01"
        data = filled(digest, articles_0_citation_lines=lines, articles_0_tag_names="")
        [newer] = self.of_code("source-newer-than-issue", data, digest)
        self.assertEqual((newer["anchor"], newer["line"]), ("id_articles-0-citation_lines", 2))
        [tags] = self.of_code("tags-missing", data, digest)
        self.assertEqual(tags["anchor"], "id_articles-0-tag_names")

    def test_two_rows_with_the_same_identity_stay_two(self):
        digest = make_digest(articles=1, published=False)
        data = filled(digest, articles_0_headline=CHINESE)
        twice = {
            name.replace("articles-0-", "articles-1-"): value
            for name, value in data.items()
            if name.startswith("articles-0-")
        }
        found = self.of_code("headline-script", data | management(2) | twice, digest)
        self.assertEqual([each["row"] for each in found], ["articles-0", "articles-1"])

    def test_a_warning_that_an_editor_let_pass_is_marked_until_its_text_changes(self):
        digest = make_digest(articles=1, published=False)
        article = digest.articles.get()
        article.headline = CHINESE
        article.save()
        [warning] = [f for f in publishing.check_digest(digest) if f.code == "headline-script"]
        AcceptedFinding.objects.create(
            digest=digest,
            key=warning.key,
            code=warning.code,
            sentence=warning.sentence,
            reason="원문 그대로",
            accepted_at=timezone.now(),
        )
        [found] = self.of_code("headline-script", filled(digest), digest)
        self.assertTrue(found["accepted"])
        other = filled(digest, articles_0_headline=f"{CHINESE}新")
        [found] = self.of_code("headline-script", other, digest)
        self.assertFalse(found["accepted"])


class SafetyTests(FindingsTestCase):
    def test_nothing_is_written(self):
        digest = make_digest(articles=1, published=False)
        data = filled(digest, title="바뀐 제목") | management(2) | new_article(1, "새 기사", 2)
        data |= {"articles-1-citation_lines": "새 매체 | https://new.example/1"}
        before = everything()
        self.found(data, digest)
        self.found(new_digest({"headline": "새 기사", "tag_names": "새 주제"}))
        self.assertEqual(everything(), before)

    def test_too_much_is_refused_in_words(self):
        response = self.client.post(NEW, new_digest({"headline": "가", "outlook": "가" * 300_001}))
        self.assertEqual(response.status_code, 413)
        self.assertTrue(response.json()["problem"])

    def test_whatever_is_typed_is_answered(self):
        digest = make_digest(articles=1, published=False)
        bad = {
            "date": "2026-13-45",
            "language": "xx",
            "title": "\x00\ud800",
            "articles-0-points": "\x00" + "-" * 5_000,
            "articles-0-citation_lines": "| | | |\r\nhttp://[\r\n" + "h" * 5_000,
            "articles-0-ORDER": "1e9",
        }
        for name, value in bad.items():
            with self.subTest(name):
                value = value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
                self.found(filled(digest) | {name: value}, digest)

    def test_the_cost_does_not_grow_with_the_articles(self):
        small = make_digest("2025-11-03", articles=1, published=False)
        large = make_digest("2026-01-03", articles=12, published=False)
        few, data = filled(small), filled(large)
        self.found(few, small)  # what is asked only once
        with CaptureQueriesContext(connection) as queries:
            self.found(few, small)
        with self.assertNumQueries(len(queries)):
            self.found(data, large)


class FormTests(FindingsTestCase):
    def test_the_form_opens_with_the_findings_about_what_is_stored(self):
        digest = make_digest(articles=1, published=False)
        make_article(digest, headline=CHINESE)
        page = self.client.get(change_url(digest))
        self.assertContains(page, 'href="#id_articles-1-headline"')
        self.assertContains(page, f'data-findings="{findings_url(digest)}"')
        expected = panel(self.found(filled(digest), digest))
        self.assertEqual(page.context["finding_counts"], expected["finding_counts"])
        self.assertEqual(page.context["findings"], expected["findings"])

    def test_every_link_leads_to_something_in_the_form(self):
        digest = make_digest(articles=1, published=False)
        make_article(digest, headline=CHINESE, points=[], citations=[], outlook="")
        text = self.client.get(change_url(digest)).content.decode()
        findings = panel(self.found(filled(digest), digest))["findings"]
        anchors = {finding["anchor"] for group in findings.values() for finding in group}
        self.assertGreater(len(anchors), 4)
        for anchor in anchors:
            self.assertIn(f'id="{anchor}"', text)

    def test_a_form_with_mistakes_comes_back_with_the_findings_about_what_was_typed(self):
        digest = make_digest(articles=1, published=False)
        data = filled(digest, date="", title="", articles_0_headline=CHINESE)
        response = self.save(digest, data)
        self.assertEqual(response.status_code, 200)
        codes = [finding["code"] for finding in response.context["findings"]["open"]]
        self.assertIn("headline-script", codes)
        self.assertIn("title-missing", codes)

    def test_a_new_form_waits_for_its_script(self):
        page = self.client.get(add_url()).content.decode()
        self.assertRegex(
            page, r'<details class="findings" data-findings="[^"]*" hidden data-scripted'
        )

    def test_who_only_reads_gets_no_panel(self):
        digest = make_digest()
        writer = User.objects.create_user("writer", is_staff=True)
        writer.groups.add(Group.objects.get(name="writer"))
        self.client.force_login(writer)
        self.assertNotContains(self.client.get(change_url(digest)), "data-findings")


class AddressTests(DeskTestCase):
    def test_addresses_of_inputs(self):
        names = {"a": Name(1), "b": Name(4)}
        for finding, expected in (
            (make_finding("b", "headline"), "id_articles-3-headline"),
            (make_finding("b", "slug"), "id_articles-3-headline"),
            (make_finding("a", "citations", 2), "id_articles-0-citation_lines"),
            (make_finding("a", "tags"), "id_articles-0-tag_names"),
            (make_finding("a", "points", 1), "id_articles-0-points"),
            (make_finding("a"), "articles-0"),
            (make_finding("gone", "headline"), "articles-group"),
            (make_finding(None, "title"), "id_title"),
            (make_finding(None, "date"), "id_date"),
            (make_finding(None, "introduction"), "id_introduction"),
            (make_finding(None, "articles"), "articles-group"),
            (make_finding(), "articles-group"),
        ):
            with self.subTest(expected):
                self.assertEqual(finding_url("/x/", names, finding), f"/x/#{expected}")

    def test_the_order_is_that_of_the_form(self):
        digest = make_digest(articles=3, published=False)
        uids = [article["uid"] for article in revisions.snapshot(digest)["articles"]]
        numbers = {uid: name.number for uid, name in names_of(digest).items()}
        self.assertEqual(numbers, {uid: number for number, uid in enumerate(uids, start=1)})

    def test_places_in_words(self):
        with translation.override("en"):
            point = place_of(make_finding("a", "points", 3), Name(2, "로봇"))
            self.assertEqual(point, "Article 2 “로봇” · Summary points · line 3")
            self.assertEqual(place_of(make_finding(None, "title"), None), "Title")
            self.assertEqual(place_of(make_finding(), None), "The whole digest")


class PermissionTests(RoleTestCase):
    def test_who_may_ask(self):
        digest = make_digest(published=False)
        for url, data in ((findings_url(digest), filled(digest)), (NEW, new_digest())):
            with self.subTest(url):
                answers = self.answers(lambda url=url, data=data: self.client.post(url, data))
                self.assertEqual(answers, [LOGIN, FORBIDDEN, OK, OK])

    def test_only_post_is_allowed_and_a_token_is_needed(self):
        self.client.force_login(self.editor)
        self.assertEqual(self.client.get(NEW).status_code, 405)
        client = Client(enforce_csrf_checks=True)
        client.force_login(self.editor)
        self.assertEqual(client.post(NEW, new_digest()).status_code, FORBIDDEN)

    def test_a_digest_that_is_gone_is_checked_like_a_new_one(self):
        digest = make_digest(published=False)
        url, data = findings_url(digest), filled(digest)
        Digest.objects.all().delete()
        self.client.force_login(self.editor)
        self.assertEqual(self.client.post(url, data).status_code, OK)
