"""What holds for every push in JSON: what the site writes comes back, the reader and its schema say
the same, and whatever comes in is read or refused."""

import json
from dataclasses import replace
from pathlib import Path

from django.test import SimpleTestCase
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from articles import document
from articles.document import ANCHORS, ArticleText
from articles.posts import json_document
from articles.posts.pushes import json_reading
from articles.posts.pushes.problems import MALFORMED, UNUSABLE, Refused
from articles.posts.pushes.pushed import own_text
from articles.rules.addresses import comparison_key
from articles.rules.lines import CitationLine
from tests.document.test_laws import DAY, documents
from tests.support.json_schema import faults

DOCS = Path(__file__).parents[3] / "docs"
SCHEMA, WRITTEN = (
    json.loads((DOCS / f"{name}.schema.json").read_text(encoding="utf-8"))
    for name in ("push", "digest")
)
# What the reader finds and a schema cannot say: beginnings of sentences.
MORE_RULES = (
    "This must be a day",  # one that exists
    "The document is for",
    "Another article has the same key",
    "This article has no key that is known here",
    "Line ",  # of a text with a line for each point or citation
    "With these, the article has",
    "“",  # a tag, of many in one text
    "A tag has no room",
    "These are too many tags",
)

anything = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**9), 10**9),
        st.floats(allow_nan=False, allow_infinity=False, width=16),
        st.text(max_size=10),
        st.text(st.characters(categories=["Cs", "Cc", "Ll"]), max_size=5),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["url", "text", "note", "place", "한"]), inner, max_size=3),
    ),
    max_leaves=8,
)


@st.composite
def or_anything(draw, usual):
    """Mostly what is usual, sometimes any JSON."""
    return draw(anything if draw(st.integers(0, 9)) == 9 else usual)


def objects(**keys):
    return st.fixed_dictionaries({}, optional={k: or_anything(v) for k, v in keys.items()})


texts = st.one_of(st.text(max_size=30), st.none(), st.just("- 하나\n- 둘"))
lines = st.sampled_from(
    ["한빛 | https://a.example/1 | 2026-01-02", "https://a.example", "어제 신문", "", "<!-- x -->"]
)
citations = st.one_of(
    lines,
    objects(
        publisher=st.sampled_from(["한빛", "", None, "A | B", "x" * 130]),
        url=st.sampled_from(["https://a.example/1", "a.example", "javascript:1", None]),
        published_on=st.sampled_from(["2026-01-02", "2026-02-30", "어제", "", None]),
        excerpt=st.sampled_from(["한 달에 4만 장", " ", None, "x" * 4_001]),
    ),
)
articles = objects(
    key=st.one_of(st.none(), st.text(max_size=5)),
    headline=texts,
    points=st.one_of(texts, st.lists(or_anything(texts), max_size=4)),
    technical_significance=texts,
    industry_impact=texts,
    outlook=texts,
    citations=st.one_of(lines, st.lists(or_anything(citations), max_size=3)),
    unread_citations=st.lists(objects(place=st.integers(0, 5), line=lines), max_size=2),
    tags=st.lists(or_anything(st.sampled_from(["AI", "#로봇", "a, b", "x" * 101])), max_size=3),
    other=st.lists(objects(after=st.sampled_from(ANCHORS), text=texts), max_size=2),
    picture=anything,
    read_by=anything,
    title=anything,
)
pushes = objects(
    format=st.sampled_from(["newsroom-digest", None]),
    version=st.sampled_from([1, None]),
    date=st.sampled_from([DAY.isoformat(), None]),
    title=texts,
    language=st.sampled_from(["ko", "en", None]),
    introduction=texts,
    articles=st.lists(or_anything(articles), max_size=3),
    status=anything,
    note=anything,
)


def outcome(content):
    """What is read, and the refusal, in English; one of them is None."""
    try:
        with translation.override("en"):
            return json_reading.as_written(content, DAY), None
    except Refused as refused:
        return None, refused


def snapshot_of(read):
    """A document of the laws as a whole snapshot."""
    uids = [str(number) for number, _article in enumerate(read.articles)]
    data = document.to_snapshot(read, uids)
    made = {"feed_id": "", "slug": "a"}
    articles = [article | made for article in data["articles"]]
    times = {"published_at": None, "revised_at": None, "feed_id": ""}
    return data | times | {"articles": articles}


def as_document(pushed):
    """A push as the smallest document that says all of it."""
    written = []
    for article in pushed.articles:
        text = article.text
        citations = [json_citation(c, article.excerpts) for c in text.citations if c.is_understood]
        unread = [
            {"place": place, "line": c.publisher}
            for place, c in enumerate(text.citations)
            if not c.is_understood
        ]
        other = [{"after": row.after, "text": row.text} for row in text.other]
        own = {"key": article.key, "citations": citations, "unread_citations": unread}
        fields = ("headline", "points", "tags", *document_fields())
        written.append({name: getattr(text, name) for name in fields} | own | {"other": other})
    own = {name: getattr(pushed, name) for name in ("title", "introduction", "language")}
    return own | {"articles": written}


def document_fields():
    return ("technical_significance", "industry_impact", "outlook")


def json_citation(citation, excerpts):
    day = citation.published_on
    return {
        "excerpt": excerpts.get(comparison_key(citation.url)),
        "publisher": citation.publisher,
        "url": citation.url,
        "published_on": day and day.isoformat(),
    }


