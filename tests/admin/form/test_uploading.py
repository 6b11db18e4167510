"""Importing posts from the desk: a report first, then a decision, by the one who uploaded."""

import datetime as dt
import uuid
import zipfile
from io import BytesIO, StringIO
from unittest.mock import patch

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation

from articles.digests import publishing
from articles.models import Article, AuditEntry, Digest, Upload
from articles.posts import uploads
from tests.admin.test_roles import FORBIDDEN, LIST, LOGIN, OK, RoleTestCase
from tests.support.factories import make_user
from tests.support.posts import POST, post

IMPORT = reverse("admin:articles_digest_import")
HEADLINE = "온디바이스 모델, 지역 병원에 도입"


def zipped(**files):
    """A zip archive of posts, by name without suffix."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(f"_posts/{name}.md", text)
    return target.getvalue()


class UploadCase(RoleTestCase):
    def setUp(self):
        self.client.force_login(self.editor)

    def upload(self, content=POST, name="2026-01-03-news.md", **fields):
        data = content.encode() if isinstance(content, str) else content
        return self.client.post(IMPORT, {"file": SimpleUploadedFile(name, data), **fields})

    def decide(self, report, **fields):
        """Press the button of a report."""
        page = {"key": report.context["upload"].key, "seen": report.context["seen"]}
        return self.client.post(IMPORT, page | fields)

    def bring_in(self, content=POST, **fields):
        return self.decide(self.upload(content), **fields)

    def counts(self, response):
        return {name: number for name, number in response.context["run"].counts.items() if number}


# A report is made in Python; both engines keep what is imported in `DecisionTests`.
@pytest.mark.one_engine
class ReportTests(UploadCase):
    def test_the_page_asks_for_a_file(self):
        self.assertContains(self.client.get(IMPORT), 'type="file"')
        self.assertContains(self.client.get(LIST), f'href="{IMPORT}"')

    def test_the_page_says_what_a_post_must_have(self):
        self.assertContains(self.client.get(IMPORT), "날짜는 파일 이름이나 글머리(front matter)에")
        report = self.upload("## 제목\n\n### 요약\n- 요점이다\n", "2026-01-05-news.md")
        self.assertEqual(self.counts(report), {"created": 1})

    def test_a_new_digest_is_told_as_one_and_not_as_a_notice(self):
        report = self.upload()
        self.assertContains(report, "새로 만듦")
        self.assertNotContains(report, "새 알림")

    def test_the_report_imports_nothing(self):
        report = self.upload(zipped(a=POST, b=post("2026-01-04"), c="kein Post"), "posts.zip")
        self.assertEqual(self.counts(report), {"created": 2, "refused": 1})
        self.assertFalse(Digest.objects.exists())
        self.assertEqual(Upload.objects.get().user, self.editor)
        self.assertContains(report, "_posts/c.md")
        refused = report.context["run"].files[0]
        self.assertTrue(refused["errors"][0].startswith("1번째 줄: "))
        self.assertContains(report, refused["errors"][0])

    def test_files_that_the_posts_refer_to_are_named_once(self):
        text = POST.replace("### 요약\n", "### 요약\n- ![그림](/assets/a.png)\n")
        other = text.replace("2026-01-03", "2026-01-04")
        report = self.upload(zipped(a=text, b=other), "a.zip")
        self.assertContains(report, "<li>/assets/a.png</li>", count=1)

    def test_the_report_shows_what_a_post_changes(self):
        self.bring_in()
        report = self.upload(POST.replace("40%", "45%"))
        self.assertEqual(self.counts(report), {"updated": 1})
        self.assertContains(report, "<ins>45</ins>", html=True)
        self.assertEqual(Digest.objects.get().version, 1)

    def test_the_report_can_be_seen_again_with_other_choices(self):
        report = self.upload()
        again = self.decide(report, _look="1", publish="on")
        self.assertEqual(self.counts(again), {"created": 1, "published": 1})
        self.assertFalse(Digest.objects.exists())
        self.assertEqual(self.counts(self.decide(again)), {"created": 1})

    def test_junk_is_refused_in_words_and_not_kept(self):
        archive = zipped(a=POST)
        broken_name = archive.replace(b"_posts/a.md", b"\xff\xfe\xff\xfe\xff\xfe\xff.md")
        for name, content in (
            ("a.zip", b"no archive"),
            ("a.zip", archive[: len(archive) // 2]),
            ("a.zip", zipped()),
            ("a.txt", POST),
            ("a.md", ""),
            ("a", POST),
            ("a.zip", set_flag(broken_name)),
        ):
            with self.subTest(name=name, length=len(content)):
                response = self.upload(content, name)
                self.assertEqual(response.status_code, OK)
                self.assertTrue(response.context["form"].errors["file"][0].endswith("."))
        self.assertContains(self.client.post(IMPORT, {}), "errorlist")
        self.assertFalse(Upload.objects.exists())

    def test_damage_inside_an_archive_refuses_that_post_alone(self):
        archive = bytearray(zipped(a=POST, b=post("2026-01-04")))
        start = archive.index(b"_posts/a.md") + len(b"_posts/a.md")
        for place in range(start, start + 40):
            archive[place] ^= 0xFF
        report = self.upload(bytes(archive), "a.zip")
        self.assertEqual(self.counts(report), {"created": 1, "refused": 1})

    def test_what_is_too_large_is_refused_in_words(self):
        with patch.object(uploads, "MAX_BYTES", 100):
            self.assertContains(self.upload(), "errorlist")
        with patch.object(uploads, "MAX_POSTS", 1):
            response = self.upload(zipped(a=POST, b=post("2026-01-04")), "a.zip")
        self.assertContains(response, "errorlist")
        self.assertFalse(Upload.objects.exists())

    def test_each_user_keeps_a_few_uploads(self):
        for _number in range(uploads.MAX_KEPT + 2):
            self.upload()
        self.assertEqual(Upload.objects.count(), uploads.MAX_KEPT)


def set_flag(archive):
    """The archive with names that claim to be UTF-8."""
    data = bytearray(archive)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset + 1] |= 0x08
    return bytes(data)


class DecisionTests(UploadCase):
    def test_importing_makes_a_draft_in_the_name_of_the_user(self):
        response = self.bring_in()
        self.assertEqual(self.counts(response), {"created": 1})
        self.assertEqual(Digest.objects.get().status, "draft")
        self.assertEqual(AuditEntry.objects.get(action="imported").actor_id, self.editor.pk)
        self.assertEqual(Digest.objects.get().revisions.get().author, self.editor)
        self.assertFalse(Upload.objects.exists())

    def test_drafts_are_published_where_that_was_ticked(self):
        response = self.bring_in(publish="on")
        self.assertEqual(self.counts(response), {"created": 1, "published": 1})
        self.assertEqual(Digest.objects.get().status, "published")

    def test_work_done_here_stays_unless_overwriting_was_ticked(self):
        self.bring_in()
        Article.objects.update(headline="여기서 고친 제목")
        report = self.upload()
        self.assertEqual(self.counts(report), {"refused": 1})
        self.assertContains(report, 'name="force"')
        self.assertContains(report, "고친")
        self.assertEqual(self.counts(self.decide(report)), {"refused": 1})
        self.assertEqual(Article.objects.get().headline, "여기서 고친 제목")
        response = self.decide(self.upload(), force="on")
        self.assertEqual(self.counts(response), {"updated": 1})
        self.assertEqual(Article.objects.get().headline, HEADLINE)

    def test_what_was_saved_after_the_report_is_not_overwritten_unseen(self):
        self.bring_in()
        Article.objects.update(headline="보고서에 나온 제목")
        report = self.upload()
        Article.objects.update(headline="그 뒤에 고친 제목")
        Digest.objects.update(version=2)
        self.assertEqual(self.counts(self.decide(report, force="on")), {"refused": 1})
        self.assertEqual(Article.objects.get().headline, "그 뒤에 고친 제목")

    def test_nonsense_in_the_form_overwrites_nothing(self):
        self.bring_in()
        Article.objects.update(headline="여기서 고친 제목")
        for seen in ("", "x", "1:", ":1", "9" * 30 + ":1", "1:²", "1:1:1"):
            with self.subTest(seen):
                self.decide(self.upload(), force="on", seen=seen)
                self.assertEqual(Article.objects.get().headline, "여기서 고친 제목")

    def test_a_second_press_says_that_it_is_done(self):
        report = self.upload()
        self.decide(report)
        response = self.client.post(IMPORT, {"key": report.context["upload"].key}, follow=True)
        self.assertRedirects(response, IMPORT)
        self.assertEqual([m.level_tag for m in response.context["messages"]], ["error"])
        self.assertEqual(Digest.objects.count(), 1)


@pytest.mark.one_engine
class PermissionTests(UploadCase):
    def test_who_may_see_the_page(self):
        self.assertEqual(self.answers(lambda: self.client.get(IMPORT)), [LOGIN, FORBIDDEN, OK, OK])

    def test_who_may_upload(self):
        self.assertEqual(self.answers(self.upload), [LOGIN, FORBIDDEN, OK, OK])
        self.assertEqual(Upload.objects.count(), 2)

    def test_adding_alone_and_changing_alone_are_not_enough(self):
        for verb in ("add", "change"):
            user = make_user(verb, permissions=[f"{verb}_digest", "view_digest"])
            self.client.force_login(user)
            self.assertEqual(self.upload().status_code, FORBIDDEN)
            self.assertNotContains(self.client.get(LIST), f'href="{IMPORT}"')

    def test_the_upload_of_another_user_is_not_there(self):
        report = self.upload()
        self.client.force_login(self.writer)
        for key in (report.context["upload"].key, uuid.uuid4(), "x", ""):
            for button in ({}, {"_look": "1"}):
                response = self.client.post(IMPORT, {"key": key, **button})
                self.assertRedirects(response, IMPORT, fetch_redirect_response=False)
        self.assertFalse(Digest.objects.exists())
        self.assertEqual(Upload.objects.get().user, self.editor)

    def test_only_those_who_publish_publish(self):
        self.client.force_login(self.writer)
        report = self.upload(publish="on")
        self.assertNotContains(report, 'name="publish"')
        self.assertEqual(self.counts(self.decide(report, publish="on")), {"created": 1})
        self.assertEqual(Digest.objects.get().status, "draft")

    def test_only_editors_change_what_readers_see(self):
        self.bring_in(publish="on")
        self.client.force_login(self.writer)
        changed = self.upload(POST.replace("40%", "45%"))
        self.assertEqual(self.counts(changed), {"refused": 1})
        self.assertEqual(self.counts(self.decide(changed, force="on")), {"refused": 1})
        self.assertIn("응답 시간 40% 단축", Article.objects.get().points)
        self.assertEqual(self.counts(self.upload()), {"unchanged": 1})
        publishing.withdraw(Digest.objects.get())
        self.assertEqual(self.counts(self.bring_in(POST.replace("40%", "45%"))), {"updated": 1})


class PurgeTests(UploadCase):
    def test_uploads_are_forgotten_after_a_day(self):
        with time_machine.travel("2026-01-03T09:00:00+09:00", tick=False) as clock:
            report = self.upload()
            clock.shift(dt.timedelta(hours=23))
            self.assertEqual(uploads.purge(), 0)
            clock.shift(dt.timedelta(hours=1))
            self.client.force_login(self.editor)
            response = self.client.post(IMPORT, {"key": report.context["upload"].key})
            self.assertRedirects(response, IMPORT, fetch_redirect_response=False)
            output = StringIO()
            with translation.override("en"):
                call_command("run_due", stdout=output)
        self.assertIn("Uploads forgotten: 1", output.getvalue())
        self.assertFalse(Upload.objects.exists())
