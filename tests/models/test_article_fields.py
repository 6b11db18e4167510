"""What is written in a field of an article is in everything that is made of it, or it is said
here why not. Otherwise a new field is lost without a word."""

from zoneinfo import ZoneInfo

from articles import document
from articles.digests import diffing, revisions, working_copies
from articles.fields import ARTICLE, INPUTS, In
from articles.models import Article
from articles.posts import json_document
from tests.support.desk import DeskTestCase, filled
from tests.support.factories import make_digest, make_picture

SEOUL = ZoneInfo("Asia/Seoul")
RELATED = {"citations", "tags", "storyline"}
# What a test may put into a field besides a short text.
VALUES = {
    "points": ["다른 요점"],
    "citations": [{"publisher": "한빛", "url": "https://a.example/", "published_on": None}],
    "tags": ["반도체"],
    "other": [{"after": "implications", "text": "다른 글"}],
    "drafted_by": "ai",
    "layout": {"rule": False},
}

KEY = "It is a key of the database."
PLACE = "The order of the articles says it."
MADE = "Nobody types it."
DESK = "It is for the desk alone and is carried out at once."
CITED = "Its lines are among the citations."
FORM, SNAPSHOT, DIFF, WRITER, EXPORT = "form", "snapshot", "diff", "writer", "export"
# Why a column is not there.
REASONS = {
    **{("id", place): KEY for place in (FORM, SNAPSHOT, DIFF, WRITER, EXPORT)},
    **{("digest", place): KEY for place in (FORM, SNAPSHOT, DIFF, WRITER, EXPORT)},
    **{("position", place): PLACE for place in (FORM, SNAPSHOT, DIFF, WRITER, EXPORT)},
    **{("assignee", place): DESK for place in (SNAPSHOT, DIFF, WRITER, EXPORT)},
    **{("is_ready", place): DESK for place in (SNAPSHOT, DIFF, WRITER, EXPORT)},
    **{("unread_citations", place): CITED for place in (FORM, SNAPSHOT, DIFF, WRITER, EXPORT)},
    ("uid", FORM): "It says which article a row is, and is never changed.",
    ("uid", DIFF): "Articles are compared by it.",
    ("uid", WRITER): "Posts are written by hand.",
    ("uid", EXPORT): "Readers know an article by its feed id.",
    **{(name, place): MADE for name in ("slug", "feed_id") for place in (FORM, DIFF)},
    ("slug", WRITER): "It follows the headline.",
    ("feed_id", WRITER): "Posts are written by hand.",
    ("layout", FORM): MADE,
    ("layout", DIFF): "It is how a post is written, not what it says.",
    ("layout", EXPORT): "It is how a post is written, not what it says.",
}


class EveryFieldTests(DeskTestCase):
    def setUp(self):
        super().setUp()
        self.digest = make_digest(articles=1, published=False)
        self.picture, self.other_picture = make_picture(), make_picture("red")
        # A picture and its description only come together.
        self.digest.articles.update(picture=self.picture, picture_alt="막대그래프")
        self.before = revisions.snapshot(self.digest)

    def columns(self, place):
        names = {field.name for field in Article._meta.concrete_fields} | RELATED
        return sorted(name for name in names if (name, place) not in REASONS)

    def value(self, name):
        if name == "picture":
            return str(self.other_picture.uid)
        return VALUES.get(name, "다른 글")

    def changed(self, name):
        [article] = self.before["articles"]
        return self.before | {"articles": [article | {name: self.value(name)}]}

    def test_what_is_typed_into_the_form_is_stored(self):
        for name in self.columns(FORM):
            if name in ("assignee", "is_ready"):
                continue  # tests/admin/form/test_desk_fields.py
            with self.subTest(name):
                digest = make_digest(f"2025-12-{self.columns(FORM).index(name) + 1:02}", articles=1)
                digest.articles.update(picture=self.picture, picture_alt="막대그래프")
                shown = texts_of({"uid": "", name: self.value(name)})[name]
                box = "other_implications" if name == "other" else INPUTS[name]
                self.assertSaved(self.save(digest, filled(digest) | {f"articles-0-{box}": shown}))
                [article] = revisions.snapshot(digest)["articles"]
                self.assertEqual(texts_of(article)[name], shown)

    def test_a_revision_keeps_it(self):
        [article] = self.before["articles"]
        for name in self.columns(SNAPSHOT):
            with self.subTest(name):
                self.assertIn(name, article)

    def test_a_change_of_it_is_shown_merged_and_restored(self):
        for name in self.columns(DIFF):
            with self.subTest(name):
                [article] = diffing.compare(self.before, self.changed(name)).articles
                self.assertEqual([field.name for field in article.fields], [name])

    def test_the_document_has_it_both_ways(self):
        for name in self.columns(WRITER):
            with self.subTest(name):
                before, after = map(self.post, (self.before, self.changed(name)))
                self.assertNotEqual(before, after)
                if name != "layout":
                    [read] = document.to_snapshot(document.parse(after, SEOUL), ["1"])["articles"]
                    self.assertEqual(read[name], self.value(name))

    def post(self, data):
        return document.write(document.from_snapshot(data, SEOUL))

    def test_other_programs_get_it(self):
        for name in self.columns(EXPORT):
            with self.subTest(name):
                before, after = map(json_document.write, (self.before, self.changed(name)))
                self.assertNotEqual(before, after)

    def test_reasons_are_for_what_is_there(self):
        names = {field.name for field in Article._meta.concrete_fields} | RELATED
        self.assertLessEqual({name for name, _place in REASONS}, names)

    def test_the_table_says_the_same(self):
        places = {FORM: In.FORM, SNAPSHOT: In.SNAPSHOT, DIFF: In.DIFF, WRITER: In.DOCUMENT}
        places[EXPORT] = In.JSON
        for field in ARTICLE:
            for place, flag in places.items():
                with self.subTest(field.name, place=place):
                    self.assertEqual((field.name, place) not in REASONS, flag in field.places)


def texts_of(article):
    [texts] = working_copies.texts_of({"articles": [article]})["articles"]
    return texts
