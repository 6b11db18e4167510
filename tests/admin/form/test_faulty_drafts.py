"""A draft is saved as it was typed, whatever is wrong with it. Readers get none of the faults."""

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from articles.digests import publishing, revisions
from articles.models import Digest
from tests.support.desk import DeskTestCase, change_url, filled, management, new_article
from tests.support.factories import make_digest, publish

LINES = [
    "한빛일보",
    "가온뉴스 | https://gaon.example/1 | 2026-01-02",
    "나래신문 | https://narae.example/2 | 어제",
    "주소가 아님 | ftp://a.example",
]


class FaultyTestCase(DeskTestCase):
    def setUp(self):
        super().setUp()
        self.digest = make_digest(articles=1, published=False)

    def faulty(self, digest, **changes):
        faults = {"title": "", "articles_0_headline": "", "articles_0_citation_lines": LINES}
        faults |= changes
        faults["articles_0_citation_lines"] = "\r\n".join(faults["articles_0_citation_lines"])
        return filled(digest, **faults)

    def article(self, digest=None):
        [article] = revisions.snapshot(digest or self.digest)["articles"]
        return article

    def lines(self):
        return self.form().initial["citation_lines"]

    def form(self):
        response = self.client.get(change_url(self.digest))
        return response.context["inline_admin_formsets"][0].formset.forms[0]


class SavedTests(FaultyTestCase):
    def test_a_draft_full_of_faults_is_saved_as_typed(self):
        self.assertSaved(self.save(self.digest, self.faulty(self.digest)))
        self.digest.refresh_from_db()
        article = self.article()
        self.assertEqual((self.digest.title, article["headline"]), ("", ""))
        kept = [(each["publisher"], each["url"]) for each in article["citations"]]
        self.assertEqual(kept[0], (LINES[0], ""))
        self.assertEqual(kept[1], ("가온뉴스", "https://gaon.example/1"))
        self.assertEqual(kept[2:], [(line, "") for line in LINES[2:]])

    def test_the_form_shows_the_lines_as_typed_and_saves_them_again_unchanged(self):
        self.save(self.digest, self.faulty(self.digest))
        form = self.form()
        shown = form["citation_lines"].field.prepare_value(form.initial["citation_lines"])
        self.assertEqual(shown.split("\n"), LINES)
        self.digest.refresh_from_db()
        before = revisions.snapshot(self.digest)
        data = self.faulty(self.digest, articles_0_citation_lines=LINES)
        self.assertSaved(self.save(self.digest, data))
        self.assertEqual(revisions.snapshot(self.digest), before)
        self.assertEqual(self.digest.revisions.count(), 1)

    def test_the_faults_of_a_row_are_told_beside_its_fields(self):
        self.save(self.digest, self.faulty(self.digest))
        page = self.client.get(change_url(self.digest))
        told = '<p class="field-fault" data-fault>'
        self.assertContains(page, told, 4)
        self.assertContains(page, f"{told}1번째 줄: 이 줄에는 주소가 없습니다.")
        self.assertContains(page, f"{told}3번째 줄: 날짜 “어제”")

    def test_a_new_digest_may_begin_with_faults(self):
        data = {"date": "2026-02-01", "title": "", "language": "ko", "introduction": ""}
        data |= management(2) | new_article(0, "", 1, citation_lines="뭔가", points="점")
        data |= new_article(1, "", 2, outlook="전망")
        response = self.client.post("/admin/articles/digest/add/", data | {"_continue": "1"})
        self.assertSaved(response)
        digest = Digest.objects.get(date="2026-02-01")
        slugs = list(digest.articles.order_by("position").values_list("slug", flat=True))
        self.assertEqual(len(set(slugs)), 2)

    def test_what_is_too_long_for_readers_is_saved(self):
        long = {
            "title": "제" * 201,
            "articles_0_headline": "머" * 301,
            "articles_0_points": "점" * 1_001,
            "articles_0_outlook": "전" * 5_001,
            "articles_0_tag_names": "주" * 51,
            "introduction": "소" * 10_001,
            "articles_0_other_implications": "글" * 20_001,
        }
        self.assertSaved(self.save(self.digest, filled(self.digest, **long)))
        article = self.article()
        self.assertEqual(article["headline"], "머" * 301)
        self.assertEqual(article["tags"], ["주" * 51])
        self.digest.refresh_from_db()
        codes = {finding.code for finding in publishing.check_digest(self.digest)}
        wanted = {"title-too-long", "headline-too-long", "tag-too-long", "text-too-long"}
        self.assertLessEqual(wanted, codes)

    def test_nothing_longer_than_can_be_stored_is_saved(self):
        for name, text in (
            ("title", "제" * 1_001),
            ("articles_0_headline", "머" * 1_001),
            ("articles_0_citation_lines", "출" * 3_001),
            ("articles_0_outlook", "전" * 200_001),
            ("articles_0_tag_names", "주" * 101),
        ):
            with self.subTest(name):
                response = self.save(self.digest, filled(self.digest, **{name: text}))
                self.assertEqual(response.status_code, 200)
                self.assertContains(response, text)

    def test_an_unknown_publisher_is_named_by_its_domain(self):
        line = ["https://www.unknown.example/1"]
        self.save(self.digest, self.faulty(self.digest, articles_0_citation_lines=line))
        self.assertEqual(self.article()["citations"][0]["publisher"], "unknown.example")
        found = [each.code for each in publishing.check_digest(self.digest)]
        self.assertIn("publisher-named-by-domain", found)

    def test_a_day_without_a_year_is_near_that_of_the_digest(self):
        line = ["한빛일보 https://hanbit.example/9 12월 31일"]
        self.save(self.digest, self.faulty(self.digest, articles_0_citation_lines=line))
        self.assertEqual(self.article()["citations"][0]["published_on"], "2025-12-31")

    def test_a_draft_whose_schedule_was_cancelled_may_lose_its_headline(self):
        hour = timezone.now() + timezone.timedelta(days=1)
        scheduled = publishing.publish(self.digest, at=hour, unchecked=True)
        publishing.withdraw(scheduled)
        self.digest.refresh_from_db()
        self.assertSaved(self.save(self.digest, self.faulty(self.digest)))
        self.assertEqual(self.digest.articles.get().feed_id, "")


