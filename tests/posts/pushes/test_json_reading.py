import datetime as dt
import json

from django.test import SimpleTestCase, TestCase, override_settings

from articles.digests import revisions
from articles.document import OtherText
from articles.models import Publisher, PublisherDomain, Push
from articles.posts import json_document
from articles.posts.pushes import json_reading
from articles.posts.pushes.problems import Refused
from articles.rules.lines import CitationLine
from tests.support.factories import make_digest, make_picture
from tests.support.pushes import fates, hand_in_json

DAY = dt.date(2026, 1, 3)


def read(document, day=DAY):
    """The digest in a document, given as bytes or as values."""
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return json_reading.as_written(content, day)


def article_in(**keys):
    """The only article of a push that has nothing else."""
    (article,) = read({"articles": [keys]}).articles
    return article.text


class ShapeTests(SimpleTestCase):
    def test_an_article_with_a_headline_is_enough(self):
        found = read({"articles": [{"headline": "새 가속기 공개"}]})
        self.assertEqual([article.text.headline for article in found.articles], ["새 가속기 공개"])
        self.assertEqual((found.title, found.introduction, found.language), ("", "", ""))
        self.assertEqual((found.articles[0].key, found.notices), ("", []))
        account = {"media_type": "application/json", "exact": True, "share": 1.0, "entries": []}
        self.assertEqual(found.reading, account)

    def test_all_texts_are_taken(self):
        found = read(
            {
                "date": "2026-01-03",
                "title": "새해 첫\n토요일",
                "language": "ko",
                "introduction": "머리말\r\n\r\n둘째 ",
                "articles": [
                    {
                        "key": "feed-17",
                        "headline": " 새 가속기 ",
                        "points": ["첫째 **요점**", "둘째"],
                        "technical_significance": "뜻",
                        "industry_impact": "산업",
                        "outlook": "앞날",
                        "citations": [{"publisher": "한빛", "url": "https://hanbit.example/1"}],
                        "tags": ["AI", "#반도체"],
                        "other": [{"after": "points", "text": "| 표 |\n"}],
                    }
                ],
            }
        )
        self.assertEqual(found.title, "새해 첫 토요일")
        self.assertEqual(found.introduction, "머리말\n\n둘째")
        article = found.articles[0]
        self.assertEqual((article.key, article.text.headline), ("feed-17", "새 가속기"))
        text = article.text
        self.assertEqual(text.points, ["첫째 **요점**", "둘째"])
        self.assertEqual((text.technical_significance, text.outlook), ("뜻", "앞날"))
        self.assertEqual(text.citations, [CitationLine("한빛", "https://hanbit.example/1", None)])
        self.assertEqual(text.tags, ["AI", "반도체"])
        self.assertEqual(text.other, [OtherText("points", "| 표 |")])

    def test_points_may_be_one_text_as_editors_type_it(self):
        self.assertEqual(article_in(points="- 첫째\n\n• 둘째\n").points, ["첫째", "둘째"])

    def test_a_point_of_a_list_is_one_line_and_keeps_its_signs(self):
        points = ["- 첫째", "둘째\n  이어서", "  ", None]
        self.assertEqual(article_in(points=points).points, ["- 첫째", "둘째 이어서"])

    def test_tags_are_read_as_editors_type_them(self):
        self.assertEqual(article_in(tags=["AI, 로봇", "#AI", ""]).tags, ["AI", "로봇"])

    def test_a_missing_list_of_articles_is_a_fault_and_an_empty_one_is_not(self):
        self.assertEqual(read({"articles": []}).articles, [])
        for document in ({}, {"articles": None}):
            with self.subTest(document), self.assertRaises(Refused):
                read(document)


