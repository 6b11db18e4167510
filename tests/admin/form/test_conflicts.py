"""Two editors, one digest: nobody overwrites and nothing typed is lost."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client, TransactionTestCase

from articles.digests import publishing
from articles.models import Digest
from tests.support.desk import DeskTestCase, add_url, change_url, filled, management, new_article
from tests.support.factories import make_digest, make_user, record
from tests.support.waiting import PATIENCE


class ConflictTests(DeskTestCase):
    def setUp(self):
        super().setUp()
        self.digest = make_digest(articles=3, published=False)
        record(self.digest)
        self.other = User.objects.create_superuser("other", first_name="서연", password="x")

    def save_as_other(self, **changes):
        self.client.force_login(self.other)
        self.assertSaved(self.save(self.digest, filled(self.digest, **changes)))
        self.client.force_login(self.editor)

    def test_changes_to_different_articles_are_merged(self):
        mine = filled(self.digest, articles_0_headline="나의 제목")
        self.save_as_other(articles_1_headline="남의 제목", articles_2_tag_names="로봇")
        response = self.save(self.digest, mine)
        self.assertSaved(response)
        self.assertEqual(self.headlines(self.digest)[:2], ["나의 제목", "남의 제목"])
        self.assertEqual(self.digest.articles.get(position=3).tags.get().name, "로봇")
        self.assertContains(self.client.get(response.url), "서연")

    def test_the_page_tells_truly_who_saved_and_when(self):
        mine = filled(self.digest, title="셋째 호")
        for user, name in ((self.other, "서연"), (make_user("jun", first_name="준"), "준")):
            user.is_superuser = user.is_staff = True
            user.save()
            self.client.force_login(user)
            self.digest.refresh_from_db()
            self.assertSaved(self.save(self.digest, filled(self.digest, title=f"{name}의 호")))
        self.client.force_login(self.editor)
        page = self.save(self.digest, mine)
        self.assertContains(page, "서연 님, 준 님이", status_code=409)
        self.assertNotContains(page, "두 분", status_code=409)
        newest = self.digest.revisions.filter(kind="saved").order_by("number").last()
        self.digest.refresh_from_db()
        self.assertSaved(self.save(self.digest, filled(self.digest, title="내 다른 창")))
        page = self.save(self.digest, mine)
        self.assertEqual(page.context["saved_at"], newest.created_at)

    def test_a_person_with_two_windows_is_nobody_else(self):
        mine = filled(self.digest, title="첫 창")
        self.assertSaved(self.save(self.digest, filled(self.digest, title="둘째 창")))
        page = self.save(self.digest, mine)
        self.assertContains(page, "다른 창", status_code=409)
        self.assertNotContains(page, "다른 사람", status_code=409)

    def test_changes_to_the_same_field_are_refused_with_both_texts(self):
        mine = filled(self.digest, articles_0_headline="나의 제목", title="나의 호")
        self.save_as_other(articles_0_headline="남의 제목")
        response = self.save(self.digest, mine)
        self.assertEqual(response.status_code, 409)
        marked = ("<mark>나의</mark> 제목", "<mark>남의</mark> 제목")
        for text in (*marked, "1번째 기사의 제목", "나의 호", "서연"):
            self.assertContains(response, text, status_code=409)
        self.assertEqual(self.headlines(self.digest)[0], "남의 제목")

    def test_refused_text_is_kept_in_the_history_once(self):
        mine = filled(self.digest, articles_0_headline="나의 제목")
        self.save_as_other(articles_0_headline="남의 제목")
        for _attempt in range(2):
            self.assertEqual(self.save(self.digest, mine).status_code, 409)
        rescued = self.digest.revisions.get(kind="rescued")
        self.assertEqual(rescued.author, self.editor)
        self.assertEqual(rescued.data["articles"][0]["headline"], "나의 제목")

    def conflict(self):
        """What the conflict page sends for two articles, once choices are added."""
        mine = filled(self.digest, articles_0_headline="나의 하나", articles_1_headline="나의 둘")
        self.save_as_other(articles_0_headline="남의 하나", articles_1_headline="남의 둘")
        response = self.save(self.digest, mine)
        typed = dict(response.context["typed"])
        return typed | {"chosen-version": response.context["version"]}

    def choices(self, *words):
        uids = self.digest.articles.order_by("position").values_list("uid", flat=True)
        return {f"choose-{uid}.headline": word for uid, word in zip(uids, words, strict=False)}

    def test_choices_are_made_field_by_field(self):
        data = self.conflict() | self.choices("mine", "theirs")
        self.assertSaved(self.save(self.digest, data))
        self.assertEqual(self.headlines(self.digest)[:2], ["나의 하나", "남의 둘"])

    def test_missing_choice_is_asked_again_beside_the_one_made(self):
        response = self.save(self.digest, self.conflict() | self.choices("mine"))
        self.assertEqual(response.status_code, 409)
        self.assertEqual(self.headlines(self.digest)[:2], ["남의 하나", "남의 둘"])
        made = [
            [option["is_chosen"] for option in question["options"]]
            for question in response.context["questions"]
        ]
        self.assertEqual(made, [[True, False], [False, False]])

    def test_nonsense_is_no_choice(self):
        [uid, *_rest] = self.digest.articles.order_by("position").values_list("uid", flat=True)
        data = self.conflict()
        for name, value in (
            (f"choose-{uid}.headline", "<script>"),
            (f"choose-{uid}", "mine"),
            ("choose-headline", "mine"),
            ("choose-", "theirs"),
            (f"choose-{uid}.headline.x", "mine"),
        ):
            response = self.save(self.digest, data | {name: value})
            self.assertEqual(response.status_code, 409)
            self.assertEqual(len(response.context["questions"]), 2)
            self.assertNotContains(response, "<script>", status_code=409)
        self.assertEqual(self.headlines(self.digest)[:2], ["남의 하나", "남의 둘"])

    def test_choices_do_not_count_once_there_is_a_third_save(self):
        data = self.conflict() | self.choices("mine", "mine")
        self.digest.refresh_from_db()
        self.save_as_other(articles_0_headline="또 다른 하나")
        self.assertEqual(self.save(self.digest, data).status_code, 409)
        self.assertEqual(self.headlines(self.digest)[0], "또 다른 하나")

    def test_own_saves_never_conflict(self):
        mine = filled(self.digest, articles_0_headline="고친 제목") | management(4)
        mine |= new_article(3, "새 기사", uid="8c3b2f6e-5f54-4f0e-9d0b-111111111111")
        for _attempt in range(2):
            self.assertSaved(self.save(self.digest, mine))
        self.assertEqual(self.headlines(self.digest).count("새 기사"), 1)

    def test_publishing_meanwhile_is_no_conflict(self):
        mine = filled(self.digest, articles_0_headline="나의 제목")
        publishing.publish(self.digest, unchecked=True)
        self.assertSaved(self.save(self.digest, mine))
        self.assertEqual(self.headlines(self.digest)[0], "나의 제목")

    def test_a_form_without_version_is_refused(self):
        digest = make_digest("2026-02-02", published=False)
        for version in ("", "x", None):
            data = filled(digest, title="새 제목")
            if version is None:
                del data["version"]
            else:
                data["version"] = version
            response = self.save(digest, data)
            self.assertContains(response, "새 제목")
            self.assertTrue(response.context["errors"])
        digest.refresh_from_db()
        self.assertNotEqual(digest.title, "새 제목")

    def test_the_text_of_an_article_deleted_meanwhile_is_still_shown(self):
        digest = make_digest("2026-02-01", articles=3, published=False)
        mine = filled(
            digest, articles_0_outlook="사라지면 안 되는 글", articles_2_outlook="마지막 글"
        )
        record(digest)
        self.assertSaved(self.save(digest, filled(digest) | {"articles-0-DELETE": "on"}))
        response = self.save(digest, mine)
        for text in ("사라지면 안 되는 글", "마지막 글"):
            self.assertContains(response, text, status_code=409)
        self.assertEqual(digest.articles.count(), 2)

    def test_the_text_of_a_digest_deleted_meanwhile_is_shown_and_can_be_saved_anew(self):
        digest = make_digest("2026-02-02", published=False)
        data = filled(digest, title="남은 글")
        url = change_url(digest)
        digest.delete()
        response = self.client.post(url, data | {"_continue": "1"})
        self.assertContains(response, "남은 글")
        self.assertFalse(Digest.objects.filter(date="2026-02-02").exists())
        self.assertEqual(
            self.client.post(url, data | {"version": "", "_continue": "1"}).status_code, 302
        )
        self.assertEqual(Digest.objects.get(date="2026-02-02").articles.count(), 2)

    def test_a_writer_whose_digest_came_out_meanwhile_keeps_the_text(self):
        digest = make_digest("2026-02-03")
        verbs = ("view", "add", "change")
        permissions = [f"{verb}_{model}" for verb in verbs for model in ("digest", "article")]
        self.client.force_login(make_user(permissions=permissions))
        response = self.save(digest, filled(digest, title="기자의 글"))
        self.assertContains(response, "기자의 글")
        digest.refresh_from_db()
        self.assertNotEqual(digest.title, "기자의 글")


class SimultaneousTests(TransactionTestCase):
    """Threads need transactions of their own that are really committed."""

    serialized_rollback = True

    def test_of_saves_at_the_same_moment_one_wins_and_the_others_are_told(self):
        User.objects.create_superuser("editor", password="x")
        digest = make_digest(published=False)
        start = threading.Barrier(4)

        def save(number):
            try:
                client = Client()
                client.force_login(User.objects.get())
                title, headline = f"호 {number}", f"기사 {number}"
                data = filled(digest, title=title, articles_0_headline=headline)
                start.wait(PATIENCE)
                return client.post(change_url(digest), data | {"_continue": "1"}).status_code
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            answers = sorted(pool.map(save, range(4)))
        self.assertEqual(answers, [302, 409, 409, 409])
        digest.refresh_from_db()
        self.assertEqual(digest.version, 2)
        first = digest.articles.get(position=1)
        self.assertEqual(digest.title.removeprefix("호 "), first.headline.removeprefix("기사 "))

    def test_of_new_digests_for_one_day_at_the_same_moment_one_is_made(self):
        User.objects.create_superuser("editor", password="x")
        start = threading.Barrier(4)

        def add(number):
            try:
                client = Client()
                client.force_login(User.objects.get())
                data = {"date": "2026-05-01", "title": f"호 {number}", "language": "ko"}
                data |= {"introduction": "", "version": "", "_continue": "1"}
                data |= management(1) | new_article(0, f"기사 {number}", 1)
                start.wait(PATIENCE)
                return client.post(add_url(), data)
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(add, range(4)))
        self.assertEqual(sorted(a.status_code for a in answers), [200, 200, 200, 302])
        self.assertEqual(Digest.objects.get().articles.count(), 1)
        for number, answer in enumerate(answers):
            if answer.status_code == 200:
                self.assertContains(answer, f"기사 {number}")
