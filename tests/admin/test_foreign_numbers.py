"""Forged numbers and lookups: what belongs to another digest stays there."""

from articles.digests import preview_links, publishing
from articles.models import Article, Comment, Revision, WorkingCopy
from tests.admin.test_forgery import FORGED, KEY, LIST, NOW, ForgeryTestCase, page
from tests.support.desk import change_url, filled, sign_in
from tests.support.factories import make_article


class ForeignNumberTests(ForgeryTestCase):
    """What belongs to another digest, or to another user, cannot be reached through one's own."""

    def test_an_article_of_another_digest_stays_there(self):
        foreign = self.other.articles.first()
        before = Article.objects.filter(digest=self.other).values()
        before = [dict(row) for row in before]
        for uid in (str(foreign.uid), foreign.uid.hex.upper()):
            sign_in(self.client, self.writer)
            data = filled(self.draft, articles_0_headline="옮김") | {"articles-0-uid": uid}
            self.client.post(change_url(self.draft), data | {"_continue": "1"})
            rows = [dict(row) for row in Article.objects.filter(digest=self.other).values()]
            self.assertEqual(rows, before)
            self.draft.refresh_from_db()

    def test_articles_are_moved_only_from_their_own_digest_and_not_by_writers_from_readers(self):
        foreign, public = self.other.articles.first(), self.public.articles.first()
        own = self.draft.articles.first()
        for digest, article, day, answers in (
            (self.draft, foreign, "2026-01-25", [404]),
            (self.public, public, "2026-01-12", [403]),
            (self.draft, own, "2026-01-09", [403]),
        ):
            address = page("articles_digest_move", digest.pk, article.uid)
            self.assertNothingChanges(address, {"date": day}, self.writer, answers)

    def test_corrections_are_about_the_digests_own_articles(self):
        data = {"article": self.other.articles.first().pk, "text": "바로잡습니다."}
        address = page("articles_digest_corrections", self.public.pk)
        self.assertNothingChanges(address, data, self.editor, [200])

    def test_a_preview_link_of_another_digest_is_not_ended(self):
        link, _token = preview_links.make(self.other)
        address = page("articles_digest_preview_links", self.draft.pk)
        for number in (link.pk, 10**18, "-1", FORGED):
            self.assertNothingChanges(address, {"revoke": number}, self.writer, [404])

    def test_comments_on_another_digests_articles_are_not_ticked_off(self):
        uid = self.other.articles.first().uid
        comment = Comment.objects.create(article_uid=uid, text="확인", created_at=NOW)
        sign_in(self.client, self.writer)
        data = filled(self.draft) | {f"articles-0-done_{comment.pk}": "on", "_continue": "1"}
        self.client.post(change_url(self.draft), data)
        comment.refresh_from_db()
        self.assertIsNone(comment.resolved_at)

    def test_articles_are_assigned_only_to_people_of_the_desk(self):
        data = filled(self.draft) | {"articles-0-assignee": self.clerk.pk, "_continue": "1"}
        self.assertNothingChanges(change_url(self.draft), data, self.writer, [200])

    def test_revisions_are_restored_only_into_their_own_digest(self):
        for _number in range(3):
            make_article(self.other)
            publishing.submit(self.other)
            publishing.send_back(self.other, note="다시")
        number = Revision.objects.filter(digest=self.other).order_by("-number").first().number
        publishing.submit(self.draft)
        self.draft.refresh_from_db()
        seen = {"version": self.draft.version}
        address = page("articles_digest_restore", self.draft.pk, number)
        self.assertNothingChanges(address, seen, self.writer, [404])
        foreign = seen | {"article": str(self.other.articles.first().uid)}
        address = page("articles_digest_restore", self.draft.pk, 1)
        self.assertNothingChanges(address, foreign, self.writer, [302])

    def test_only_what_is_in_the_trash_is_brought_back(self):
        kept = Revision.objects.filter(digest=self.public).first()
        for number in (kept.pk, 10**30):
            data = {"revision": number}
            self.assertNothingChanges(page("articles_digest_trash"), data, self.editor, [302, 404])

    def test_another_users_working_copy_is_neither_shown_nor_touched(self):
        WorkingCopy.objects.create(
            user=self.editor,
            digest=self.draft,
            key=KEY,
            version=1,
            fields=[["title", FORGED]],
            sequence=1,
        )
        sign_in(self.client, self.writer)
        form = self.client.get(change_url(self.draft), {"copy": str(KEY)})
        self.assertNotContains(form, FORGED)
        discard = f"{page('articles_digest_discard', KEY)}?digest={self.draft.pk}"
        self.assertNothingChanges(discard, {}, self.writer, [302])
        autosave = f"{page('articles_digest_autosave')}?digest={self.draft.pk}&sequence=9"
        data = {"form_key": str(KEY), "title": "내 것"}
        self.assertNothingChanges(autosave, data, self.writer, [409])


class LookupTests(ForgeryTestCase):
    """Parameters of lists ask nothing that the list does not show."""

    def test_lists_are_not_searched_by_what_they_do_not_show(self):
        people, digests = page("auth_user_changelist"), LIST
        for user, address, lookup, answer in (
            (self.admin, people, "password__startswith=md5", 400),
            (self.admin, people, "groups__user__password__startswith=md5", 400),
            (self.writer, digests, "articles__assignee__password__startswith=md5", 400),
            (self.writer, digests, "working_copies__fields__contains=x", 400),
            (self.writer, digests, "preview_links__token_hash__startswith=0", 400),
            (self.writer, digests, "_popup=1&_to_field=front_matter", 400),
            (self.clerk, digests, "articles__headline__startswith=1", 403),
            (self.clerk, digests, "status__exact=draft", 403),
            (self.clerk, digests, "o=1", 403),
        ):
            with self.subTest(lookup, user=user):
                sign_in(self.client, user)
                self.assertEqual(self.client.get(f"{address}?{lookup}").status_code, answer)

    def test_superusers_are_not_among_the_people_that_admins_see(self):
        sign_in(self.client, self.admin)
        for query in ("", "?is_superuser__exact=1", "?q=root", "?o=1", "?all="):
            with self.subTest(query):
                response = self.client.get(page("auth_user_changelist") + query, follow=True)
                self.assertNotContains(response, page("auth_user_change", self.root.pk))
