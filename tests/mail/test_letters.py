"""The mail of a digest: what is in it, how long it may be, and that nothing hidden is in it."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import TestCase, override_settings
from django.utils import translation

from articles.digests import publishing
from articles.mail import letters
from articles.mail.letters import UNSUBSCRIBE, letter_of
from articles.models import Correction
from articles.pages import parts
from tests.support.factories import make_article, make_digest, make_picture
from tests.support.html_rules import errors

pytestmark = pytest.mark.one_engine

STYLE = re.compile(r'style="([^"]*)"')
# What mail programs are known to show (Can I email, 2026): the properties of inline styles.
SHOWN = {
    *("background-color", "border", "border-left", "border-top", "color", "display"),
    *("font-family", "font-size", "font-weight", "height", "line-height", "margin", "max-width"),
    *("mso-hide", "overflow-wrap", "padding", "text-decoration", "white-space", "width"),
    "word-break",
}
ELEMENTS = {
    *("a", "blockquote", "body", "br", "code", "del", "div", "em", "h1", "h2", "h3", "head", "hr"),
    *("html", "img", "li", "meta", "ol", "p", "pre", "strong", "style", "table", "tbody", "td"),
    *("th", "thead", "title", "tr", "ul", "u", "s", "sub", "sup"),
}
MARKDOWN = """\
첫 문단의 **강조**와 [링크](https://a.example/x?a=1&b=2), <https://b.example/>.

- 하나
- 둘
    1. 안쪽

> 따온 말

| 이름 | 값 |
| --- | --- |
| 가 | 1 |

    if a < b:
        pass
"""


class LetterTestCase(TestCase):
    def setUp(self):
        self.enterContext(override_settings(SITE_URL="https://news.example"))
        self.digest = make_digest(articles=0, published=False, title="오늘의 소식: 칩과 전력")

    def letter(self, **options):
        return letter_of(self.digest, **options)


class ContentTests(LetterTestCase):
    def test_all_that_the_page_shows_is_in_both_forms(self):
        make_article(
            self.digest,
            headline="새 가속기, 전력 <절반>으로",
            points=["요점 하나", "요점 [둘](https://c.example/)"],
            technical_significance=MARKDOWN,
            outlook="전망이다.",
            drafted_by="ai",
            read_by="김민지",
            other=[{"text": "요점 다음 글", "after": "points"}],
        )
        self.digest.introduction = "여는 글이다."
        letter = self.letter()
        for text in ("요점 하나", "여는 글이다.", "전망이다.", "요점 다음 글", "한빛", "김민지"):
            self.assertIn(text, letter.html)
            self.assertIn(text, letter.text)
        self.assertIn("새 가속기, 전력 &lt;절반&gt;으로", letter.html)
        self.assertIn("1. 새 가속기, 전력 <절반>으로", letter.text)
        self.assertIn('href="https://news.example/2026/01/03/', letter.html)

    def test_the_plain_form_reads_as_a_person_types(self):
        make_article(
            self.digest, technical_significance=MARKDOWN, points=["요점 [둘](https://c.example/)"]
        )
        text = self.letter().text
        self.assertIn("- 요점 둘 (https://c.example/)\n", text)
        written = (
            "첫 문단의 강조와 링크 (https://a.example/x?a=1&b=2), https://b.example/.\n\n"
            "- 하나\n- 둘\n  1. 안쪽\n\n> 따온 말\n\n이름 | 값\n가 | 1\n\nif a < b:\n    pass\n"
        )
        self.assertIn(written, text)
        self.assertNotRegex(text, r"&(amp|lt|gt|#\d+);|</?[a-z]+>|\n{4}| \n")

    def test_subject_and_preheader_do_not_say_the_same(self):
        for number in range(3):
            make_article(self.digest, headline=f"{number}번 제목")
        self.digest.title = "2026-01-03 AI 뉴스"
        letter = self.letter()
        self.assertEqual(letter.subject, "0번 제목 외 2건")
        self.assertEqual(letter.preheader, "1번 제목 · 2번 제목")
        self.digest.introduction = "여는 글."
        self.assertEqual(self.letter().preheader, "여는 글.")

    def test_a_mail_is_in_the_language_of_its_digest_whoever_looks(self):
        make_article(self.digest)
        self.digest.language = "en"
        with translation.override("ko"):
            letter = self.letter()
        self.assertIn('<html lang="en">', letter.html)
        self.assertIn("Read it on the site", letter.text)
        self.assertNotIn("출처", letter.text)

    def test_nothing_hidden_is_in_it(self):
        hidden = "<!-- 감춘 말 -->보이는 말{% comment %}감춘 꼬리표{% endcomment %}"
        make_article(self.digest, points=[hidden], outlook=hidden)
        letter = self.letter()
        for form in (letter.html, letter.text):
            self.assertIn("보이는 말", form)
            self.assertNotIn("감춘", form)

    def test_the_link_of_the_service_has_its_place_where_it_is_asked_for(self):
        make_article(self.digest)
        letter = self.letter(can_unsubscribe=True)
        self.assertEqual(letter.html.count(UNSUBSCRIBE), 1)
        self.assertEqual(letter.text.count(UNSUBSCRIBE), 1)
        self.assertNotIn(UNSUBSCRIBE, self.letter().html + self.letter().text)

    def test_nothing_tracks(self):
        make_article(self.digest, picture=make_picture(), picture_alt="그림")
        images = re.findall(r'<img [^>]*src="([^"]*)"', self.letter().html)
        self.assertEqual(len(images), 1)
        self.assertTrue(images[0].startswith("https://news.example/pictures/"), images[0])


class CorrectionTests(LetterTestCase):
    def test_what_was_wrong_yesterday_comes_first(self):
        yesterday = make_digest("2026-01-02", title="어제 소식")
        article = yesterday.articles.first()
        before, after = (yesterday.first_public_at + dt.timedelta(hours=n) for n in (-1, 3))
        for moment, about, text in (
            (before, None, "지난 일"),
            (after, article, "숫자는 **3**이다."),
        ):
            Correction.objects.create(
                digest=yesterday, article=about, text=text, corrected_at=moment
            )
        hidden = make_digest("2026-01-01", title="거둔 소식")
        Correction.objects.create(digest=hidden, text="감춘 정정", corrected_at=after)
        publishing.withdraw(hidden)
        make_article(self.digest, headline="오늘 기사")
        letter = self.letter()
        for form in (letter.html, letter.text):
            self.assertLess(form.index("3"), form.index("오늘 기사"))
            self.assertNotIn("지난 일", form)
            self.assertNotIn("감춘", form)
        self.assertIn("2026-01-02", letter.text)
        self.assertIn(article.shown_headline, letter.text)

    def test_corrections_of_its_own_are_where_they_belong(self):
        article = make_article(self.digest, headline="고친 기사")
        digest = publishing.publish(self.digest, unchecked=True)
        publishing.correct(digest, "기사의 정정.", article=article)
        publishing.correct(digest, "전체의 정정.")
        digest.refresh_from_db()
        text = letter_of(digest).text
        places = [text.index(word) for word in ("전체의 정정.", "고친 기사", "기사의 정정.")]
        self.assertEqual(places, sorted(places))


class FormTests(LetterTestCase):
    def filled(self):
        make_article(
            self.digest, technical_significance=MARKDOWN, picture=make_picture(), picture_alt="그림"
        )
        self.digest.introduction = MARKDOWN
        return self.letter(can_unsubscribe=True)

    def test_the_html_has_no_error(self):
        found = [e for e in errors(self.filled().html) if "tabindex" not in e]
        # A mail has no landmarks.
        self.assertEqual([e for e in found if "landmark" not in e and "main" not in e], [])

    def test_only_what_mail_programs_show_is_used(self):
        html = self.filled().html
        body = html.partition("<body")[2]
        used = {
            part.partition(":")[0].strip() for s in STYLE.findall(body) for part in s.split(";")
        }
        self.assertEqual(used - SHOWN - {""}, set())
        self.assertEqual(set(re.findall(r"<([a-z][a-z0-9]*)", html)) - ELEMENTS, set())
        for never in ("<script", "<link", "<svg", "position:", "float:", "flex", "var(", "url("):
            self.assertNotIn(never, html)

    def test_every_address_is_absolute(self):
        found = re.findall(r'(?:href|src)="([^"]*)"', self.filled().html)
        self.assertEqual([a for a in found if not re.match("https?://|mailto:", a)], [])

    def test_dark_colours_are_in_the_head_and_the_others_are_inlined(self):
        html = self.filled().html
        head = html.partition("</head>")[0]
        self.assertIn("prefers-color-scheme: dark", head)
        self.assertLess(len(head), 8_000)  # Gmail drops a style of more than 8,192 characters
        self.assertLess(head.index("charset"), 100)
        self.assertNotIn('class="headline">', html)


class LengthTests(LetterTestCase):
    def test_a_long_digest_ends_with_headlines_and_a_link(self):
        for number in range(15):
            make_article(
                self.digest, headline=f"{number}번 기사", outlook=f"본문{number} " + "말 " * 5000
            )
        letter = self.letter()
        self.assertLessEqual(letter.size, letters.MAX_BYTES)
        self.assertFalse(letter.is_whole)
        self.assertIn("본문0", letter.html)
        self.assertNotIn("본문14", letter.html)
        self.assertIn("본문14", letter.text)
        for number in range(15):
            self.assertIn(f"{number}번 기사", letter.html)
        self.assertIn("이어 읽기", letter.html)

    def test_one_article_that_is_too_long_is_its_headline(self):
        make_article(self.digest, headline="긴 기사", outlook="말 " * 50_000)
        letter = self.letter()
        self.assertLessEqual(letter.size, letters.MAX_BYTES)
        self.assertIn("긴 기사", letter.html)
        self.assertFalse(letter.is_whole)

    def test_a_long_introduction_is_told_in_its_first_lines(self):
        make_article(self.digest)
        self.digest.introduction = "여는 글이 길다. " * 3_000
        letter = self.letter()
        self.assertLess(letter.size, 20_000)
        self.assertTrue(letter.is_whole)

    def test_each_article_is_written_and_inlined_once(self):
        """The cost grows with the digest, not with its square."""
        for number in range(30):
            make_article(self.digest, headline=f"{number}번", outlook="말 " * 3_000)
        with pytest.MonkeyPatch.context() as monkeypatch:
            count = [0]
            render = letters.render_to_string

            def counted(name, *arguments):
                count[0] += name == "mail/_article.html"
                return render(name, *arguments)

            monkeypatch.setattr(letters, "render_to_string", counted)
            self.letter()
        self.assertEqual(count, [30])

    def test_it_takes_few_queries(self):
        make_digest("2026-01-02")
        for _number in range(5):
            make_article(self.digest)
        with self.assertNumQueries(7), time_machine.travel("2026-01-03T00:00Z", tick=False):
            self.letter()
        self.assertTrue(parts)
