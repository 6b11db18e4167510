"""What digests consist of, read all at once."""

from django.test import TestCase

from articles.digests import publishing
from articles.models import Digest
from articles.pages import parts
from tests.support.factories import make_article, make_digest, make_picture, publish


class PartsTests(TestCase):
    def make(self, day, articles=1):
        digest = make_digest(day, articles=0, published=False)
        for number in range(articles):
            make_article(
                digest,
                headline=f"기사 {number}",
                tags=[f"주제 {number}", "로봇", "가속기"],
                citations=[(f"매체 {n}", f"https://{n}.example/", None) for n in (2, 1)],
            )
        digest = publish(digest)
        for article in (digest.articles.first(), None):
            publishing.correct(digest, "바로잡습니다.", article=article)
        return digest

    def test_they_are_what_the_database_says_in_its_order(self):
        digests = [self.make("2026-01-02", articles=2), self.make("2026-01-03", articles=3)]
        article = digests[0].articles.last()
        article.picture, article.picture_alt = make_picture(), "그림"
        article.save()
        loaded = list(Digest.objects.all())
        parts.load(loaded)
        with self.assertNumQueries(0):
            found = list(map(shown, loaded))
        self.assertEqual(found, list(map(shown, Digest.objects.all())))

    def test_they_cost_the_same_however_many_there_are(self):
        digests = [self.make("2026-01-02")]
        with self.assertNumQueries(5):
            parts.load(digests)
        digests += [self.make(f"2026-01-{day:02}", articles=3) for day in range(3, 6)]
        with self.assertNumQueries(5):
            parts.load(digests)

    def test_a_digest_without_articles_has_none(self):
        digest = make_digest(articles=0, published=False)
        parts.load([digest])
        self.assertEqual((digest.articles.all(), digest.corrections.all()), ([], []))


def shown(digest):
    """Everything of a digest that a page shows, as rows."""
    return [
        (
            article.pk,
            article.digest.title,
            article.picture,
            [(citation.url, citation.publisher.name) for citation in article.citations.all()],
            [tag.name for tag in article.tags.all()],
        )
        for article in digest.articles.all()
    ] + [(note.pk, note.digest.title) for note in digest.corrections.all()]
