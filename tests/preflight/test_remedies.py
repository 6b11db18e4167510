"""What a program mends by itself: only what preflight complains of, once, and nothing besides."""

from collections import Counter
from unittest import mock

from django.test import SimpleTestCase
from hypothesis import given, settings
from hypothesis import strategies as st

from articles import preflight
from articles.preflight import remedies
from articles.preflight.remedies import mend
from articles.rules.addresses import comparison_key, without_detours
from tests.preflight.snapshots import article, citation, digest

PIECES = st.sampled_from(
    [
        *("가나다", "다.", ".", "。", "…", "?", " ", "  ", "\u00a0 ", "\n", "\n\n", "**", "`", '"'),
        *("(사진 포함)", "[사진]", "(https://a.example/x)", "(표)", "（영상）", "사진=", "[자료]("),
        *("- ", "```\n", "| ", "# ", "<!-- 메모 -->", "[1]: https://a.example", "3.5%", ")", "”"),
    ]
)
TEXT = st.lists(PIECES, max_size=8).map("".join)
LINE = TEXT.map(lambda text: text.replace("\n", " ").strip())
ADDRESS_END = st.lists(
    st.sampled_from(
        [
            *("/a", "/amp", "/amp/", ".amp.html", "/amp.html", "?", "&", "id=1", "utm_source=x"),
            *("fbclid=y", "#top", "#!/amp", "%2Famp"),
        ]
    ),
    max_size=6,
).map("".join)
ADDRESS = st.builds(
    str.__add__,
    st.sampled_from(
        [
            "https://hanbit.example",
            "http://m.hanbit.example",
            "https://hanbit-example.cdn.ampproject.org/c/s/hanbit.example",
            "https://www.google.com/amp/s/hanbit.example",
        ]
    ),
    ADDRESS_END,
)
ARTICLE = st.builds(
    lambda headline, points, technical, industry, outlook, urls: article(
        headline=headline,
        points=list(filter(None, points)),
        technical_significance=technical,
        industry_impact=industry,
        outlook=outlook,
        citations=[citation(url) for url in urls],
    ),
    LINE,
    st.lists(LINE, max_size=3),
    *(TEXT, TEXT, TEXT),
    st.lists(ADDRESS, max_size=2),
)


def mended(**fields):
    return mend(digest(article(**fields)), "uid-1")


