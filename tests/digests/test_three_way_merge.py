from django.test import SimpleTestCase

from articles.digests.three_way_merge import MINE, ORDER, THEIRS, WHOLE_PICTURE, Place, merge
from tests.digests.test_diffing import article, digest

TWO = digest(article("a", "가"), article("b", "나"))


def headlines(merged):
    return [entry["headline"] for entry in merged.data["articles"]]


def one(**fields):
    return digest(article("a", "가", **fields))


def merged_field(name, base, mine, theirs, choices=None):
    """The value of a field of the only article, and the keys of what is asked."""
    merged = merge(*(one(**{name: value}) for value in (base, mine, theirs)), choices)
    [entry] = merged.data["articles"]
    return entry[name], [place.key for place in merged.conflicts]


def cited(*names):
    urls = {name: f"https://{name}.example/{len(name)}" for name in names}
    return [{"publisher": name, "url": urls[name], "published_on": None} for name in names]


class FieldTests(SimpleTestCase):
    def test_different_articles_merge(self):
        merged = merge(
            TWO,
            mine=digest(article("a", "가1"), article("b", "나")),
            theirs=digest(article("a", "가"), article("b", "나2")),
        )
        self.assertEqual((headlines(merged), merged.conflicts), (["가1", "나2"], []))

    def test_different_fields_of_one_article_merge(self):
        merged = merge(one(), mine=one(industry_impact="내 것"), theirs=one(outlook="남의 것"))
        self.assertEqual(
            merged.data["articles"], one(industry_impact="내 것", outlook="남의 것")["articles"]
        )
        self.assertEqual((merged.asked, merged.kept), ([], [Place("a", "outlook")]))

    def test_same_change_on_both_sides_is_no_question_and_no_merging(self):
        same = digest(article("a", "가1"), article("b", "나"))
        merged = merge(TWO, mine=same, theirs=same)
        self.assertEqual((headlines(merged), merged.asked, merged.kept), (["가1", "나"], [], []))

    def test_only_the_field_that_both_changed_is_asked_about(self):
        mine = one(outlook="내 것", industry_impact="내 것")
        theirs = one(outlook="남의 것", technical_significance="남의 것")
        merged = merge(one(), mine, theirs)
        self.assertEqual(merged.conflicts, [Place("a", "outlook")])
        for choice, text in ((MINE, "내 것"), (THEIRS, "남의 것")):
            merged = merge(one(), mine, theirs, {"a.outlook": choice})
            self.assertEqual(
                merged.data["articles"],
                one(outlook=text, industry_impact="내 것", technical_significance="남의 것")[
                    "articles"
                ],
            )
            self.assertEqual(merged.conflicts, [])
            self.assertEqual(merged.chosen, {Place("a", "outlook"): choice})
            self.assertEqual(merged.kept, [Place("a", "technical_significance")])

    def test_nonsense_is_no_choice(self):
        sides = one(), one(outlook="내 것"), one(outlook="남의 것")
        for choices in (
            {"a.outlook": "x"},
            {"a.outlook": ""},
            {"a": MINE},
            {"outlook": MINE},
            {"a.outlook.": MINE},
            {"b.outlook": MINE},
        ):
            self.assertEqual(merge(*sides, choices).conflicts, [Place("a", "outlook")], choices)

    def test_field_of_the_digest_is_a_conflict_of_its_own(self):
        merged = merge(TWO, digest(title="하나"), digest(title="둘"), {"title": MINE})
        self.assertEqual(merged.data["title"], "하나")
        merged = merge(TWO, digest(title="하나"), digest(title="둘"))
        self.assertEqual(merged.conflicts, [Place("", "title")])

    def test_what_is_not_edited_in_the_form_comes_from_there(self):
        theirs = digest(article("a", "가", slug="frozen"), article("b", "나"), status="published")
        merged = merge(TWO, digest(article("a", "가1"), article("b", "나")), theirs)
        self.assertEqual(merged.data["status"], "published")
        self.assertEqual(merged.data["articles"][0]["slug"], "frozen")


