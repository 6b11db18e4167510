"""What becomes of a push: written into a draft that nobody has open, else suggested."""

import datetime as dt
import json
from unittest import mock

from django.test import TestCase

from articles import document
from articles.digests import editing, moving, publishing, revisions, signing, trash
from articles.models import Article, AuditEntry, Digest, Publisher, Push, Revision, Suggestion, Tag
from articles.posts.pushes import record as pushes_record
from articles.posts.pushes.problems import Refused
from articles.posts.pushes.receiving import Handed, receive
from tests.support.factories import DAY, make_article, make_digest, make_user, record
from tests.support.posts import POST
from tests.support.pushes import article, fates, hand_in, hand_in_json, program

HANBIT = ("한빛", "https://hanbit.example/1", None)


def change(digest, number=1, **values):
    """Change an article as a save at the desk does."""
    data = revisions.snapshot(digest)
    data["articles"][number - 1] |= values
    editing.write(digest, data)
    revisions.commit(digest)


def delete(digest, number=1):
    data = revisions.snapshot(digest)
    del data["articles"][number - 1]
    editing.write(digest, data)
    revisions.commit(digest)


def headlines(digest):
    return list(digest.articles.order_by("position").values_list("headline", flat=True))


def waiting(digest):
    rows = Suggestion.objects.filter(digest=digest, status="waiting")
    return list(rows.values_list("field", "value"))