class RemedyTests(SimpleTestCase):
    def test_trackers_and_amp_leave_an_address(self):
        for before, after in (
            (
                "https://a.example/1/amp/?utm_source=x&id=2&fbclid=y#top",
                "https://a.example/1?id=2#top",
            ),
            ("https://a.example/amp/1?outputType=amp", "https://a.example/1"),
            ("https://a-example.cdn.ampproject.org/c/s/a.example/1/amp", "https://a.example/1"),
            ("https://www.google.com/amp/s/a.example/1?usqp=2", "https://a.example/1"),
            ("https://a.example/1?b=%7E&utm_id=1&c", "https://a.example/1?b=%7E&c"),
        ):
            with self.subTest(before):
                self.assertEqual(without_detours(before), after)
                found = mended(citations=[citation(before), citation("https://b.example/1")])
                self.assertEqual(found.article["citations"][0]["url"], after)
                [change] = found.changes
                self.assertEqual((change.field, change.line), ("citations", 1))

    def test_hosts_for_small_screens_stay_since_the_page_need_not_have_another(self):
        found = mended(citations=[citation("https://m.a.example/1"), citation()])
        self.assertEqual((found.changes, found.findings), ([], []))

    def test_notes_about_pictures_leave_and_the_text_around_them_stays(self):
        for before, after in (
            ("응답 시간을 절반으로 단축 (사진 포함)", "응답 시간을 절반으로 단축"),
            ("(영상) 응답 시간을 절반으로 단축", "응답 시간을 절반으로 단축"),
            ("응답 시간을 (사진=한빛일보)절반으로 단축", "응답 시간을 절반으로 단축"),
            ("응답 시간(그래픽)을 절반으로 단축", "응답 시간을 절반으로 단축"),
        ):
            with self.subTest(before):
                found = mended(points=["병원 세 곳이 시험한다고 밝힘", before])
                self.assertEqual(found.article["points"][1], after)
                self.assertEqual([each.code for each in found.findings], ["photo-credit"])

    def test_links_and_points_that_are_nothing_else_are_left_to_people(self):
        for text in ("[사진](https://a.example/1)을 보면 알 수 있음", "(사진 포함)"):
            with self.subTest(text):
                self.assertEqual(mended(points=["병원 세 곳이 시험한다고 밝힘", text]).changes, [])

    def test_blanks_in_code_stay(self):
        code = "```py\nif x:\n    y  = 1\n```"
        text = mended(outlook=f"한  칸\n\n{code}\n\n`a  b`  끝").article["outlook"]
        self.assertEqual(text, f"한 칸\n\n{code}\n\n`a  b` 끝")

    def test_doubled_blanks_become_one(self):
        found = mended(outlook="더 커질  전망\n\n  둘째 \u00a0줄")
        self.assertEqual(found.article["outlook"], "더 커질 전망\n\n  둘째 줄")

    def test_texts_end_as_most_of_them_do(self):
        first, second, third = (
            "병원 세 곳이 시험한다.",
            "응답 시간을 줄였다.",
            "연말에는 스무 곳으로",
        )
        self.assertEqual(mended(points=[first, second, third]).article["points"][2], f"{third}.")
        found = mended(points=[first, third, "내년에는 서른 곳으로"])
        self.assertEqual(found.article["points"][0], "병원 세 곳이 시험한다")

    def test_several_sentences_keep_their_full_stops(self):
        points = ["세 곳이 시험한다. 둘은 쓴다.", "연말에는 스무 곳으로", "내년에는 서른 곳으로"]
        self.assertEqual(
            mended(points=points).article["points"],
            [points[0], f"{points[1]}.", f"{points[2]}."],
        )

    def test_one_finding_is_mended_by_its_key_and_the_others_wait(self):
        data = digest(article(headline="온디바이스  모델 도입", outlook="더  커질 전망"))
        offered = remedies.offers(data, "uid-1")
        self.assertEqual(len(offered), 2)
        for key, offer in offered.items():
            self.assertEqual(mend(data, "uid-1", key).changes, offer.changes)
            self.assertEqual(len(offer.changes), 1)

    def test_rules_that_are_off_mend_nothing(self):
        with self.settings(PREFLIGHT_OFF=["double-space"]):
            self.assertEqual(mended(outlook="더  커질 전망").changes, [])


class RemedyLaws(SimpleTestCase):
    @settings(max_examples=150)
    @given(ARTICLE)
    def test_mending_twice_changes_no_more_than_once_and_brings_no_finding(self, text):
        data = digest(text)
        once = mend(data, "uid-1")
        self.assertEqual(mend(digest(once.article), "uid-1").changes, [])
        before, after = (
            Counter(f.code for f in preflight.alone(d)) for d in (data, digest(once.article))
        )
        self.assertLessEqual(after, before)
        if not once.findings:
            self.assertEqual(once.article, text)
        keys = [[comparison_key(c["url"]) for c in a["citations"]] for a in (text, once.article)]
        self.assertEqual(*keys)

    @settings(max_examples=150)
    @given(ARTICLE)
    def test_letters_and_digits_stay_except_in_notes_about_pictures(self, text):
        once = mend(digest(text), "uid-1")
        for change in once.changes:
            if change.field != "citations" and "photo-credit" not in {
                f.code for f in once.findings
            }:
                kept = ["".join(filter(str.isalnum, t)) for t in (change.before, change.after)]
                self.assertEqual(*kept)
        changed = {change.field for change in once.changes}
        for name in text.keys() - changed:
            self.assertEqual(once.article[name], text[name])


class CostTests(SimpleTestCase):
    def test_a_text_full_of_faults_is_checked_a_bounded_number_of_times(self):
        faulty = article(points=["둘  칸"] * 60)
        with mock.patch.object(preflight, "alone", wraps=preflight.alone) as check:
            self.assertEqual(len(remedies.offers(digest(faulty), "uid-1")), remedies.MOST_OFFERS)
            self.assertEqual(check.call_count, 1 + remedies.MOST_OFFERS)
            check.reset_mock()
            mended = mend(digest(faulty), "uid-1")
            self.assertEqual(check.call_count, 61)
        self.assertEqual(mended.article["points"], ["둘 칸"] * 60)
