"""Half-typed forms may hold anything; a check answers with findings and raises nothing."""

import json
from unittest.mock import patch

from django.test import SimpleTestCase, TestCase
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.fields import IMPLICATION_FIELDS
from articles.preflight import check
from articles.preflight.archive import Archive
from tests.preflight.snapshots import citation

PIECES = st.sampled_from(
    [
        *(
            "가",
            "나다",
            "科技",
            "美",
            "ア",
            "기자",
            "사진",
            "만",
            "억",
            "다.",
            "1,200",
            "2026-01-03",
        ),
        *("(", ")", "[", "]", "{", "}", "%", "12", "/", "//", ":", "?", "&", "=", "@", "`"),
        *("**", "](", "-", "#", "“", "”", "'", '"', ".", " ", "https://", "http://[::1"),
        *("a.example", "m.", "xn--", "/amp", "utm_source=", "#!/", "<br>", "&amp;", "TODO"),
        *("\x00", "\u200b", "\ud800"),
    ]
)
TEXT = st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=12).map("".join))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=8,
)
ANY = st.one_of(TEXT, JSON)
CITATION = st.fixed_dictionaries({}, optional=dict.fromkeys(citation(), ANY))
ARTICLE = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("uid", "headline", "slug", "tags", *IMPLICATION_FIELDS), ANY),
        "points": st.one_of(st.lists(ANY, max_size=4), ANY),
        "citations": st.one_of(st.lists(st.one_of(CITATION, ANY), max_size=4), ANY),
    },
)
DIGEST = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("title", "introduction", "slug", "publish_at", "published_at"), ANY),
        "date": st.one_of(st.dates().map(str), ANY),
        "language": st.one_of(st.sampled_from(["ko", "en"]), ANY),
        "articles": st.one_of(st.lists(st.one_of(ARTICLE, ANY), max_size=4), ANY),
    },
)


class PropertyTests(SimpleTestCase):
    @settings(max_examples=150, suppress_health_check=list(HealthCheck))
    @given(DIGEST)
    def test_no_half_typed_text_raises(self, data):
        with patch("articles.preflight.look_up", return_value=Archive()):
            findings = check(data)
        self.assertEqual(len({finding.key for finding in findings}), len(findings))
        json.dumps([finding.as_dict() for finding in findings])


class BrokenValueTests(TestCase):
    def test_broken_values_reach_the_database_as_nothing(self):
        for date in ("0001-01-01", "9999-12-31", "2026-13-01", "", None, 3):
            check(
                {"date": date, "articles": [{"citations": [citation("https://a.example/\ud800")]}]}
            )

    def test_articles_without_an_identity_are_told_apart(self):
        data = {"date": "2026-01-03", "articles": [{}, {"uid": "x"}, {"uid": "x"}, {"uid": 3}]}
        places = {finding.article for finding in check(data)}
        self.assertEqual(places, {None, "#1", "x", "#3", "#4"})