class ArticleTests(SimpleTestCase):
    def test_article_deleted_there_and_edited_here_is_a_conflict(self):
        mine = digest(article("a", "가1"), article("b", "나"))
        theirs = digest(article("b", "나"))
        self.assertEqual(merge(TWO, mine, theirs).conflicts, [Place("a")])
        self.assertEqual(headlines(merge(TWO, mine, theirs, {"a": MINE})), ["가1", "나"])
        self.assertEqual(headlines(merge(TWO, mine, theirs, {"a": THEIRS})), ["나"])

    def test_article_deleted_here_and_edited_there_is_a_conflict(self):
        merged = merge(
            TWO, digest(article("b", "나")), digest(article("a", "가2"), article("b", "나"))
        )
        self.assertEqual((headlines(merged), merged.conflicts), (["가2", "나"], [Place("a")]))

    def test_untouched_article_deleted_there_is_gone(self):
        merged = merge(TWO, mine=TWO, theirs=digest(article("b", "나")))
        self.assertEqual((headlines(merged), merged.conflicts), (["나"], []))
        self.assertEqual(merged.kept, [Place("a")])

    def test_new_articles_of_both_stay_where_they_were_put(self):
        mine = digest(article("a", "가"), article("m", "내 것"), article("b", "나"))
        theirs = digest(article("a", "가"), article("b", "나"), article("t", "남의 것"))
        self.assertEqual(headlines(merge(TWO, mine, theirs)), ["가", "내 것", "나", "남의 것"])

    def test_an_article_that_both_added_is_asked_about_where_they_differ(self):
        mine, theirs = one(outlook="내 것"), one(outlook="", read_by="남")
        merged = merge(digest(), mine, theirs)
        self.assertEqual(merged.conflicts, [Place("a", "outlook"), Place("a", "read_by")])

    def test_a_side_that_moved_articles_alone_has_its_order(self):
        turned = digest(article("b", "나"), article("a", "가"))
        edited = digest(article("a", "가1"), article("b", "나"))
        self.assertEqual(headlines(merge(TWO, turned, edited)), ["나", "가1"])
        merged = merge(TWO, edited, turned)
        self.assertEqual((headlines(merged), merged.asked), (["나", "가1"], []))
        self.assertEqual(merged.kept, [Place("", ORDER)])

    def test_two_different_orders_are_asked_about(self):
        base, mine, theirs = (
            digest(*(article(uid, uid) for uid in order)) for order in ("abc", "bac", "acb")
        )
        self.assertEqual(merge(base, mine, theirs).conflicts, [Place("", ORDER)])
        for choice, order in ((MINE, "bac"), (THEIRS, "acb")):
            merged = merge(base, mine, theirs, {ORDER: choice})
            self.assertEqual((headlines(merged), merged.conflicts), ([*order], []))


class LineTests(SimpleTestCase):
    def assertMerges(self, base, mine, theirs, result):
        self.assertEqual(merged_field("points", [*base], [*mine], [*theirs]), ([*result], []))

    def assertAsks(self, base, mine, theirs, name="points"):
        for sides in ((mine, theirs), (theirs, mine)):
            self.assertEqual(merged_field(name, [*base], *map(list, sides))[1], [f"a.{name}"])

    def test_changes_of_different_lines_merge(self):
        self.assertMerges("abc", "xbc", "aby", "xby")
        self.assertMerges("ab", "xb", "ay", "xy")

    def test_a_line_added_beside_a_changed_one_stays(self):
        self.assertMerges("ab", "abx", "ay", "ayx")
        self.assertMerges("ab", "axb", "yb", "yxb")

    def test_a_removed_line_stays_removed(self):
        self.assertMerges("abc", "ac", "abx", "ax")
        self.assertMerges("abc", "bc", "abcx", "bcx")

    def test_lines_that_both_changed_alike_merge(self):
        self.assertMerges("abc", "xbz", "xyc", "xyz")

    def test_one_line_changed_twice_is_asked_about(self):
        self.assertAsks("abc", "axc", "ayc")

    def test_a_line_removed_and_changed_is_asked_about(self):
        self.assertAsks("abc", "ac", "axc")

    def test_lines_added_at_one_place_are_asked_about(self):
        self.assertAsks("ab", "abx", "aby")
        self.assertAsks("", "x", "y")

    def test_moving_lines_beside_editing_one_is_asked_about(self):
        self.assertAsks("abc", "cab", "axc")
        self.assertAsks("abc", "bac", "abcx")

    def test_a_line_added_twice_is_asked_about(self):
        self.assertAsks("abc", "xabc", "abcx")

    def test_lines_that_do_not_fit_are_asked_about(self):
        base = [str(number) for number in range(198)]
        self.assertAsks(base, ["x", "y", *base], [*base, "z"])

    def test_citations_merge_by_rows_and_pages(self):
        base, mine, theirs = cited("a", "b"), cited("x", "a", "b"), cited("a", "b", "y")
        self.assertEqual(
            merged_field("citations", base, mine, theirs), (cited("x", "a", "b", "y"), [])
        )
        same_page = [*base, {**mine[0], "published_on": "2026-01-03"}]
        self.assertAsks(base, mine, same_page, "citations")


