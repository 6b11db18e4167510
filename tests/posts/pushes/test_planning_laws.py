"""What holds for every push, whatever the digest has and whatever came before."""

from django.test import SimpleTestCase
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.posts.pushes import planning, record
from articles.posts.pushes.matching import Match, Wanted
from articles.posts.pushes.planning import State
from articles.posts.pushes.record import Fate, Record

UIDS = ("a", "b", "c")
NOTHING = {
    "headline": "",
    "points": [],
    "citations": [],
    "tags": [],
    "technical_significance": "",
    "industry_impact": "",
    "outlook": "",
    "picture": "",
    "picture_alt": "",
    "picture_caption": "",
    "picture_credit": "",
    "other": [],
    "drafted_by": "",
    "read_by": "",
}
WORDS = st.sampled_from(["", "하나", "둘"])
CITATIONS = [
    {"publisher": "한빛일보", "url": f"https://hanbit.example/{n}", "published_on": None}
    for n in (1, 2)
]


@st.composite
def contents(draw):
    return NOTHING | {
        "headline": draw(WORDS),
        "points": draw(st.lists(st.sampled_from(["하나", "둘"]), max_size=2)),
        "citations": draw(st.lists(st.sampled_from(CITATIONS), max_size=2)),
        "tags": draw(st.lists(st.sampled_from(["AI", "ai", "반도체"]), max_size=2)),
        "outlook": draw(WORDS),
        "other": [
            {"after": "points", "text": text} for text in draw(st.lists(WORDS, max_size=1)) if text
        ],
        "read_by": draw(st.sampled_from(["", "김하늘"])),
    }


@st.composite
def cases(draw):
    """A digest, what the program did before, and a push, with its matches."""
    present = {uid: draw(contents()) for uid in UIDS[: draw(st.integers(0, 3))]}
    entries = []
    for uid in present:
        written = draw(st.sampled_from([present[uid], None])) or draw(contents())
        fate = draw(st.sampled_from([Fate.ADDED, Fate.REPLACED, Fate.SUGGESTED]))
        pushed = draw(st.sampled_from([written, None])) or draw(contents())
        entry = {"uid": uid, "key": "", "fate": fate, "pushed": pushed, "content": written}
        entries += draw(st.sampled_from([[], [entry]]))
    wanted, matches = [], []
    left = list(present)
    for number in range(1, draw(st.integers(1, 4)) + 1):
        uid = draw(st.sampled_from([*left, None]))
        left = [other for other in left if other != uid]
        wanted.append(Wanted(number, "", draw(contents())))
        gone = None if uid else draw(st.sampled_from([None, "gone"]))
        matches.append(Match(uid=uid, gone=gone))
    data = {
        "title": draw(WORDS),
        "introduction": "",
        "articles": [{"uid": uid, "layout": {}, **content} for uid, content in present.items()],
    }
    ready = draw(st.sets(st.sampled_from(UIDS)))
    state = State(data, draw(st.sampled_from(["", "Somebody has it open."])), ready)
    known = Record(
        everybodys=entries, own=entries, own_digest=draw(st.sampled_from([{}, {"title": "하나"}]))
    )
    return {"title": draw(WORDS), "introduction": ""}, wanted, matches, state, known


class PlanningLaws(SimpleTestCase):
    @settings(max_examples=80)
    @given(cases())
    def test_only_what_the_program_wrote_last_and_nobody_touched_is_replaced(self, case):
        own, wanted, matches, state, known = case
        plan = planning.plan(own, wanted, matches, state, known)
        before = state.data["articles"]
        after = plan.data["articles"]
        self.assertEqual([a["uid"] for a in after[: len(before)]], [a["uid"] for a in before])
        for old, new in zip(before, after, strict=False):
            if old != new:
                uid = old["uid"]
                self.assertEqual(known.last_written(uid), record.content_of(old))
                self.assertFalse(state.why_closed)
                self.assertNotIn(uid, state.ready)

    @settings(max_examples=80)
    @given(cases())
    def test_a_closed_digest_stays_as_it_is(self, case):
        own, wanted, matches, state, known = case
        plan = planning.plan(own, wanted, matches, state, known)
        if state.why_closed:
            self.assertEqual(plan.data, state.data)

    @settings(max_examples=80)
    @given(cases())
    def test_each_article_is_accounted_for_once_and_what_it_says_is_somewhere(self, case):
        own, wanted, matches, state, known = case
        plan = planning.plan(own, wanted, matches, state, known)
        self.assertEqual([e["number"] for e in plan.entries], [one.number for one in wanted])
        added = [a for a in plan.data["articles"] if a["uid"] not in UIDS]
        whole = [s for s in plan.suggestions if not s.field]
        for entry, one, match in zip(plan.entries, wanted, matches, strict=True):
            if match.gone:
                self.assertEqual((entry["fate"], bool(entry["why"])), (Fate.DELETED, True))
            elif match.uid is None:
                texts = [record.content_of(a) for a in added] + [s.value for s in whole]
                self.assertIn(one.content, texts)
            elif entry["fate"] == Fate.SUGGESTED:
                fields = {s.field for s in plan.suggestions if s.uid == match.uid}
                self.assertEqual(fields, set(entry["suggested"]))
                self.assertTrue(fields)

    @settings(max_examples=80)
    @given(cases())
    def test_the_same_push_again_says_nothing_new(self, case):
        own, wanted, matches, state, known = case
        plan = planning.plan(own, wanted, matches, state, known)
        stored = {a["uid"]: record.content_of(a) for a in plan.data["articles"]}
        for entry in plan.entries:
            if entry["fate"] in record.WRITTEN:
                entry["content"] = stored[entry["uid"]]
        again = Record(own=[*plan.entries, *known.own], own_digest={**known.own_digest, **own})
        matches = [
            Match(uid=e["uid"], gone=m.gone) if not m.gone else m
            for e, m in zip(plan.entries, matches, strict=True)
        ]
        decided = [s for s in plan.suggestions if not s.field]
        state = State(plan.data, state.why_closed, state.ready, decided)
        second = planning.plan(own, wanted, matches, state, again)
        self.assertEqual((second.data, second.suggestions), (plan.data, []))