# Faults are found in Python; both engines keep them in `SavedTests`.
@pytest.mark.one_engine
class MendedTests(FaultyTestCase):
    def test_a_faulty_draft_is_not_published_until_it_is_mended(self):
        whole = filled(self.digest)
        self.save(self.digest, self.faulty(self.digest))
        self.digest.refresh_from_db()
        with self.assertRaises(publishing.NotReady) as refused:
            publishing.publish(self.digest, reasons={"rule": "그대로 둡니다."})
        found = [(each.code, each.line) for each in refused.exception.findings]
        self.assertEqual(
            [each for each in found if each[0] == "citation-not-understood"],
            [("citation-not-understood", number) for number in (1, 3, 4)],
        )
        self.assertLessEqual({"title-missing", "headline-missing"}, {code for code, _ in found})
        with self.assertRaises(publishing.NotReady):
            publishing.publish(self.digest, unchecked=True)
        self.assertSaved(self.save(self.digest, whole | {"version": self.digest.version}))
        published = publishing.publish(self.digest, unchecked=True)
        self.assertTrue(published.is_public)
        self.assertTrue(published.articles.get().slug.startswith("1번째"))

    def test_rules_of_faults_cannot_be_switched_off(self):
        self.save(self.digest, self.faulty(self.digest))
        self.digest.refresh_from_db()
        off = ["title-missing", "headline-missing", "citation-not-understood"]
        with self.settings(PREFLIGHT_OFF=off):
            codes = {finding.code for finding in publishing.check_digest(self.digest)}
        self.assertLessEqual(set(off), codes)

    def test_a_save_names_what_is_to_be_mended_and_leaves_counting_to_the_findings(self):
        response = self.save(self.digest, self.faulty(self.digest))
        told = [str(message) for message in get_messages(response.wsgi_request)]
        faults = "제목 없음, 기사 제목 없음, 알아볼 수 없는 출처"
        self.assertIn(f"그대로 저장했습니다. 독자에게 내보내려면 고쳐야 합니다: {faults}.", told)


@pytest.mark.one_engine
class PublicTests(FaultyTestCase):
    def refused(self, digest, **changes):
        before = revisions.snapshot(digest)
        response = self.save(digest, self.faulty(digest, **changes))
        self.assertEqual(response.status_code, 200)
        self.assertEqual(revisions.snapshot(digest), before)
        return response

    def test_what_readers_have_keeps_its_rules_and_the_text_stays_in_the_form(self):
        publish(self.digest)
        response = self.refused(self.digest)
        form = response.context["adminform"].form
        row = response.context["inline_admin_formsets"][0].formset.forms[0]
        self.assertTrue(form.errors["title"])
        self.assertTrue(row.errors["headline"])
        self.assertEqual(len(row.errors["citation_lines"]), 3)
        for number, error in zip((1, 3, 4), row.errors["citation_lines"], strict=True):
            self.assertIn(f"{number}번째 줄", error)
        for line in LINES:
            self.assertContains(response, line)

    def test_a_day_without_a_year_is_understood_there_too(self):
        publish(self.digest)
        self.digest.refresh_from_db()
        line = "한빛일보 https://hanbit.example/9 12월 31일"
        data = filled(self.digest, articles_0_citation_lines=line)
        self.assertSaved(self.save(self.digest, data))
        self.assertEqual(self.article()["citations"][0]["published_on"], "2025-12-31")

    def test_a_scheduled_digest_too(self):
        hour = timezone.now() + timezone.timedelta(days=1)
        self.digest = publishing.publish(self.digest, at=hour, unchecked=True)
        self.refused(self.digest)

    def test_a_row_marked_for_deletion_may_have_faults(self):
        digest = make_digest("2026-03-01", articles=2)
        data = self.faulty(digest, title=digest.title) | {"articles-0-DELETE": "on"}
        self.assertSaved(self.save(digest, data))
        self.assertEqual(digest.articles.count(), 1)

    def test_a_withdrawn_digest_keeps_title_and_headlines_only(self):
        publish(self.digest)
        self.digest.refresh_from_db()
        self.digest = publishing.withdraw(self.digest)
        response = self.refused(self.digest)
        row = response.context["inline_admin_formsets"][0].formset.forms[0]
        self.assertEqual(list(row.errors), ["headline"])
        kept = filled(self.digest, articles_0_citation_lines="뭔가")
        self.assertSaved(self.save(self.digest, kept))
