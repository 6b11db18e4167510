"""Which article of a stored digest each article of a post is."""

from types import SimpleNamespace

from django.test import SimpleTestCase

from articles.posts.matching import uids
from articles.rules.lines import CitationLine
from tests.support.costs import calls


def post(*articles):
    """A post of articles, each a headline and addresses that it cites."""

    def article(headline, *urls):
        citations = [CitationLine("가", url, None) for url in urls]
        return SimpleNamespace(headline=headline, citations=citations)

    return SimpleNamespace(articles=[article(*each) for each in articles])


def stored(*articles):
    """A snapshot of such articles with the ids 0, 1, 2 and so on."""
    return {
        "articles": [
            {"uid": str(place), "headline": headline, "citations": [{"url": url} for url in urls]}
            for place, (headline, *urls) in enumerate(articles)
        ]
    }


def all_others(count):
    """So many articles that are none of as many stored ones, but for the place."""
    new, old = (
        [(f"{name} {number}", f"https://{name}{number}.example/") for number in range(count)]
        for name in ("new", "old")
    )
    return post(*new), stored(*old)


class MatchingTests(SimpleTestCase):
    def test_by_headline_then_by_a_citation_then_by_place(self):
        a, b, c = (f"https://{name}.example/1" for name in "abc")
        old = stored(("하나", a), ("둘", b), ("셋", c), ("넷",))
        self.assertEqual(uids(post(("셋",), ("새", c, b), ("또", a)), old), ["2", "1", "0"])
        self.assertEqual(uids(post(("새",), ("또",)), old), ["0", "1"])
        self.assertEqual(uids(post(("새",), ("하나",)), old)[1], "0")

    def test_each_is_only_one_of_them(self):
        url = "https://a.example/1"
        old = stored(("하나", url), ("하나", url))
        self.assertEqual(uids(post(("하나",), ("하나",)), old), ["0", "1"])
        self.assertEqual(uids(post(("새", url, url), ("또", url)), old), ["0", "1"])
        third = uids(post(("하나",), ("새", url), ("또", url)), old)[2]
        self.assertNotIn(third, ("0", "1"))

    def test_the_first_one_that_shares_any_citation(self):
        a, b = "https://a.example/1", "https://b.example/1"
        self.assertEqual(uids(post(("새", b, a)), stored(("하나", a), ("둘", b))), ["0"])

    def test_twice_as_many_cost_twice_as_much(self):
        few, twice = (calls(uids, *all_others(count)) for count in (50, 100))
        self.assertLess(twice, 2.5 * few)
