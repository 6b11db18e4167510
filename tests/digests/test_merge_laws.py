"""What holds for the merge of any three versions of a digest."""

from collections import Counter
from itertools import combinations

from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from articles.digests.diffing import ARTICLE_FIELDS, DIGEST_FIELDS
from articles.digests.three_way_merge import (
    MINE,
    ORDER,
    PICTURE,
    THEIRS,
    WHOLE_PICTURE,
    Place,
    articles_of,
    merge,
    value_at,
)
from articles.fields import ARTICLE, In, Kind
from tests.digests.test_diffing import article, digest
from tests.digests.test_three_way_merge import cited

PARTS = ("points", "notes")
WORDS = st.sampled_from(["", "가", "나", "다"])
LINES = st.lists(st.sampled_from("abcde"), max_size=4)
VALUES = {
    Kind.LINE: WORDS,
    Kind.MARKDOWN: WORDS,
    Kind.CHOICE: WORDS,
    Kind.PICTURE: WORDS,
    Kind.STORYLINE: WORDS,
    Kind.POINTS: LINES,
    Kind.CITATIONS: LINES.map(lambda names: cited(*names)),
    Kind.TAGS: st.lists(st.sampled_from("abcde"), max_size=4, unique=True),
    Kind.OTHER: st.dictionaries(st.sampled_from(PARTS), st.sampled_from("가나")).map(
        lambda boxes: [{"after": part, "text": text} for part, text in boxes.items()]
    ),
}
KINDS = {field.name: field.kind for field in ARTICLE if In.DIFF in field.places}
# The places of an article that are asked about by themselves, if its picture is not.
PLACES = [name for name in ARTICLE_FIELDS if KINDS[name] != Kind.OTHER]
PLACES += [f"{name}.{part}" for name in {*KINDS} - {*PLACES} for part in PARTS]
CHANGES = st.lists(
    st.sampled_from(ARTICLE_FIELDS).flatmap(
        lambda name: st.tuples(st.just(name), VALUES[KINDS[name]])
    ),
    max_size=3,
).map(dict)
OWN = st.dictionaries(st.sampled_from(DIGEST_FIELDS), WORDS, max_size=1)
RARELY = st.sampled_from([False, False, True])


@st.composite
def versions(draw):
    """A digest and two changed copies of it."""
    uids = draw(st.lists(st.sampled_from("abcd"), max_size=4, unique=True))
    base = digest(*(article(uid, **draw(CHANGES)) for uid in uids), **draw(OWN))
    return base, _changed(draw, base, "m"), _changed(draw, base, "t")


def _changed(draw, base, new_uid):
    """A copy with some changes: most values stay, so that many of them merge."""
    articles = [entry | draw(CHANGES) for entry in base["articles"] if not draw(RARELY)]
    if draw(RARELY):
        articles = draw(st.permutations(articles))
    if draw(RARELY):
        articles.insert(draw(st.integers(0, len(articles))), article(new_uid, **draw(CHANGES)))
    return base | draw(OWN) | {"articles": articles}


def is_in_order(order, result):
    """Whether the common items have the same order in both; each item is there once."""
    return [x for x in order if x in result] == [x for x in result if x in order]


def pairs_turned(before, after):
    """The pairs that stand in another order."""
    common = [key for key in before if key in after]
    return {(y, x) for x, y in combinations(common, 2) if after.index(y) < after.index(x)}