class LawTests(SimpleTestCase):
    @settings(max_examples=200)
    @given(documents)
    def test_what_the_site_writes_is_read_back(self, written):
        data = snapshot_of(written)
        content = json_document.write(data, for_readers=False)
        self.assertEqual(list(faults(json.loads(content), SCHEMA)), [])
        found, refused = outcome(content)
        self.assertIsNone(refused)
        kept = [own_text(article) for article in written.articles]
        kept = [article for article in kept if article != ArticleText("")]
        self.assertEqual([article.text for article in found.articles], kept)
        self.assertEqual(
            (found.title, found.introduction, found.language),
            (written.title, written.introduction, written.language),
        )

    @settings(max_examples=400)
    @given(or_anything(pushes))
    def test_any_json_is_read_or_refused_with_pointers_as_the_schema_says(self, push):
        content = json.dumps(push).encode()
        found, refused = outcome(content)
        wrong = list(faults(push, SCHEMA))
        if refused is None:
            self.assertEqual(wrong, [])
            json.dumps([found.notices, found.title], ensure_ascii=False).encode()
            return
        self.assertEqual(refused.status, UNUSABLE)
        for problem in refused.problems:
            self.assertIsNone(problem.line)
            self.assertTrue(problem.pointer == "" or problem.pointer.startswith("/"))
            problem.detail.encode()
            if not wrong:
                self.assertTrue(problem.detail.startswith(MORE_RULES), problem)

    @settings(max_examples=200)
    @given(pushes)
    def test_what_was_read_reads_the_same_when_it_is_sent_back(self, push):
        found, refused = outcome(json.dumps(push).encode())
        if refused:
            return
        again, refused = outcome(json.dumps(as_document(found)).encode())
        self.assertIsNone(refused)
        sent = [replace(one, number=n) for n, one in enumerate(found.articles, start=1)]
        self.assertEqual(again, replace(found, articles=sent, notices=again.notices))
        self.assertEqual(again.notices, [])

    @settings(max_examples=200)
    @given(pushes, st.data())
    def test_any_piece_of_a_document_is_read_or_refused(self, push, data):
        content = json.dumps(push, ensure_ascii=data.draw(st.booleans())).encode(
            errors="surrogatepass"
        )
        start = data.draw(st.integers(0, len(content)))
        inserted = data.draw(st.sampled_from([b"", b"[", b"}", b'"', b"\\", b"\xff", b"NaN", b"9"]))
        cut = data.draw(st.integers(0, 2))
        self.check(content[:start] + inserted + content[start + cut :])

    @given(st.one_of(st.binary(max_size=40), st.text('{}[]:",\\u0123nul', max_size=40)))
    def test_so_are_any_bytes(self, text):
        self.check(text if isinstance(text, bytes) else text.encode())

    def check(self, content):
        _found, refused = outcome(content)
        if refused:
            self.assertIn(refused.status, (MALFORMED, UNUSABLE))
            lines = content.count(b"\n") + 1
            for problem in refused.problems:
                has_line = problem.line is not None
                self.assertEqual(has_line, refused.status == MALFORMED)
                self.assertTrue(not has_line or 1 <= problem.line <= lines)


class SchemaTests(SimpleTestCase):
    def test_a_push_has_all_texts_of_the_document_and_the_programs_key(self):
        own = set(SCHEMA["properties"]) | {"id", "url", "published_at", "updated_at", "corrections"}
        self.assertEqual(own, set(WRITTEN["properties"]))
        article = set(SCHEMA["$defs"]["article"]["properties"])
        left_out = {"id", "url", "page", "slug", "picture", "storyline"}
        left_out |= {"drafted_by", "read_by", "corrections"}
        written = set(WRITTEN["$defs"]["article"]["properties"])
        self.assertEqual(article - {"key"}, written - left_out)

    def test_places_of_other_texts_are_those_of_the_site(self):
        known = SCHEMA["$defs"]["other"]["properties"]["after"]["enum"]
        self.assertEqual(known, list(ANCHORS))

    def test_limits_are_those_of_the_reader(self):
        article = SCHEMA["$defs"]["article"]["properties"]
        for name, value, limit in (
            ("headline", "x", article["headline"]["maxLength"]),
            ("outlook", "x", SCHEMA["$defs"]["text"]["maxLength"]),
            ("key", "x", article["key"]["maxLength"]),
            ("points", ["x"], article["points"]["anyOf"][0]["maxItems"]),
            ("citations", ["x"], article["citations"]["anyOf"][0]["maxItems"]),
            ("tags", ["x"], article["tags"]["maxItems"]),
        ):
            for more in (0, 1):
                with self.subTest(name, more=more):
                    push = {"articles": [{name: value * (limit + more)}]}
                    _found, refused = outcome(json.dumps(push).encode())
                    self.assertEqual(refused is None, not more)
                    self.assertEqual(bool(list(faults(push, SCHEMA))), bool(more))

    def test_examples_of_the_desk_fit(self):
        push = {"articles": [{"headline": "x", "citations": ["한빛 | https://a.example"]}]}
        self.assertEqual(list(faults(push, SCHEMA)), [])
        found, _refused = outcome(json.dumps(push).encode())
        self.assertEqual(
            found.articles[0].text.citations, [CitationLine("한빛", "https://a.example", None)]
        )
