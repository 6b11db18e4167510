"""Text that fits no field: shown in its place at the desk, edited, and never lost by a save."""

import pytest
from django.urls import reverse

from articles.digests import revisions, working_copies
from articles.models import Digest, Revision
from articles.rules.lengths import LONGEST_TEXT
from tests.support.desk import DeskTestCase, change_url, filled, new_article, typed
from tests.support.factories import make_article, make_digest, make_user, record

TABLE = "| 모델 | 점수 |\n|---|---:|\n| 가 | 91.52 |"
POINTS, END = "articles-0-other_points", "articles-0-other_implications"
OTHER = [
    {"after": "points", "text": TABLE},
    {"after": "headline", "text": "  앞 빈칸과 뒤 빈칸  "},
]


class OtherTextCase(DeskTestCase):
    def setUp(self):
        super().setUp()
        self.digest = make_digest(articles=0, published=False)
        make_article(self.digest, other=OTHER)
        record(self.digest)

    def boxes(self):
        """What a browser sends of the boxes that the page shows."""
        form = self.client.get(change_url(self.digest)).context["inline_admin_formsets"][0]
        row = form.formset.in_shown_order()[0]
        shown = [*row.shown_other, row["other_implications"]]
        return {box.html_name: typed(box.value() or "") for box in shown}

    def other(self):
        return self.digest.articles.get().other


# What is shown is made in Python; both engines keep the text in `SavingTests`.
@pytest.mark.one_engine
class ShowingTests(OtherTextCase):
    def test_each_text_has_a_box_named_for_its_place(self):
        page = self.client.get(change_url(self.digest))
        self.assertContains(page, 'name="articles-0-other_points"')
        self.assertContains(page, 'name="articles-0-other_headline"')
        self.assertNotContains(page, 'name="articles-0-other_rule"')
        self.assertContains(page, "| 모델 | 점수 |")

    def test_every_article_has_a_box_for_more(self):
        self.assertIn(END, self.boxes())
        page = self.client.get(change_url(self.digest))
        self.assertContains(page, 'name="articles-__prefix__-other_implications"')

    def test_those_who_only_read_see_it_too(self):
        reader = make_user("reader", permissions=["view_digest", "view_article"])
        self.client.force_login(reader)
        page = self.client.get(change_url(self.digest))
        self.assertNotContains(page, POINTS)
        self.assertContains(page, "91.52")


class SavingTests(OtherTextCase):
    def test_an_untouched_form_changes_no_letter_and_keeps_no_revision(self):
        self.assertSaved(self.save(self.digest, filled(self.digest) | self.boxes()))
        self.assertEqual(self.other(), OTHER)
        self.assertEqual(Digest.objects.get().version, 1)
        self.assertEqual(Revision.objects.count(), 1)

    def test_a_form_without_the_boxes_leaves_the_text_alone(self):
        data = filled(self.digest, articles_0_headline="새 제목")
        self.assertSaved(self.save(self.digest, data))
        self.assertEqual(self.headlines(self.digest), ["새 제목"])
        self.assertEqual(self.other(), OTHER)

    def test_one_box_is_edited_and_the_others_stay_to_the_letter(self):
        changed = self.boxes() | {POINTS: typed(TABLE + "\n| 나 | 88 |")}
        self.assertSaved(self.save(self.digest, filled(self.digest) | changed))
        self.assertEqual(
            self.other(), [{"after": "points", "text": TABLE + "\n| 나 | 88 |"}, OTHER[1]]
        )
        self.assertEqual(Revision.objects.count(), 2)

    def test_an_emptied_box_is_removed(self):
        self.save(self.digest, filled(self.digest) | self.boxes() | {POINTS: " \r\n "})
        self.assertEqual(self.other(), [OTHER[1]])

    def test_text_is_added_after_the_implications(self):
        self.save(self.digest, filled(self.digest) | self.boxes() | {END: "더 읽을 글"})
        self.assertEqual(self.other(), [*OTHER, {"after": "implications", "text": "더 읽을 글"}])

    def test_a_new_article_may_have_some(self):
        data = filled(self.digest) | new_article(1, "새 기사", other_implications="덧붙임")
        self.assertSaved(self.save(self.digest, data | {"articles-TOTAL_FORMS": 2}))
        added = self.digest.articles.get(headline="새 기사")
        self.assertEqual(added.other, [{"after": "implications", "text": "덧붙임"}])

    def test_text_that_goes_to_another_place_is_saved(self):
        self.digest.articles.update(other=[OTHER[0]])
        data = filled(self.digest) | self.boxes() | {POINTS: "", END: typed(TABLE)}
        self.assertSaved(self.save(self.digest, data))
        self.assertEqual(self.other(), [{"after": "implications", "text": TABLE}])

    def test_several_texts_of_one_place_are_one_box(self):
        two = [{"after": "notes", "text": "하나"}, {"after": "notes", "text": "둘"}]
        self.digest.articles.update(other=two)
        boxes = self.boxes()
        self.assertEqual(boxes["articles-0-other_notes"], "하나\r\n\r\n둘")
        self.save(self.digest, filled(self.digest) | boxes)
        self.assertEqual(self.other(), two)
        self.save(self.digest, filled(self.digest) | {"articles-0-other_notes": "셋"})
        self.assertEqual(self.other(), [{"after": "notes", "text": "셋"}])
        self.digest.articles.update(other=[*two, OTHER[0]])
        self.digest.refresh_from_db()
        self.save(self.digest, filled(self.digest) | {"articles-0-other_notes": ""})
        self.assertEqual(self.other(), [OTHER[0]])

    def test_too_much_is_refused_in_words_and_nothing_typed_is_lost(self):
        long = "가" * (LONGEST_TEXT + 1)
        response = self.save(self.digest, filled(self.digest) | {END: long, POINTS: ""})
        self.assertEqual(response.status_code, 200)
        self.assertContains(response, str(LONGEST_TEXT))
        self.assertContains(response, long)
        self.assertContains(response, f'name="{POINTS}"')
        self.assertEqual(self.other(), OTHER)


