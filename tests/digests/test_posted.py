"""The one reader of the form: the same for checking, preview, drafts and saving."""

from django.test import TestCase
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from articles.digests import diffing, posted, revisions
from articles.models import Publisher, PublisherDomain
from articles.rules.lengths import LONGEST_TEXT
from tests.support.desk import DeskTestCase, filled, management, new_article
from tests.support.factories import make_article, make_digest


def pairs(data):
    return [(name, str(value)) for name, value in data.items()]


class RowTests(TestCase):
    def test_rows_come_in_their_order_with_all_they_had(self):
        fields = [
            ["title", "호"],
            ["articles-TOTAL_FORMS", "2"],
            ["articles-0-headline", "둘"],
            ["articles-0-ORDER", "2"],
            ["articles-1-headline", "하나"],
            ["articles-1-ORDER", "1"],
            ["articles-1-DELETE", "on"],
        ]
        first, second = posted.rows(fields)
        self.assertEqual(first.values, {"headline": "하나", "ORDER": "1", "DELETE": "on"})
        self.assertEqual((first.prefix, first.is_deleted), ("articles-1", True))
        self.assertEqual((second.values["headline"], second.is_deleted), ("둘", False))


class SnapshotTests(TestCase):
    def setUp(self):
        self.digest = make_digest(articles=2, published=False)
        self.base = revisions.snapshot(self.digest)

    def read(self, data, **options):
        return posted.snapshot(pairs(data), self.base, **options)

    def test_the_untouched_form_is_what_is_stored(self):
        make_article(self.digest, tags=["AI", "칩"], points=["- 기호", ""], read_by="김")
        self.base = revisions.snapshot(self.digest)
        for is_cut in (True, False):
            data, prefixes = self.read(filled(self.digest), is_cut=is_cut)
            self.assertEqual(data, self.base)
        self.assertEqual(list(prefixes.values()), ["articles-0", "articles-1", "articles-2"])

    def test_nothing_is_an_empty_form(self):
        data, prefixes = self.read({})
        self.assertEqual((data, prefixes), (self.base | {"articles": []}, {}))
        self.assertEqual(posted.snapshot([], {}), ({"articles": []}, {}))

    def test_what_cannot_be_read_is_taken_as_it_was_typed(self):
        row = {"citation_lines": "한빛 | 주소가 아님", "points": "가" * 300_000}
        form = {"date": "내일", "language": "xx"} | new_article(0, "새 기사", 1, **row)
        data, _prefixes = self.read(form)
        self.assertEqual((data["date"], data["language"]), ("2026-01-03", "ko"))
        [article] = data["articles"]
        self.assertEqual(article["citations"][0]["publisher"], "한빛 | 주소가 아님")
        self.assertEqual(article["points"], ["가" * 300_000])
        [article] = self.read(form, is_cut=True)[0]["articles"]
        self.assertEqual(article["points"], ["가" * LONGEST_TEXT])

    def test_an_address_alone_gets_the_name_of_its_publisher(self):
        owner = Publisher.objects.create(name="새 매체", slug="new")
        PublisherDomain.objects.create(domain="new.example", publisher=owner)
        line = "https://www.new.example/1\nhttps://new.example/2"
        row = new_article(0, "새 기사", 1, citation_lines=line)
        with self.assertNumQueries(1):  # both are of one domain
            [article] = self.read(row)[0]["articles"]
        self.assertEqual([c["publisher"] for c in article["citations"]], ["새 매체"] * 2)

    def test_a_form_without_the_picture_leaves_it_alone(self):
        self.base["articles"][0] |= {"picture": "1", "picture_alt": "막대그래프"}
        data = {k: v for k, v in filled(self.digest).items() if "picture" not in k}
        self.assertEqual(self.read(data)[0], self.base)


class SavingTests(DeskTestCase):
    def test_saving_stores_what_checking_and_preview_read(self):
        digest = make_digest(articles=2, published=False)
        data = filled(digest, title=" 새\t제목 ", articles_0_ORDER="9", articles_1_DELETE="on")
        data |= management(3) | new_article(
            2,
            "새\n기사 ",
            1,
            points="- 하나\n\n· 둘",
            tag_names="#칩, 칩,AI",
            citation_lines="https://hanbit.example/9\n새 매체 | https://a.example/ | 2026.1.2.",
            outlook=" 앞 빈칸\r\n",
            other_points="표",
            drafted_by="ai",
        )
        read, _prefixes = posted.snapshot(pairs(data), revisions.snapshot(digest), is_cut=True)
        self.assertSaved(self.save(digest, data))
        digest.refresh_from_db()
        stored = revisions.snapshot(digest)
        for article, other in zip(read["articles"], stored["articles"], strict=True):
            article["uid"] = other["uid"]
        self.assertFalse(diffing.compare(read, stored))


NAMES = [*("date", "title", "language", "introduction"), "articles-TOTAL_FORMS"] + [
    f"articles-{row}-{name}"
    for row in ("0", "1", "x", "٣")
    for name in (
        *("uid", "headline", "points", "citation_lines", "tag_names", "outlook", "picture"),
        *("ORDER", "DELETE", "other_points", "drafted_by", "is_ready", "comment", ""),
    )
]
VALUES = st.text(st.characters() | st.sampled_from("|-,#\r\n\x00:/.한1"), max_size=80)


class FuzzTests(HypothesisTestCase):
    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.tuples(st.sampled_from(NAMES), VALUES)), st.booleans(), st.booleans())
    def test_whatever_is_sent_is_read(self, fields, is_cut, is_new):
        base = {} if is_new else BASE
        data, prefixes = posted.snapshot(fields, base, is_cut=is_cut)
        self.assertEqual([article["uid"] for article in data["articles"]], list(prefixes))


BASE = {
    **{"date": "2026-01-03", "title": "호", "introduction": "", "language": "ko"},
    "articles": [],
}