class FirstPushTests(TestCase):
    def test_a_first_push_begins_a_draft_with_all_that_it_says(self):
        received = hand_in(text=POST)
        digest = Digest.objects.get()
        self.assertEqual((digest.status, digest.date), ("draft", DAY))
        self.assertEqual(digest.title, "2026-01-03 AI 뉴스")
        [found] = digest.articles.all()
        self.assertEqual(found.headline, "온디바이스 모델, 지역 병원에 도입")
        self.assertEqual(found.citations.count(), 2)
        self.assertEqual((found.drafted_by, found.read_by, found.feed_id), ("ai", "", ""))
        self.assertEqual(received.outcome, "created")
        self.assertEqual(fates(received), ["added"])
        self.assertEqual(received.account["digest"]["status"], "draft")
        self.assertIn(f"/admin/articles/digest/{digest.pk}/", received.account["desk_url"])
        self.assertGreater(received.account["reading"]["share"], 0.9)

    def test_the_history_and_the_audit_trail_name_the_program(self):
        hand_in("하나")
        [revision] = Revision.objects.all()
        self.assertEqual((revision.author, revision.program), (None, "아침 수집기"))
        entry = AuditEntry.objects.get(action="pushed")
        self.assertEqual((entry.actor_id, entry.actor_name), (None, "아침 수집기"))
        self.assertEqual(entry.digest_id, Digest.objects.get().pk)

    def test_the_same_bytes_again_write_nothing(self):
        first = hand_in("하나", "둘")
        before = (Revision.objects.count(), AuditEntry.objects.count(), Push.objects.count())
        version = Digest.objects.get().version
        again = hand_in("하나", "둘")
        after = (Revision.objects.count(), AuditEntry.objects.count(), Push.objects.count())
        self.assertEqual((again.outcome, again.push), ("unchanged", first.push))
        self.assertTrue(again.account["is_repeated"])
        self.assertEqual((before, version), (after, Digest.objects.get().version))

    def test_the_same_bytes_again_tell_of_the_digest_as_it_is_now(self):
        hand_in("하나")
        digest = Digest.objects.get()
        publishing.publish(digest, unchecked=True)
        self.assertEqual(hand_in("하나").account["digest"], {"status": "published"})
        trash.delete(digest)
        account = hand_in("하나").account
        self.assertEqual((account["digest"], account["desk_url"]), (None, None))

    def test_the_same_bytes_from_another_program_repeat_no_article(self):
        hand_in("하나")
        other = hand_in("하나", by="밤 수집기")
        self.assertEqual((fates(other), other.outcome), (["unchanged"], "unchanged"))
        self.assertEqual(Revision.objects.count(), 1)

    def test_a_dry_run_tells_the_same_and_writes_nothing(self):
        received = hand_in("하나", dry_run=True)
        self.assertEqual((received.outcome, fates(received)), ("created", ["added"]))
        self.assertTrue(received.account["dry_run"])
        for model in (Digest, Push, Revision, AuditEntry, Article, Publisher):
            self.assertEqual(model.objects.count(), 0, model)

    def test_a_push_without_an_article_is_refused_and_kept(self):
        with self.assertRaises(Refused) as refusal:
            hand_in(text="no article at all\n")
        self.assertEqual(refusal.exception.status, 422)
        self.assertTrue(refusal.exception.problems[0].line)
        self.assertEqual(Push.objects.get().outcome, "refused")
        self.assertFalse(Digest.objects.exists())
        with self.assertRaises(Refused):
            hand_in(text="no article at all\n")

    def test_other_types_are_refused(self):
        handed = Handed(program(), DAY, "image/png", b"\x89PNG")
        with self.assertRaises(Refused) as refusal:
            receive(handed)
        self.assertEqual(refusal.exception.status, 415)

    def test_text_that_is_not_utf8_is_refused_with_its_line(self):
        handed = Handed(program(), DAY, "text/markdown", "# 제목\n한글".encode("cp949"))
        with self.assertRaises(Refused) as refusal:
            receive(handed)
        self.assertEqual([p.line for p in refusal.exception.problems], [1])

    def test_the_desk_is_told_where_in_json_the_first_fault_is(self):
        content = json.dumps({"articles": [{"headline": 5}, {"points": 6}]}).encode()
        with self.assertRaises(Refused):
            receive(Handed(program(), DAY, "application/json", content))
        note = AuditEntry.objects.get(action="push-refused").note
        self.assertTrue(note.startswith("/articles/0/headline: "), note)

    def test_nobody_but_a_person_says_who_read_an_article(self):
        text = POST.rstrip().removesuffix("---") + "작성: 사람\n확인: 김하늘\n\n---\n"
        received = hand_in(text=text)
        [found] = Article.objects.all()
        self.assertEqual((found.drafted_by, found.read_by), ("ai", ""))
        self.assertTrue(any("AI" in notice for notice in received.account["notices"]))

    def test_pictures_are_named_and_not_fetched(self):
        text = POST.replace("### 요약", "![사진](https://images.example/1.png)\n\n### 요약")
        received = hand_in(text=text)
        notices = " ".join(received.account["notices"])
        self.assertIn("https://images.example/1.png", notices)
        self.assertIsNone(Article.objects.get().picture)

    def test_names_that_a_push_makes_up_are_private(self):
        hand_in(text=POST.replace("### 요약", "- 주제: 새 주제\n\n### 요약"))
        for row in [*Publisher.objects.all(), *Tag.objects.all()]:
            self.assertFalse(row.is_known, row)

    def test_findings_are_told_with_the_number_of_the_article(self):
        received = hand_in("하나", article("둘", point="첫째 요점 (사진 포함)", technical=" "))
        numbers = {finding["article"] for finding in received.account["findings"]}
        self.assertIn(2, numbers)
        self.assertEqual(received.push.findings, received.account["findings"])

    def test_articles_without_text_count_for_the_numbers_of_those_behind_them(self):
        sent = {"articles": [{"headline": "하나"}, {}, {"headline": "셋"}]}
        account = hand_in_json(sent).account
        self.assertIn("2", account["notices"][0])
        self.assertEqual([one["number"] for one in account["articles"]], [1, 3])
        found = {finding["article"] for finding in account["findings"]}
        self.assertEqual(found & {1, 2, 3}, {1, 3})

    def test_nothing_is_told_of_the_texts_of_others(self):
        digest = make_digest(published=False, articles=0, title="숨은 제목")
        make_article(digest, headline="남의 기사", points=["짧음"], citations=[])
        received = hand_in("하나")
        told = json.dumps(received.account, ensure_ascii=False)
        self.assertTrue(received.account["findings"])
        for word in ("숨은 제목", "남의 기사", "짧음"):
            self.assertNotIn(word, told)

    def test_nothing_is_told_of_drafts_that_cite_or_say_the_same(self):
        day_before = make_digest(DAY - dt.timedelta(days=1), published=False, articles=0)
        make_article(day_before, headline="어제 숨은 메모리 소식", citations=[HANBIT])
        digest = make_digest(published=False, articles=0)
        make_article(digest, headline="오늘 숨은 기사", citations=[HANBIT])
        sent = [{"headline": name, "citations": [HANBIT[1]]} for name in ("메모리 소식", "다른 것")]
        told = json.dumps(hand_in_json({"articles": sent}).account, ensure_ascii=False)
        self.assertNotIn("숨은", told)
        self.assertIn("1번째 기사 “메모리 소식”", told)  # of its own articles the push is told

    def test_what_readers_have_is_told_if_it_cites_the_same(self):
        day_before = make_digest(DAY - dt.timedelta(days=1), articles=1)
        make_article(day_before, headline="어제 나간 소식", citations=[HANBIT])
        sent = {"headline": "오늘", "citations": [HANBIT[1]]}
        told = json.dumps(hand_in_json({"articles": [sent]}).account, ensure_ascii=False)
        self.assertIn("어제 나간 소식", told)

    def test_a_digest_does_not_grow_beyond_its_form(self):
        with mock.patch.object(document, "MAX_ARTICLES", 2):
            hand_in("하나", "둘")
            with self.assertRaises(Refused):
                hand_in("셋")
        self.assertEqual(Article.objects.count(), 2)
        self.assertEqual(Push.objects.filter(outcome="refused").count(), 1)

    def test_suggestions_do_not_pile_up_without_end(self):
        digest = make_digest()
        with mock.patch("articles.posts.pushes.receiving.MAX_WAITING", 2):
            hand_in("하나", "둘")
            with self.assertRaises(Refused):
                hand_in("셋")
        self.assertEqual(len(waiting(digest)), 2)


