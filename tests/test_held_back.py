"""A post that says that it is not for readers never gets to them by an import."""

import json
import os
import zipfile
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.test import SimpleTestCase
from django.utils.translation import override

from articles import document
from articles.digests import publishing
from articles.models import Digest
from articles.posts import exporting
from articles.posts.importing import import_posts
from articles.posts.post_files import find_posts
from tests.admin.form.test_uploading import UploadCase, zipped
from tests.posts.test_importing import ImportCase
from tests.support.posts import POST, post

HIDDEN = (
    "published: false",
    "published: False",
    'published: "no"',
    "published: off",
    "draft: true",
)
HIDDEN += ("draft: True", "draft: 'yes'", "Draft: on", "published: [true]", "published: maybe")
HIDDEN += ("published:", "draft: {why: x}", "status: draft", "private: true", "hidden: 1")
HIDDEN += ("visibility: private", "visibility: members", "Visibility: [a]", "publish: false")
HIDDEN += ("public: no", "isDraft: true", "is_draft: yes", "unlisted: true", "is_published: 0")
PUBLIC = ("published: true", "published: yes", "published: 2026-01-03", "draft: false", "draft: ~")
PUBLIC += ("status: publish", "published: 'True'", "hidden: no", "draft:", "published_by: false")
PUBLIC += ("visibility: public", "visibility:", "publish: true", "isDraft: false", "public: yes")

# Front matter that nobody can read as such, above a post.
UNREADABLE = (
    "---\n  title: x\n  draft: true\n  a: [\n---\n",
    "---\ntitle: x\n\tdraft: true\na: [\n---\n",
    "---\ntitle: x\na: [\n'published' : 'no' # not yet\n---\n",
    "---\ntitle: x\ndraft:true\n---\n",
    "---\ntitle: x\ndraft: true\ndraft: false\n---\n",
    "---\ntitle: x\na: &x {draft: true}\n<<: *x\n---\n",
    "---\n- title: x\n- draft: true\n---\n",
    "---\r\ntitle: x\r\ndraft: true\r\n...\r\n",
    "---\ntitle: x\nstatus: Draft\n",
    '+++\ntitle = "x"\na = [\ndraft = true\n+++\n',
    "---\ntitle = 'x'\ndraft = true\n---\n",
    '{\n"title": "x", "draft": true}\n',
    ';;;\n{"published": false}\n;;;\n',
    "\n\n---\ntitle: x\npublished: false\n---\n",
    "\ufeff<!-- x -->\n---\ntitle: x\nunpublished: Yes\n---\n",
    "----\ntitle: x\nprivate: 1\n----\n",
    "---\ntitle: x\na: [\nvisibility: members\n---\n",
    '{"title": "x", "isDraft": true}\n',
)


def with_key(line, text=POST):
    return text.replace("categories: news", f"categories: news\n{line}")


class KeyTests(SimpleTestCase):
    def test_what_hides_a_post_and_what_does_not(self):
        for lines, is_hidden in ((HIDDEN, True), (PUBLIC, False)):
            for line in lines:
                with self.subTest(line):
                    read = document.parse(with_key(line), ZoneInfo("Asia/Seoul"))
                    found = document.not_for_readers(read.front_matter)
                    self.assertEqual(bool(found), is_hidden, found)


