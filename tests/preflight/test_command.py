import io
import json
import tempfile
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import TestCase
from django.utils import translation

from articles.digests import revisions
from articles.digests.publishing import check_digest
from articles.models import Digest
from tests.support.factories import make_article, make_digest
from tests.support.posts import post

# Findings are made in Python; both engines are asked in `test_findings.py`.
pytestmark = pytest.mark.one_engine

# Invented, with the faults that a post typed by hand is likely to have.
FAULTY = """---
title: "2026-01-03 AI 뉴스"
date: 2026-01-03 00:31:05 +0900
---

## 科技资讯AI速递：昨夜今晨热点

[晨光科技报](https://chenguang.example/zx/2026-01-03/doc-a1.shtml) - 발행일: 2026-01-03

### 요약
- 병원 세 곳이 온디바이스 모델을 시험
- 응답 시간을 절반으로 단축 (사진 포함)

### 주요 내용 및 시사점
- **기술적 의미**: 작은 모델로 충분하다는 증거
- **산업적 영향**: 의료기기 회사의 새 시장
- **향후 전망**: 연말까지 스무 곳으로 확대 전망.

---

## 벽람科技 상장에 쏠린 눈

[晨光科技报](http://www.chenguang.example/zx/2026-01-03/doc-a1.shtml?spm=x)
[Bharat Times](https://bharat.example/lapses-101767382041775.html/amp) - 발행일: 2026-01-03
[Nate 뉴스](https://news.nate.com/view/20260103n02527) - 발행일: 2026-01-03

### 요약
- 홍콩거래소에 상장, 첫날 주가 75.82% 상승
- 명확한 수익 시점은 제시하지 않음

### 주요 내용 및 시사점
- **기술적 의미**: 새로운 경쟁자의 등장
- **산업적 영향**: 반도체 업계에 자금 유입 가능성
- **향후 전망**: 차세대 칩이 관건
"""


class CommandTests(TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def run_command(self, *arguments):
        """Exit status, standard output, and standard error with the last sentence."""
        output, errors = io.StringIO(), io.StringIO()
        status, sentence = 0, ""
        with translation.override("en"):
            try:
                call_command("preflight", *arguments, stdout=output, stderr=errors, no_color=True)
            except CommandError as error:
                status, sentence = error.returncode, str(error)
        return status, output.getvalue(), errors.getvalue() + sentence

    def test_good_post_passes(self):
        status, output, errors = self.run_command(self.file("2026-01-03-a.md", post()))
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("0 errors", output)

    def test_faulty_post_shows_every_fault_and_no_error(self):
        path = self.file("2026-01-03-a.md", FAULTY)
        status, output, _errors = self.run_command("--json", path)
        [report] = json.loads(output)
        found = {
            (f["code"], list(report["articles"]).index(f["article"]) + 1, f["field"])
            for f in report["findings"]
        }
        self.assertEqual(status, 0)
        self.assertEqual(
            found,
            {
                ("headline-script", 1, "headline"),
                ("photo-credit", 1, "points"),
                ("single-source", 1, "citations"),
                ("full-stops-mixed", 1, "outlook"),
                ("tags-missing", 1, "tags"),
                ("half-translated", 2, "headline"),
                ("source-repeated-in-issue", 2, "citations"),
                ("address-not-canonical", 2, "citations"),
                ("publication-date-missing", 2, "citations"),
                ("source-newer-than-issue", 2, "citations"),
                ("publisher-is-portal", 2, "citations"),
                ("tags-missing", 2, "tags"),
            },
        )

    def test_text_is_grouped_by_article(self):
        _status, output, _errors = self.run_command(self.file("2026-01-03-a.md", FAULTY))
        first, second = output.index("1. 科技资讯"), output.index("2. 벽람科技")
        self.assertLess(first, output.index("photo-credit [points 2]"))
        self.assertLess(output.index("photo-credit"), second)
        self.assertLess(second, output.index("source-repeated-in-issue [citations 1]"))
        self.assertTrue(output.rstrip().endswith("0 errors, 8 warnings, 5 hints."), output[-60:])

    def test_fail_level_decides_the_status(self):
        path = self.file("2026-01-03-a.md", FAULTY)
        for level, expected in (("error", 0), ("warning", 1), ("hint", 1)):
            status, _output, errors = self.run_command("--fail-level", level, path)
            self.assertEqual(status, expected, level)
            self.assertEqual("Not ready for press" in errors, bool(expected))

    def test_error_fails_by_default(self):
        text = post().replace("응답 시간 40% 단축", "TODO: 둘째 요점")
        status, output, _errors = self.run_command(self.file("a.md", text))
        self.assertEqual(status, 1)
        self.assertIn("error template-residue [points 2]", output)

    def test_refused_file_is_reported_with_its_line(self):
        path = self.file("a.md", post() + "## 둘째\n### 요약\n### 요약\n")
        status, output, errors = self.run_command(path, self.file("b.md", post()))
        line = (post() + "## 둘째\n### 요약\n").count("\n") + 1
        self.assertEqual(status, 1)
        self.assertIn(f"{path}:{line}: ", errors)
        self.assertIn("0 errors", output)
        [refused, _read] = json.loads(
            self.run_command("--json", path, self.file("b.md", post()))[1]
        )
        self.assertEqual(refused["refused"][0]["line"], line)

    def test_directories_give_their_posts(self):
        self.file("2026-01-04-a.md", post("2026-01-04"))
        self.file("2026-01-03-a.md", post())
        self.file("notes.txt", "x")
        _status, output, _errors = self.run_command("--json", str(self.folder))
        names = [Path(report["target"]).name for report in json.loads(output)]
        self.assertEqual(names, ["2026-01-03-a.md", "2026-01-04-a.md"])

    def test_file_named_for_another_day_is_found(self):
        path = self.file("2026-01-02-ai-news.md", post())
        self.assertIn("slug-date-differs", self.run_command(path)[1])

    def test_stored_digest_is_checked_by_its_date(self):
        digest = make_digest(articles=0, published=False)
        make_article(digest, headline="벽람科技 상장")
        status, output, _errors = self.run_command("--json", "2026-01-03")
        [report] = json.loads(output)
        with translation.override("en"):
            expected = [finding.as_dict() for finding in check_digest(digest)]
        self.assertEqual((status, report["target"]), (0, "2026-01-03"))
        self.assertEqual(report["findings"], expected)
        self.assertIn("half-translated", {finding["code"] for finding in expected})

    def test_nothing_is_saved(self):
        digest = make_digest(published=False)
        before = revisions.snapshot(digest)
        self.run_command("2026-01-03", self.file("a.md", post("2026-01-05")))
        self.assertEqual(list(Digest.objects.all()), [digest])
        self.assertEqual(revisions.snapshot(digest), before)

    def test_what_cannot_be_understood_ends_with_a_sentence(self):
        (self.folder / "empty").mkdir()
        for target, sentence in (
            ("2026-01-09", "There is no digest for 2026-01-09."),
            ("2026-13-09", "2026-13-09 is not a date."),
            ("nowhere.md", "nowhere.md is neither a date such as 2026-01-03 nor a file"),
            (str(self.folder / "empty"), "holds no Markdown file"),
        ):
            status, output, errors = self.run_command(target)
            self.assertEqual((status, output), (2, ""), target)
            self.assertIn(sentence, errors)