class LaterPushTests(TestCase):
    def setUp(self):
        hand_in("하나", "둘")
        self.digest = Digest.objects.get()

    def test_an_article_that_nobody_touched_is_replaced(self):
        received = hand_in("하나", article("둘", point="새 요점"))
        self.assertEqual(
            (fates(received), received.outcome), (["unchanged", "replaced"], "updated")
        )
        self.assertEqual(self.digest.articles.get(position=2).points, ["새 요점"])

    def test_a_new_article_is_added_at_the_end_and_none_is_taken_away(self):
        received = hand_in("셋")
        self.assertEqual(fates(received), ["added"])
        self.assertEqual(headlines(self.digest), ["하나 기사", "둘 기사", "셋 기사"])

    def test_articles_are_not_matched_by_place(self):
        received = hand_in("둘", "셋", "하나")
        self.assertEqual(fates(received), ["unchanged", "added", "unchanged"])

    def test_of_many_pushes_only_what_is_newest_is_kept_in_mind(self):
        for number in range(5):
            hand_in_json({"articles": [{"key": "가", "points": [f"{number}"]}]})
        hand_in_json({"articles": [{"key": "가", "points": ["4"]}], "title": "x"})
        kept = pushes_record.of_day(DAY, program())
        [said, written] = [entry for entry in kept.own if entry["key"]]
        self.assertEqual((said["fate"], written["content"]["points"]), ("unchanged", ["4"]))
        self.assertNotIn("before", written)
        again = hand_in_json({"articles": [{"key": "가", "points": ["5"]}]})
        self.assertEqual(fates(again), ["replaced"])

    def test_pushes_are_looked_through_up_to_a_number_of_articles(self):
        hand_in("셋")
        with mock.patch.object(pushes_record, "MAX_ENTRIES", 2):
            kept = pushes_record.of_day(DAY, program())
        self.assertEqual([entry["pushed"]["headline"] for entry in kept.own], ["셋 기사"])

    def test_a_new_headline_finds_its_article_by_the_cited_page(self):
        hand_in(article("하나", headline="다시 쓴 제목"))
        self.assertEqual(headlines(self.digest), ["다시 쓴 제목", "둘 기사"])

    def test_articles_without_a_page_and_a_headline_are_known_by_their_text(self):
        points = [{"points": ["첫 점"]}, {"points": ["둘째 점"]}]
        hand_in_json({"articles": points})
        delete(self.digest, 4)
        again = hand_in_json({"articles": points, "title": "다른 제목"})
        self.assertEqual(fates(again), ["unchanged", "deleted"])
        self.assertEqual(self.digest.articles.count(), 3)

    def test_of_articles_with_one_headline_only_the_changed_one_is_replaced(self):
        first, second = ({"headline": "단신", "points": [text]} for text in ("가", "나"))
        hand_in_json({"articles": [first, second, second]})
        again = hand_in_json({"articles": [second, {**first, "points": ["다"]}, second]})
        self.assertEqual(fates(again), ["unchanged", "replaced", "unchanged"])
        self.assertEqual(self.digest.articles.count(), 5)

    def test_what_a_person_changed_stays_and_the_rest_is_suggested(self):
        change(self.digest, headline="사람이 고친 제목")
        received = hand_in(article("하나", headline="다른 제목", technical="새 의미"))
        self.assertEqual((fates(received), received.outcome), (["suggested"], "waiting"))
        self.assertEqual(headlines(self.digest)[0], "사람이 고친 제목")
        self.assertEqual(
            waiting(self.digest),
            [("headline", "다른 제목"), ("technical_significance", "새 의미")],
        )

    def test_what_the_program_says_again_is_no_suggestion(self):
        change(self.digest, headline="사람이 고친 제목")
        received = hand_in(article("하나"), "셋")
        self.assertEqual(fates(received), ["unchanged", "added"])
        self.assertEqual(waiting(self.digest), [])

    def test_an_article_marked_as_ready_is_not_replaced(self):
        self.digest.articles.filter(position=1).update(is_ready=True)
        self.assertEqual(fates(hand_in(article("하나", point="새 요점"))), ["suggested"])

    def test_an_article_that_somebody_signed_is_not_replaced(self):
        uid = str(self.digest.articles.get(position=1).uid)
        signing.sign(self.digest, [uid], by=make_user(permissions=["change_digest"]))
        self.assertEqual(fates(hand_in(article("하나", point="새 요점"))), ["suggested"])

    def test_an_article_of_a_person_is_never_replaced(self):
        make_article(self.digest, headline="사람의 기사")
        record(self.digest)
        received = hand_in(article("x", headline="사람의 기사", point="프로그램의 요점"))
        self.assertEqual(fates(received), ["suggested"])
        found = self.digest.articles.get(headline="사람의 기사")
        self.assertEqual(found.points, ["첫째 요점", "둘째 요점"])

    def test_an_article_of_another_program_is_never_replaced(self):
        received = hand_in(article("하나", point="다른 요점"), by="밤 수집기")
        self.assertEqual(fates(received), ["suggested"])

    def test_what_an_editor_deleted_stays_deleted(self):
        delete(self.digest)
        for text in (article("하나", point="새 요점"), article("하나", headline="새 제목")):
            received = hand_in(text, "둘")
            self.assertEqual(fates(received), ["deleted", "unchanged"])
        self.assertEqual(headlines(self.digest), ["둘 기사"])

    def test_what_an_editor_deleted_is_known_by_what_it_said_last(self):
        hand_in(article("하나", "새 제목"))
        delete(self.digest)
        again = hand_in(article("다른-쪽", "새 제목"))
        self.assertEqual(fates(again), ["deleted"])

    def test_what_a_person_wrote_and_deleted_stays_deleted_too(self):
        make_article(self.digest, headline="사람의 기사", citations=[])
        record(self.digest)
        delete(self.digest, 3)
        self.assertEqual(fates(hand_in(article("y", headline="사람의 기사"))), ["deleted"])

    def test_articles_of_a_digest_in_the_trash_stay_there(self):
        trash.delete(self.digest)
        received = hand_in("하나", "셋")
        self.assertEqual(fates(received), ["deleted", "added"])

    def test_an_article_that_was_moved_to_another_day_stays_there(self):
        other = make_digest("2026-01-04", published=False)
        record(other)
        found = self.digest.articles.get(position=1)
        moving.move_article(found, other.date)
        received = hand_in(article("하나", point="새 요점"), "둘")
        self.assertEqual(fates(received), ["moved", "unchanged"])

    def test_only_a_title_of_its_own_is_replaced(self):
        hand_in("하나", title="새 제목")
        self.digest.refresh_from_db()
        self.assertEqual(self.digest.title, "새 제목")
        self.digest.title = "사람의 제목"
        self.digest.save()
        hand_in("하나", title="더 새로운 제목")
        self.digest.refresh_from_db()
        self.assertEqual(self.digest.title, "사람의 제목")
        self.assertEqual(waiting(self.digest), [("title", "더 새로운 제목")])

    def test_a_title_of_another_program_is_not_even_suggested(self):
        hand_in("하나", title="밤의 제목", by="밤 수집기")
        self.assertEqual(waiting(self.digest), [])


class RetriedTests(TestCase):
    def test_a_push_that_meets_another_one_is_tried_again(self):
        real, calls = Digest.save, []

        def save_late(digest, *arguments, **named):
            if not calls:
                calls.append(digest)
                make_digest(digest.date, published=False, articles=0)
            return real(digest, *arguments, **named)

        with mock.patch.object(Digest, "save", save_late):
            received = hand_in("하나")
        self.assertEqual((len(calls), received.outcome), (1, "created"))
        self.assertEqual(Digest.objects.count(), 1)