class CitationTests(SimpleTestCase):
    def cited(self, *citations):
        return article_in(citations=list(citations)).citations

    def test_an_object_is_taken_exactly(self):
        citation = {
            "publisher": "A | B",
            "url": "https://a.example/1?x=(y)",
            "published_on": "2026-01-02",
        }
        exact = CitationLine("A | B", "https://a.example/1?x=(y)", dt.date(2026, 1, 2))
        self.assertEqual(self.cited(citation), [exact])

    def test_the_publisher_and_the_day_may_be_missing(self):
        bare = CitationLine("", "https://a.example/1", None)
        same = {"publisher": "https://a.example/1", "url": "https://a.example/1"}
        for citation in (
            {"url": "https://a.example/1"},
            {"publisher": None, "url": "https://a.example/1", "published_on": ""},
            same,
        ):
            with self.subTest(citation):
                self.assertEqual(self.cited(citation), [bare])

    def test_a_line_is_read_as_at_the_desk(self):
        cited = CitationLine("한빛", "https://a.example/1", dt.date(2026, 1, 2))
        lines = ("한빛 | https://a.example/1 | 1월 2일", "[한빛](https://a.example/1) - 2026.1.2")
        self.assertEqual(self.cited(*lines), [cited, cited])
        self.assertEqual(article_in(citations="\n\n".join(lines)).citations, [cited, cited])

    def test_an_object_that_is_not_exact_is_read_as_such_a_line(self):
        named = CitationLine("한빛", "https://www.a.example/1", dt.date(2025, 12, 30))
        citation = {"publisher": "한빛", "url": "www.a.example/1", "published_on": "12월 30일"}
        self.assertEqual(self.cited(citation), [named])

    def test_what_is_not_understood_stays_as_a_line_for_editors(self):
        for citation, line in (
            ({"publisher": "한빛", "url": "n/a"}, "한빛 | n/a"),
            (
                {"publisher": "한빛", "url": "https://a.example", "published_on": "언젠가 2026"},
                "한빛 | https://a.example | 언젠가 2026",
            ),
            (
                {"publisher": "한빛 <!-- ? -->", "url": "https://a.example"},
                "한빛 <!-- ? --> | https://a.example",
            ),
            ({"url": "https://a.example/새 길.html"}, "https://a.example/새 길.html"),
            ({"url": "www.a.example/1 2", "published_on": None}, "www.a.example/1 2"),
            ("어느 신문에서", "어느 신문에서"),
        ):
            with self.subTest(line):
                self.assertEqual(self.cited(citation), [CitationLine(line, "", None)])

    def test_blank_citations_are_none(self):
        self.assertEqual(self.cited(" ", {}, None, {"url": " "}, "https://a.example")[1:], [])

    def test_lines_that_were_not_understood_come_back_at_their_places(self):
        found = article_in(
            citations=[{"url": "https://a.example/1"}, {"url": "https://a.example/2"}],
            unread_citations=[{"place": 0, "line": "첫 줄"}, {"place": 9, "line": "끝 줄"}],
        ).citations
        self.assertEqual(
            [citation.url or citation.publisher for citation in found],
            ["첫 줄", "https://a.example/1", "https://a.example/2", "끝 줄"],
        )


class NoticeTests(SimpleTestCase):
    def notices(self, document=(), **article):
        return read({**dict(document), "articles": [{"headline": "제목", **article}]}).notices

    def test_what_the_site_writes_around_the_texts_needs_no_notice(self):
        silent = {
            "format": "newsroom-digest",
            "version": 1,
            "id": "tag:x",
            "url": "https://n.example",
        }
        silent |= {"published_at": None, "updated_at": None, "corrections": [], "title": ""}
        silent |= {"status": "draft"}
        article = {"id": "tag:y", "url": "u", "page": "p", "slug": "제목", "picture": None}
        article |= {"drafted_by": "ai", "read_by": None, "corrections": [], "note": "", "more": {}}
        self.assertEqual(self.notices(silent, **article), [])

    def test_each_kind_is_told_once_for_all_articles(self):
        article = {
            "headline": "제목",
            "read_by": "김민지",
            "drafted_by": "person",
            "status": "published",
            "corrections": [{"text": "고침"}],
            "picture": {"url": "https://a.example/1.png"},
            "score": 9,
            "citations": [{"url": "https://a.example/1", "language": "ko"}],
        }
        document = {"published_at": "2026-01-03T00:00:00Z", "articles": [article] * 3}
        notices = read(document).notices
        self.assertEqual(len(notices), 5)
        told = "\n".join(notices)
        for word in ("published_at, status", "https://a.example/1.png", "language, score"):
            self.assertEqual(told.count(word), 1, told)

    def test_pictures_are_named_by_their_addresses(self):
        for picture in ("https://a.example/1.png", {"url": "https://a.example/1.png"}):
            (notice,) = self.notices(picture=picture)
            self.assertIn("https://a.example/1.png", notice)
        self.assertIn("picture", self.notices(picture={"alt": "그림"})[0])

    def test_articles_without_any_text_are_left_out_and_counted(self):
        found = read({"articles": [{"headline": ""}, {"headline": "제목"}, {"points": [" "]}]})
        self.assertEqual([article.text.headline for article in found.articles], ["제목"])
        self.assertIn("1, 3", found.notices[0])

    def test_an_article_with_only_its_key_is_one(self):
        self.assertEqual([a.key for a in read({"articles": [{"key": "7"}]}).articles], ["7"])

    def test_characters_that_no_page_can_have_are_left_out(self):
        content = rb'{"articles": [{"headline": "a\u0000b\ud800c", "points": ["x\u000by"]}]}'
        found = read(content)
        text = found.articles[0].text
        self.assertEqual((text.headline, text.points), ("abc", ["xy"]))
        self.assertEqual(len(found.notices), 1)

    def test_long_and_odd_names_are_shown_short_and_clean(self):
        for name in ("\ud800" + "x" * 190, "줄\n바꿈\u0000"):
            (notice,) = self.notices(**{name: 1})
            self.assertLess(len(notice.encode()), 300)
            self.assertNotIn("\n", notice)

    def test_of_many_names_some_are_told(self):
        (notice,) = self.notices(**{f"key{number}": 1 for number in range(1_000)})
        self.assertLess(len(notice), 200)