@pytest.mark.one_engine
class AroundSavingTests(OtherTextCase):
    def test_two_who_change_it_both_choose(self):
        data = filled(self.digest)
        self.save(self.digest, data | {POINTS: "그들의 표"})
        response = self.save(self.digest, data | {POINTS: "나의 표"})
        self.assertEqual(response.status_code, 409)
        for words in ("<mark>나의</mark> 표", "<mark>그들의</mark> 표"):
            self.assertContains(response, words, status_code=409)
        self.assertEqual(self.other()[0]["text"], "그들의 표")

    def test_the_history_shows_what_changed_in_it(self):
        self.save(
            self.digest, filled(self.digest) | {POINTS: typed(TABLE.replace("91.52", "92.52"))}
        )
        address = reverse("admin:articles_digest_revision", args=[self.digest.pk, 2])
        page = self.client.get(address)
        self.assertContains(page, "<ins>92.52</ins>", html=True)
        self.assertContains(page, "<del>91.52</del>", html=True)

    def test_the_live_preview_has_it_as_typed(self):
        address = reverse("admin:articles_digest_preview", args=[self.digest.pk])
        typed_now = filled(self.digest) | {POINTS: "| 막 |\r\n|---|\r\n| 쓴 표 |"}
        page = self.client.post(address, typed_now).json()["page"]
        self.assertIn("<td>쓴 표</td>", page)
        self.assertIn("앞 빈칸과 뒤 빈칸", page)

    def test_a_kept_draft_is_compared_with_the_stored_text(self):
        stored = revisions.snapshot(self.digest)
        base = working_copies.texts_of(stored)
        fields = [*filled(self.digest).items(), *self.boxes().items()]
        fields = [(name, str(value)) for name, value in fields]
        self.assertEqual(self.texts(fields, stored), base)
        changed = dict(fields) | {POINTS: "다른 표"}
        article = self.texts(changed.items(), stored)["articles"][0]
        self.assertIn("다른 표", article["other"])
        without = [pair for pair in fields if "-other_" not in pair[0]]
        self.assertEqual(self.texts(without, stored), base)

    def texts(self, fields, stored):
        return working_copies.texts_of(working_copies.typed(fields, stored))

    def test_pasted_text_that_fits_no_field_goes_into_its_box(self):
        address = reverse("admin:articles_digest_paste")
        text = f"## 제목\n\n머리 글\n\n### 요약\n- 요점\n\n{TABLE}\n"
        [article] = self.client.post(address, {"text": text}).json()["articles"]
        self.assertEqual(article["other_implications"], f"머리 글\n\n{TABLE}")
