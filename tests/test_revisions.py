from django.test import TestCase

from articles import revisions
from articles.models import Digest
from tests.factories import make_article, make_digest, make_user


class RecordTests(TestCase):
    def setUp(self):
        self.digest = make_digest(articles=0, published=False)
        make_article(self.digest, headline="하나", tags=["로봇", "AI"])

    def test_snapshot_holds_the_whole_digest(self):
        revision = revisions.record(self.digest, author=make_user(), note="처음")
        self.assertEqual((revision.number, revision.schema, revision.note), (1, 1, "처음"))
        self.assertEqual(revision.data["title"], "2026-01-03 AI 뉴스")
        [article] = revision.data["articles"]
        self.assertEqual(article["tags"], ["로봇", "AI"])
        self.assertEqual(
            article["citations"],
            [
                {
                    "publisher": "한빛일보",
                    "url": "https://hanbit.example/2026/01/03/1",
                    "published_on": "2026-01-03",
                }
            ],
        )

    def test_nothing_changed_is_no_revision(self):
        revisions.record(self.digest)
        self.assertIsNone(revisions.record(Digest.objects.get()))

    def test_each_change_is_numbered(self):
        revisions.record(self.digest)
        make_article(self.digest, headline="둘")
        self.assertEqual(revisions.record(self.digest).number, 2)
        self.digest.articles.filter(position=2).delete()
        third = revisions.record(self.digest)
        self.assertEqual(third.number, 3)
        self.assertEqual(third.fingerprint, self.digest.revisions.get(number=1).fingerprint)