# Whether a post is held back is read from its text.
@pytest.mark.one_engine
class HeldBackTests(ImportCase):
    def assertHidden(self, outcome, status="created"):
        self.assertEqual((outcome.status, outcome.is_published), (status, False))
        self.assertTrue(outcome.is_held_back)
        self.assertEqual(Digest.objects.get().status, Digest.Status.DRAFT)
        self.assertEqual(self.client.get("/2026/01/03/").status_code, 404)

    def test_such_a_post_stays_a_draft(self):
        for line in HIDDEN:
            for force in (False, True):
                with self.subTest(line, force=force):
                    Digest.objects.all().delete()
                    self.write("a.md", with_key(line))
                    [outcome] = self.run_import(publish=True, force=force)
                    self.assertHidden(outcome)
                    self.assertIn(line.partition(":")[0] + ":", outcome.notices[0])

    def test_a_mark_in_front_matter_that_is_not_valid_holds_a_post_back(self):
        for head in UNREADABLE:
            for body in ("\n## 제목\n\n### 요약\n- 점\n", "\n**제목**\n\n요약:\n- 점\n"):
                with self.subTest(head, body=body):
                    Digest.objects.all().delete()
                    self.write("2026-01-03-news.md", head + body)
                    [outcome] = self.run_import(publish=True)
                    self.assertHidden(outcome)

    def test_words_about_drafts_in_a_text_hold_nothing_back(self):
        text = "요약:\n- draft: true라는 말\n- published: false, 그리고 status: draft 두 가지\n"
        self.write("2026-01-03-news.md", f"**제목**\n\n{text}")
        [outcome] = self.run_import(publish=True)
        self.assertTrue(outcome.is_published)

    def test_the_others_are_published(self):
        for line in PUBLIC:
            with self.subTest(line):
                Digest.objects.all().delete()
                self.write("a.md", with_key(line))
                [outcome] = self.run_import(publish=True)
                self.assertTrue(outcome.is_published)
                self.assertEqual(outcome.notices, [])

    def test_a_folder_of_drafts(self):
        for name in ("_drafts/a.md", "blog/_Drafts/deep/a.md"):
            with self.subTest(name):
                Digest.objects.all().delete()
                path = self.write(name, POST)
                self.assertHidden(self.run_import(publish=True)[0])
                path.unlink()

    def test_a_folder_of_drafts_that_is_where_the_command_runs(self):
        path = self.write("_drafts/a.md", POST)
        before = Path.cwd()
        self.addCleanup(os.chdir, before)
        os.chdir(path.parent)
        self.assertTrue(find_posts([Path("a.md")])[0].is_draft)
        self.assertTrue(find_posts([Path()])[0].is_draft)

    def test_a_folder_of_drafts_in_a_zip(self):
        for name in ("site/_drafts/a.md", "site\\_drafts\\a.md"):
            with self.subTest(name):
                Digest.objects.all().delete()
                path = self.folder / "a.zip"
                with zipfile.ZipFile(path, "w") as archive:
                    archive.writestr(name, POST)
                [outcome] = import_posts(find_posts([path]), publish=True)
                self.assertHidden(outcome)

    def test_importing_again_changes_nothing(self):
        self.write("a.md", with_key("draft: true"))
        self.run_import(publish=True)
        self.assertHidden(self.run_import(publish=True)[0], "unchanged")
        self.assertHidden(self.run_import(publish=True, force=True)[0], "unchanged")

    def test_a_draft_that_becomes_ready_is_published(self):
        self.write("a.md", with_key("draft: true"))
        self.run_import(publish=True)
        self.write("a.md", POST)
        [outcome] = self.run_import(publish=True)
        self.assertTrue(outcome.is_published)
        self.assertEqual(Digest.objects.get().status, Digest.Status.PUBLISHED)

    def test_a_post_that_became_a_draft_does_not_change_what_readers_have(self):
        changed = with_key("published: false", POST.replace("40%", "비밀"))
        for at in (None, "2999-01-03"):
            for options in ({}, {"publish": True}, {"publish": True, "force": True}):
                with self.subTest(at=at, **options):
                    Digest.objects.all().delete()
                    self.write("a.md", POST if at is None else post(at))
                    self.run_import(publish=True)
                    text = changed if at is None else with_key("draft: true", post(at) + "비밀\n")
                    self.write("a.md", text)
                    [outcome] = self.run_import(**options)
                    self.assertEqual(outcome.status, "refused")
                    self.assertIn("철회", outcome.errors[0][1])
                    self.assertNotIn("비밀", exporting.markdown_of(Digest.objects.get()).decode())

    def test_what_an_editor_published_in_spite_of_it_comes_in_unchanged(self):
        self.write("a.md", with_key("published: false"))
        self.run_import()
        publishing.publish(Digest.objects.get(), unchecked=True)
        [outcome] = self.run_import(publish=True)
        self.assertEqual((outcome.status, outcome.is_held_back), ("unchanged", False))
        exported = exporting.markdown_of(Digest.objects.get()).decode()
        self.assertIn("published: false", exported)
        self.assertNotIn(
            "published",
            self.client.get(Digest.objects.get().get_absolute_url()[:-1] + ".md").content.decode(),
        )
        Digest.objects.all().delete()
        self.write("a.md", exported)
        self.assertTrue(self.run_import(publish=True)[0].is_held_back)

    def test_a_post_of_a_coming_day_waits_for_it(self):
        self.write("a.md", post("2999-01-03"))
        self.run_import(publish=True)
        self.assertEqual(Digest.objects.get().status, Digest.Status.SCHEDULED)
        self.assertEqual(self.client.get("/2999/01/03/").status_code, 404)

    def run_command(self, **options):
        output = StringIO()
        call_command("import_posts", str(self.folder), stdout=output, **options)
        return output.getvalue()

    def test_the_command_says_so(self):
        self.write("a.md", with_key("published: false"))
        self.write("_drafts/b.md", post("2026-01-04"))
        self.write("c.md", post("2026-01-05"))
        with override("en"):
            said = self.run_command(publish=True)
        self.assertIn("a.md: created\n  Not published, because it is not for readers", said)
        self.assertIn("(published: false)", said)
        self.assertIn("it lies in a folder of drafts", said)
        self.assertIn("3 posts: 3 created, 2 held back, 1 published.", said)

    def test_the_report_for_machines_says_so(self):
        self.write("a.md", with_key("published: false") + "\n<!-- 메모 -->\n")
        report = json.loads(self.run_command(publish=True, json=True))
        [file] = report["files"]
        self.assertEqual((file["published"], file["held_back"]), (False, True))
        self.assertEqual(len(file["notices"]), 2)
        self.assertEqual(report["totals"], {"created": 1, "held back": 1})

    def test_a_refused_one_fails_the_command(self):
        self.write("a.md", POST)
        self.run_command(publish=True)
        self.write("a.md", with_key("draft: true"))
        with self.assertRaises(CommandError):
            self.run_command()


class DeskTests(UploadCase):
    def test_the_desk_publishes_none_and_says_so_before_and_after(self):
        content = zipped(a=with_key("draft: true"), b=post("2026-01-04"))
        report = self.upload(content, "posts.zip", publish="on")
        expected = {"created": 2, "published": 1, "held back": 1}
        self.assertEqual(self.counts(report), expected)
        self.assertContains(report, "draft: true")
        result = self.decide(report, publish="on")
        self.assertEqual(self.counts(result), expected)
        self.assertContains(result, "draft: true")
        self.assertEqual(self.client.get("/2026/01/03/").status_code, 404)
        self.assertEqual(self.client.get("/2026/01/04/").status_code, 200)