class DayTests(SimpleTestCase):
    def test_the_day_of_a_document_is_its_date(self):
        self.assertEqual(json_reading.day_in(b'{"date": "2026-01-04"}'), dt.date(2026, 1, 4))
        for content in (b"{}", b"[]", b'{"date": 3}', b'{"date": "2026-02-30"}', b'{"date": null}'):
            with self.subTest(content):
                self.assertIsNone(json_reading.day_in(content))
        with self.assertRaises(Refused):
            json_reading.day_in(b"{")


class PublisherTests(TestCase):
    def test_addresses_without_publishers_get_those_that_the_site_knows(self):
        publisher = Publisher.objects.create(name="한빛일보", slug="hanbit")
        PublisherDomain.objects.create(domain="hanbit.example", publisher=publisher)
        urls = ["https://www.hanbit.example/1", "https://new.example/2"]
        document = {"articles": [{"key": "a", "citations": urls}]}
        (article,) = json_reading.read(json.dumps(document).encode(), DAY).articles
        names = [citation.publisher for citation in article.text.citations]
        self.assertEqual((article.key, names), ("a", ["한빛일보", "new.example"]))


@override_settings(SITE_URL="https://n.example")
class WrittenHereTests(TestCase):
    def test_what_the_site_writes_of_a_draft_is_read_without_a_notice(self):
        digest = make_digest(published=False)
        digest.articles.update(picture=make_picture(), picture_alt="그림")
        content = json_document.write(revisions.snapshot(digest), for_readers=False)
        found = json_reading.read(content, digest.date)
        self.assertEqual((len(found.articles), found.notices), (2, []))

    def test_pictures_of_other_sites_are_told_though_they_look_like_ours(self):
        url = "https://other.example/pictures/00000000-0000-4000-8000-000000000000/800.webp"
        document = {"articles": [{"headline": "제목", "picture": {"url": url}}]}
        self.assertIn(url, json_reading.read(json.dumps(document).encode(), DAY).notices[0])


class ReceivedTests(TestCase):
    def test_a_small_document_begins_a_draft_with_all_that_it_says(self):
        article = {"headline": "새 가속기 공개", "points": "- 첫째\n- 둘째", "tags": ["AI"]}
        article |= {"citations": ["한빛일보 | https://hanbit.example/1 | 1월 2일"]}
        received = hand_in_json({"title": "토요일", "articles": [article]})
        self.assertEqual((received.outcome, received.digest.title), ("created", "토요일"))
        data = revisions.snapshot(received.digest)["articles"][0]
        cited = {"publisher": "한빛일보", "url": "https://hanbit.example/1"}
        self.assertEqual(data["citations"], [cited | {"published_on": "2026-01-02"}])
        self.assertEqual((data["points"], data["tags"]), (["첫째", "둘째"], ["AI"]))
        self.assertEqual((data["drafted_by"], data["read_by"]), ("ai", ""))
        self.assertEqual(received.account["reading"]["media_type"], "application/json")

    def test_the_programs_key_finds_an_article_of_which_all_else_changed(self):
        one = {"key": "a", "headline": "첫 제목", "citations": ["https://hanbit.example/1"]}
        other = {"key": "a", "headline": "딴 제목", "citations": ["https://garam.example/2"]}
        hand_in_json({"articles": [one]})
        received = hand_in_json({"articles": [other]})
        self.assertEqual((received.outcome, fates(received)), ("updated", ["replaced"]))
        self.assertEqual(received.digest.articles.get().headline, "딴 제목")

    def test_what_the_site_gives_can_be_changed_and_sent_back(self):
        articles = [
            {"headline": f"{n}번째", "citations": [f"https://hanbit.example/{n}"]} for n in "12"
        ]
        digest = hand_in_json({"articles": articles}).digest
        document = json_document.from_snapshot(revisions.snapshot(digest), for_readers=False)
        self.assertEqual(set(fates(hand_in_json(document))), {"unchanged"})
        document["articles"][1]["outlook"] = "앞날"
        received = hand_in_json(document)
        self.assertEqual(fates(received), ["unchanged", "replaced"])
        self.assertEqual(received.account["notices"], [])

    def test_a_refused_document_is_recorded_with_its_pointers(self):
        with self.assertRaises(Refused):
            hand_in_json({"articles": [{"headline": 3}]})
        (error,) = Push.objects.get(outcome="refused").account["errors"]
        self.assertEqual(error["pointer"], "/articles/0/headline")
