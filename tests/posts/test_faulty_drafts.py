"""A faulty draft goes out as a file and comes back the same. Readers never get its faults."""

import json
from zoneinfo import ZoneInfo

from articles import document
from articles.digests import diffing, editing, publishing, revisions
from articles.models import Digest
from articles.posts import json_document, public_snapshots
from articles.posts.exporting import export_digests, markdown_of, public_markdown_of
from tests.posts.test_importing import ImportCase
from tests.posts.test_json_document import SCHEMA
from tests.support.factories import make_digest, publish
from tests.support.json_schema import faults
from tests.support.posts import POST

RAW = "나래신문 | https://narae.example/2 | 어제"
UNREAD = {"publisher": RAW, "url": "", "published_on": None}


def make_faulty():
    digest = make_digest(articles=2, published=False)
    data = revisions.snapshot(digest)
    first, second = data["articles"]
    first["headline"] = ""
    first["citations"] = [UNREAD, *first["citations"], UNREAD | {"publisher": "출처: 몰라요"}]
    second["citations"] = [UNREAD]
    second["points"] = ["점" * 1_500]
    editing.write(digest, data | {"title": "", "introduction": "긴 글" * 4_000})
    digest.refresh_from_db()
    return digest


class RoundTripTests(ImportCase):
    def test_an_exported_draft_is_read_back_as_the_same_draft(self):
        digest = make_faulty()
        before = revisions.snapshot(digest)
        export_digests(self.folder, "markdown", everything=True)
        digest.delete()
        [outcome] = self.run_import()
        self.assertEqual(outcome.status, "created")
        after = revisions.snapshot(Digest.objects.get())
        uids = zip(before["articles"], after["articles"], strict=True)
        for old, new in uids:
            new["uid"] = old["uid"]
        self.assertEqual(diffing.compare(before, after).fields, [])
        self.assertFalse(diffing.compare(before, after))
        self.assertEqual(self.statuses(), {"2026-01-03-digest.md": "unchanged"})

    def test_a_faulty_post_is_kept_from_readers_and_the_report_says_why(self):
        line = "출처 확인 필요: 한빛 | 어제\n[한빛일보]"
        for name, text in (
            ("line", POST.replace("[한빛일보]", line)),
            ("headline", POST.replace("## 온디바이스 모델, 지역 병원에 도입", "##")),
            ("title", POST.replace('title: "2026-01-03 AI 뉴스"', "title:")),
            ("long title", POST.replace("2026-01-03 AI 뉴스", "제" * 201)),
        ):
            with self.subTest(name):
                Digest.objects.all().delete()
                self.write("a.md", text)
                for status in ("created", "unchanged"):
                    [outcome] = self.run_import(publish=True)
                    self.assertEqual(outcome.status, status)
                    self.assertTrue(outcome.is_held_back)
                    self.assertTrue(outcome.notices)
                self.assertEqual(Digest.objects.get().status, "draft")

    def test_what_readers_have_is_not_replaced_by_a_faulty_post(self):
        self.write("a.md", POST)
        self.run_import(publish=True)
        self.write("a.md", POST.replace("## 온디바이스 모델, 지역 병원에 도입", "##"))
        [outcome] = self.run_import(force=True)
        self.assertEqual(outcome.status, "refused")
        self.assertTrue(Digest.objects.get().articles.get().headline)

    def test_long_texts_of_an_archive_are_published(self):
        long = POST.replace("## 온", f"{'글 ' * 6_000}\n\n## 온", 1) + "글 " * 11_000
        self.write("a.md", long + "\n")
        [outcome] = self.run_import(publish=True)
        self.assertTrue(outcome.is_published)
        self.assertEqual(markdown_of(Digest.objects.get()).decode(), long + "\n")


class ReaderTests(ImportCase):
    def test_no_public_form_of_a_draft_has_its_lines(self):
        digest = make_faulty()
        data = public_snapshots.of(revisions.snapshot(digest))
        for text in (
            json.dumps(data, ensure_ascii=False),
            public_markdown_of(digest).decode(),
            json_document.write(revisions.snapshot(digest)).decode(),
        ):
            self.assertNotIn("어제", text)
            self.assertNotIn("몰라요", text)
        document.parse(public_markdown_of(digest).decode(), ZoneInfo("Asia/Seoul"))

    def test_the_operator_gets_them_as_json(self):
        digest = make_faulty()
        export_digests(self.folder, "json", everything=True)
        found = json.loads((self.folder / "2026-01-03.json").read_text(encoding="utf-8"))
        self.assertEqual(list(faults(found, SCHEMA)), [])
        self.assertEqual((found["title"], found["articles"][0]["headline"]), ("", ""))
        lines = [[0, RAW], [2, "출처: 몰라요"]]
        self.assertEqual(
            found["articles"][0]["unread_citations"],
            [{"place": place, "line": line} for place, line in lines],
        )
        self.assertEqual(len(found["articles"][0]["citations"]), 1)
        publish(make_digest("2026-01-05", published=False))
        export_digests(self.folder, "json", everything=True)
        text = (self.folder / "2026-01-05.json").read_text(encoding="utf-8")
        self.assertNotIn("unread_citations", text)
        self.assertFalse(digest.is_public)

    def test_unchecked_publishing_stops_at_faults(self):
        with self.assertRaises(publishing.NotReady):
            publishing.publish(make_faulty(), unchecked=True)
