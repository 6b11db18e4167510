from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from articles.digests.three_way_merge import MINE, THEIRS, merge
from tests.digests.test_diffing import article, digest

TWO = digest(article("a", "가"), article("b", "나"))


def headlines(merged):
    return [entry["headline"] for entry in merged.data["articles"]]


class MergeTests(SimpleTestCase):
    def test_different_articles_merge(self):
        merged = merge(
            TWO,
            mine=digest(article("a", "가1"), article("b", "나")),
            theirs=digest(article("a", "가"), article("b", "나2")),
        )
        self.assertEqual((headlines(merged), merged.conflicts), (["가1", "나2"], []))

    def test_same_change_on_both_sides_is_no_conflict(self):
        same = digest(article("a", "가1"), article("b", "나"))
        merged = merge(TWO, mine=same, theirs=same)
        self.assertEqual((headlines(merged), merged.conflicts), (["가1", "나"], []))

    def test_same_article_is_a_conflict_until_chosen(self):
        mine = digest(article("a", "가1"), article("b", "나"))
        theirs = digest(article("a", "가2"), article("b", "나"))
        self.assertEqual(merge(TWO, mine, theirs).conflicts, ["a"])
        for choice, headline in ((MINE, "가1"), (THEIRS, "가2")):
            merged = merge(TWO, mine, theirs, {"a": choice})
            self.assertEqual((headlines(merged), merged.conflicts), ([headline, "나"], []))

    def test_field_of_the_digest_is_a_conflict_of_its_own(self):
        merged = merge(TWO, digest(title="하나"), digest(title="둘"), {"title": MINE})
        self.assertEqual(merged.data["title"], "하나")
        self.assertEqual(merge(TWO, digest(title="하나"), digest(title="둘")).conflicts, ["title"])

    def test_article_deleted_there_and_edited_here_is_a_conflict(self):
        mine = digest(article("a", "가1"), article("b", "나"))
        theirs = digest(article("b", "나"))
        self.assertEqual(merge(TWO, mine, theirs).conflicts, ["a"])
        self.assertEqual(headlines(merge(TWO, mine, theirs, {"a": MINE})), ["가1", "나"])
        self.assertEqual(headlines(merge(TWO, mine, theirs, {"a": THEIRS})), ["나"])

    def test_article_deleted_here_and_edited_there_is_a_conflict(self):
        merged = merge(
            TWO, digest(article("b", "나")), digest(article("a", "가2"), article("b", "나"))
        )
        self.assertEqual((headlines(merged), merged.conflicts), (["가2", "나"], ["a"]))

    def test_untouched_article_deleted_there_is_gone(self):
        merged = merge(TWO, mine=TWO, theirs=digest(article("b", "나")))
        self.assertEqual((headlines(merged), merged.conflicts), (["나"], []))

    def test_new_articles_of_both_stay_where_they_were_put(self):
        mine = digest(article("a", "가"), article("m", "내 것"), article("b", "나"))
        theirs = digest(article("a", "가"), article("b", "나"), article("t", "남의 것"))
        self.assertEqual(headlines(merge(TWO, mine, theirs)), ["가", "내 것", "나", "남의 것"])

    def test_my_order_wins_if_i_moved_and_theirs_if_i_did_not(self):
        turned = digest(article("b", "나"), article("a", "가"))
        self.assertEqual(headlines(merge(TWO, turned, TWO)), ["나", "가"])
        self.assertEqual(headlines(merge(TWO, TWO, turned)), ["나", "가"])

    def test_what_is_not_edited_in_the_form_comes_from_there(self):
        theirs = digest(article("a", "가", slug="frozen"), article("b", "나"), status="published")
        merged = merge(TWO, digest(article("a", "가1"), article("b", "나")), theirs)
        self.assertEqual(merged.data["status"], "published")
        self.assertEqual(merged.data["articles"][0]["slug"], "frozen")

    sides = st.lists(
        st.tuples(st.sampled_from("abcdef"), st.sampled_from("가나다")),
        max_size=6,
        unique_by=lambda pair: pair[0],
    ).map(lambda pairs: digest(*(article(uid, headline) for uid, headline in pairs)))

    @given(sides, sides)
    def test_a_side_that_changed_nothing_gives_way_whole(self, base, other):
        self.assertEqual(merge(base, mine=base, theirs=other).data["articles"], other["articles"])
        merged = merge(base, mine=other, theirs=base)
        self.assertEqual(merged.conflicts, [])
        self.assertEqual(
            {entry["uid"]: entry["headline"] for entry in merged.data["articles"]},
            {entry["uid"]: entry["headline"] for entry in other["articles"]},
        )

    @given(sides, sides, sides)
    def test_nothing_either_side_wrote_is_lost_in_silence(self, base, mine, theirs):
        merged = merge(base, mine, theirs)
        result = {entry["uid"]: entry["headline"] for entry in merged.data["articles"]}
        before = {entry["uid"]: entry["headline"] for entry in base["articles"]}
        for side in (mine, theirs):
            for entry in side["articles"]:
                if before.get(entry["uid"]) != entry["headline"]:
                    self.assertTrue(
                        result.get(entry["uid"]) == entry["headline"]
                        or entry["uid"] in merged.conflicts
                    )