class TagTests(SimpleTestCase):
    def assertTags(self, base, mine, theirs, result):
        lists = (tags.split() for tags in (base, mine, theirs))
        self.assertEqual(merged_field("tags", *lists), (result.split(), []))

    def test_tags_of_both_stay(self):
        self.assertTags("a b", "a b m", "a b t", "a b m t")

    def test_a_tag_that_either_removed_is_gone(self):
        self.assertTags("a b c", "b c", "a b", "b")

    def test_they_stay_in_my_order_if_i_changed_it(self):
        self.assertTags("a b c", "c b a", "b a c t", "c t b a")
        self.assertTags("a b c", "a b c m", "c b a", "c m b a")

    def test_a_spelling_is_no_other_tag(self):
        self.assertTags("ai b", "ai b m", "AI b t", "AI b m t")


class PictureTests(SimpleTestCase):
    old = {"picture": "p", "picture_alt": "옛 사진", "picture_credit": "가"}

    def test_the_texts_of_one_picture_merge(self):
        mine, theirs = self.old | {"picture_alt": "나"}, self.old | {"picture_credit": "다"}
        merged = merge(one(**self.old), one(**mine), one(**theirs))
        both = self.old | {"picture_alt": "나", "picture_credit": "다"}
        self.assertEqual(merged.data["articles"], one(**both)["articles"])

    def test_a_text_never_joins_another_picture(self):
        edited = self.old | {"picture_alt": "고친 설명"}
        for new in ({"picture": "q"}, {"picture": "q", "picture_alt": "새 사진"}):
            mine, theirs = one(**self.old | new), one(**edited)
            merged = merge(one(**self.old), mine, theirs)
            self.assertEqual(merged.conflicts, [Place("a", WHOLE_PICTURE)])
            for choice, side in ((MINE, mine), (THEIRS, theirs)):
                merged = merge(one(**self.old), mine, theirs, {f"a.{WHOLE_PICTURE}": choice})
                self.assertEqual(merged.data["articles"], side["articles"])

    def test_a_picture_never_stays_without_its_description(self):
        base = {"picture_alt": "옛 사진"}
        merged = merge(one(**base), one(), one(**base, picture="q"))
        self.assertEqual(merged.conflicts, [Place("a", WHOLE_PICTURE)])


class OtherTextTests(SimpleTestCase):
    def test_boxes_merge_by_themselves(self):
        def other(**texts):
            return [{"after": part, "text": text} for part, text in texts.items()]

        base, mine = other(points="가"), other(points="나", notes="내 것")
        theirs = other(headline="남의 것", points="가")
        merged, asked = merged_field("other", base, mine, theirs)
        self.assertCountEqual(merged, other(headline="남의 것", points="나", notes="내 것"))
        self.assertEqual(asked, [])
        theirs = other(headline="남의 것", points="다")
        for choice, text in ((MINE, "나"), (THEIRS, "다")):
            self.assertEqual(merged_field("other", base, mine, theirs)[1], ["a.other.points"])
            merged, asked = merged_field("other", base, mine, theirs, {"a.other.points": choice})
            self.assertCountEqual(merged, other(headline="남의 것", points=text, notes="내 것"))

    def test_their_order_of_boxes_stays_beside_no_change_of_mine(self):
        base = [{"after": part, "text": part} for part in ("points", "notes")]
        for sides in ((base, base[::-1]), (base[::-1], base)):
            self.assertEqual(merged_field("other", base, *sides), (base[::-1], []))
