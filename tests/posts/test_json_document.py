import json
from copy import deepcopy
from pathlib import Path

from django.test import TestCase

from articles.digests import publishing, revisions
from articles.posts import json_document
from tests.support.factories import make_article, make_digest, publish
from tests.support.json_schema import faults, strictly

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "digest.schema.json").read_text(encoding="utf-8")
)


def make_full():
    digest = make_digest(articles=1, published=False, introduction="**머리**말 <b>\n\n둘째")
    make_article(
        digest,
        headline="둘째 기사",
        tags=["반도체", "AI"],
        drafted_by="ai",
        read_by="김민지",
        other=[{"after": "points", "text": "| 표 |"}],
        citations=[("A 신문", "https://a.example/1", None)],
    )
    digest = publish(digest)
    publishing.correct(digest, "날짜를 바로잡습니다.")
    publishing.correct(digest, "비율은 **57%**.", article=digest.articles.last())
    digest.refresh_from_db()
    return digest


def document_of(digest):
    return json.loads(json_document.write(revisions.snapshot(digest)))


class JsonDocumentTests(TestCase):
    def test_it_says_what_the_page_says(self):
        digest = make_full()
        found = document_of(digest)
        self.assertEqual((found["format"], found["version"]), ("newsroom-digest", 1))
        self.assertEqual(found["id"], digest.feed_id)
        self.assertEqual(found["url"], "http://testserver/2026/01/03/")
        self.assertEqual(found["introduction"], "**머리**말 <b>\n\n둘째")
        self.assertEqual(found["published_at"], "2026-01-02T22:00:00Z")
        self.assertEqual(
            found["updated_at"], digest.last_changed_at.isoformat().replace("+00:00", "Z")
        )
        self.assertEqual([c["text"] for c in found["corrections"]], ["날짜를 바로잡습니다."])
        first, second = found["articles"]
        self.assertEqual(first["citations"][0]["published_on"], "2026-01-03")
        self.assertEqual((first["drafted_by"], first["corrections"]), (None, []))
        self.assertEqual(second["id"], digest.articles.last().feed_id)
        self.assertEqual(second["url"], "http://testserver/2026/01/03/#둘째-기사")
        self.assertEqual(second["tags"], ["반도체", "AI"])
        self.assertEqual((second["drafted_by"], second["read_by"]), ("ai", "김민지"))
        self.assertEqual(second["other"], [{"after": "points", "text": "| 표 |"}])
        self.assertEqual([c["text"] for c in second["corrections"]], ["비율은 **57%**."])

    def test_it_fits_its_schema_and_has_nothing_that_is_not_in_it(self):
        for digest in (make_full(), make_digest("2026-01-04", published=False)):
            with self.subTest(digest.date):
                self.assertEqual(list(faults(document_of(digest), strictly(SCHEMA))), [])

    def test_what_does_not_fit_the_schema_is_found(self):
        good = document_of(make_full())
        for path, value in (
            (["version"], 2),
            (["date"], "2026-1-3"),
            (["published_at"], "2026-01-02T22:00:00+09:00"),
            (["articles", 0, "points"], None),
            (["articles", 1, "drafted_by"], "robot"),
            (["articles", 0, "citations", 0, "url"], "javascript:1"),
            (["articles", 0, "status"], "draft"),
        ):
            with self.subTest(path):
                bad = deepcopy(good)
                inner = bad
                for key in path[:-1]:
                    inner = inner[key]
                inner[path[-1]] = value
                self.assertTrue(list(faults(bad, strictly(SCHEMA))))

    def test_what_was_never_published_has_no_ids_and_times(self):
        found = document_of(make_digest(published=False))
        known = (found["id"], found["published_at"], found["updated_at"])
        self.assertEqual((*known, found["articles"][0]["id"]), (None, None, None, None))