class LawTests(SimpleTestCase):
    @given(versions())
    def test_a_side_that_changed_nothing_gives_way_whole(self, sides):
        base, mine, theirs = sides
        for changed, merged in (
            (mine, merge(base, mine, base)),
            (theirs, merge(base, base, theirs)),
        ):
            self.assertEqual((merged.data, merged.asked), (changed, []))
        self.assertEqual(merge(base, mine, base).kept, [])

    @given(versions())
    def test_the_same_changes_on_both_sides_are_no_question(self, sides):
        base, mine, _theirs = sides
        merged = merge(base, mine, mine)
        self.assertEqual((merged.data, merged.asked, merged.kept), (mine, [], []))

    @given(versions())
    def test_every_change_of_either_side_is_there_or_asked_about(self, sides):
        base, mine, theirs = sides
        merged = merge(base, mine, theirs)
        self.assertEqual(merged.conflicts, merged.asked)
        for side in (mine, theirs):
            self.assertHasChanges(merged, base, side)

    @given(versions())
    def test_what_no_side_changed_stays(self, sides):
        base, mine, theirs = sides
        result, before = merge(*sides).data, articles_of(base)
        for name in DIGEST_FIELDS:
            self.assertIn(result[name], [side[name] for side in sides])
        for uid, entry in articles_of(result).items():
            self.assertTrue({uid} & {*articles_of(mine), *articles_of(theirs)})
            both = [articles_of(side).get(uid) for side in (mine, theirs)]
            for name in ARTICLE_FIELDS:
                if uid in before and all(one[name] == before[uid][name] for one in both if one):
                    self.assertEqual(entry[name], before[uid][name])

    @given(versions(), st.data())
    def test_a_choice_gives_what_was_chosen_and_touches_nothing_else(self, sides, data):
        _base, mine, theirs = sides
        asked = merge(*sides)
        choices = {place: data.draw(st.sampled_from([MINE, THEIRS])) for place in asked.asked}
        merged = merge(*sides, {place.key: choice for place, choice in choices.items()})
        self.assertEqual((merged.conflicts, merged.chosen), ([], choices))
        self.assertEqual((merged.asked, merged.kept), (asked.asked, asked.kept))
        for place, choice in choices.items():
            side = mine if choice == MINE else theirs
            found, wanted = value_at(merged.data, place), value_at(side, place)
            if place.field == ORDER:
                self.assertTrue(is_in_order(wanted, found))
            else:
                self.assertEqual(found, wanted)
        articles = articles_of(merged.data)
        places = {Place("", name) for name in DIGEST_FIELDS}
        places |= {Place(uid, name) for uid in articles for name in PLACES}
        for place in places - _with_picture_texts(choices):
            if Place(place.uid) not in choices:
                self.assertEqual(value_at(merged.data, place), value_at(asked.data, place))

    def assertHasChanges(self, merged, base, side):
        asked = _with_picture_texts(merged.asked)
        before, after, found = map(articles_of, (base, side, merged.data))
        for name in DIGEST_FIELDS:
            if side[name] != base[name] and Place("", name) not in asked:
                self.assertEqual(merged.data[name], side[name])
        for uid in before.keys() - after.keys():
            self.assertTrue(uid not in found or Place(uid) in asked)
        for uid in after.keys() - before.keys():
            self.assertEqual(found[uid], after[uid])
        for uid in after.keys() & before.keys():
            for place in (Place(uid, name) for name in PLACES):
                if {Place(uid), place} & asked or value_at(side, place) == value_at(base, place):
                    continue
                values = (value_at(data, place) for data in (base, side, merged.data))
                self.assertHasChange(KINDS[place.field.partition(".")[0]], *values)
        if Place("", ORDER) not in asked:
            order = [uid for uid in found if uid in before]
            for pair in pairs_turned(list(before), [uid for uid in after if uid in found]):
                self.assertTrue(is_in_order(pair, order), (pair, order))

    def assertHasChange(self, kind, before, after, found):
        if kind in (Kind.POINTS, Kind.CITATIONS, Kind.TAGS):
            old, new, result = (Counter(map(repr, value)) for value in (before, after, found))
            self.assertFalse((new - old) - result)
            self.assertTrue(found == after or not (old - new) & result)
        else:
            self.assertEqual(found, after)
        if kind in (Kind.POINTS, Kind.CITATIONS):
            self.assertTrue(is_in_order(after, found), (before, after, found))


def _with_picture_texts(places):
    texts = {Place(p.uid, name) for p in places if p.field == WHOLE_PICTURE for name in PICTURE}
    return {*places, *texts}
