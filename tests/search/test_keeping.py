"""The index follows the text: in the same transaction, through everything that happens to it."""

import datetime as dt
import io

from django.core.management import call_command
from django.db import connection, transaction
from django.test import TestCase
from django.utils import timezone

from articles import search
from articles.digests import editing, moving, publishing, revisions, trash
from articles.models import Digest, Publisher, Tag
from articles.posts.importing import import_posts
from articles.posts.post_files import PostFile
from articles.search import tables
from articles.taxonomy import publishers, tags
from tests.search.questions import QUESTIONS, make_articles, quoted
from tests.search.test_finding import found
from tests.support.factories import make_article, make_digest, publish, record
from tests.support.waiting import PATIENCE

HOUR = dt.timedelta(hours=1)


def rows():
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, text FROM articles_search ORDER BY key")
        return cursor.fetchall()


def count_terms(word):
    """How many rows the index of terms has for a word, whatever the table of texts says."""
    query = search.parse(word)
    return len(tables.look(query, *tables.span(None, None), 100, walk=False, seconds=PATIENCE))


def save(digest, **article):
    """Save the digest with other texts in its first article, as the desk does."""
    data = revisions.snapshot(digest)
    first, *others = data["articles"]
    editing.write(digest, data | {"articles": [first | article, *others]})
    digest.version += 1
    digest.save()
    record(digest)


class LifeTests(TestCase):
    def setUp(self):
        self.digest = make_digest(articles=0, published=False)
        make_article(self.digest, headline="갈매기 출현", tags=["해양"])
        make_article(self.digest, headline="고래 출현")

    def test_a_draft_is_neither_found_nor_in_the_index(self):
        record(self.digest)
        self.assertEqual(found("갈매기"), [])
        self.assertEqual(rows(), [])

    def test_publication_and_withdrawal(self):
        digest = publish(self.digest)
        self.assertEqual(len(found("갈매기")), 1)
        publishing.withdraw(digest)
        self.assertEqual(found("갈매기"), [])
        self.assertEqual(rows(), [])
        publish(Digest.objects.get(pk=digest.pk))
        self.assertEqual(len(found("갈매기")), 1)

    def test_an_edit_replaces_the_old_words(self):
        digest = publish(self.digest)
        save(digest, headline="펭귄 출현")
        self.assertEqual(found("갈매기"), [])
        self.assertEqual(len(found("펭귄")), 1)
        self.assertEqual(count_terms("갈매기"), 0)

    def test_a_correction_keeps_the_words(self):
        digest = publish(self.digest)
        publishing.correct(digest, "바로잡습니다.")
        self.assertEqual(len(found("갈매기")), 1)

    def test_an_article_that_is_removed_is_not_found(self):
        digest = publish(self.digest)
        data = revisions.snapshot(digest)
        editing.write(digest, data | {"articles": data["articles"][1:]})
        record(digest)
        self.assertEqual(found("갈매기"), [])
        self.assertEqual(len(found("출현")), 1)

    def test_another_order_is_the_order_of_hits(self):
        digest = publish(self.digest)
        first, second = digest.articles.order_by("position")
        self.assertEqual(found("출현"), [first.uid, second.uid])
        data = revisions.snapshot(digest)
        editing.write(digest, data | {"articles": data["articles"][::-1]})
        record(digest)
        self.assertEqual(found("출현"), [second.uid, first.uid])

    def test_another_day_moves_the_hits(self):
        digest = publish(self.digest)
        editing.write(digest, revisions.snapshot(digest) | {"date": "2026-01-09"})
        record(digest)
        self.assertEqual(len(found("갈매기", start=dt.date(2026, 1, 9))), 1)
        self.assertEqual(found("갈매기", end=dt.date(2026, 1, 8)), [])
        self.assertEqual(len(rows()), 2)

    def test_a_deleted_digest_is_gone_and_stays_away_when_restored(self):
        digest = publish(self.digest)
        kept = trash.delete(digest)
        self.assertEqual(rows(), [])
        digest = trash.restore(kept)
        self.assertEqual(found("갈매기"), [])
        publish(digest)
        self.assertEqual(len(found("갈매기")), 1)

    def test_a_digest_deleted_past_the_desk_is_not_found_and_in_nobodys_way(self):
        digest = publish(self.digest)
        digest.delete()
        self.assertEqual(found("갈매기"), [])
        make_digest(articles=1)
        self.assertEqual(len(found("번째")), 1)
        self.assertEqual(len(rows()), 1)

    def test_a_schedule_comes_true_without_anything_running(self):
        digest = publishing.publish(self.digest, at=timezone.now() + HOUR, unchecked=True)
        self.assertEqual(found("갈매기"), [])
        Digest.objects.filter(pk=digest.pk).update(publish_at=timezone.now() - HOUR)
        self.assertEqual(len(found("갈매기")), 1)
        publishing.release(digest.pk)
        self.assertEqual(len(found("갈매기")), 1)

    def test_a_cancelled_schedule_leaves_nothing(self):
        digest = publishing.publish(self.digest, at=timezone.now() + HOUR, unchecked=True)
        publishing.withdraw(digest)
        self.assertEqual(rows(), [])

    def test_names_of_topics_and_publishers_follow(self):
        publish(self.digest)
        tags.rename(Tag.objects.get(), "바다")
        self.assertEqual(found("", tags=("해양",)), [])
        self.assertEqual(len(found("", tags=("바다",))), 1)
        other = Publisher.objects.create(name="파도신문", slug="wave")
        publishers.merge([Publisher.objects.get(name="한빛일보")], other)
        self.assertEqual(found("한빛일보"), [])
        self.assertEqual(len(found("", publishers=("파도신문",))), 2)
        tags.delete(Tag.objects.get())
        self.assertEqual(found("", tags=("바다",)), [])

    def test_what_is_rolled_back_is_rolled_back_here_too(self):
        digest = publish(self.digest)
        before = rows()
        with transaction.atomic():
            save(digest, headline="펭귄 출현")
            transaction.set_rollback(True)
        self.assertEqual(rows(), before)
        self.assertEqual((count_terms("갈매기"), count_terms("펭귄")), (1, 0))

    def test_imported_posts_are_found(self):
        text = (
            '---\nlayout: post\ntitle: "소식"\ndate: 2026-02-01 07:00:00 +0900\n---\n\n'
            "## 두루미 귀환\n\n[한빛일보](https://a.example/1) - 발행일: 2026-02-01\n\n"
            "### 요약\n- 하나\n\n### 주요 내용 및 시사점\n- **기술적 의미**: 둘\n"
        )
        source = PostFile("2026-02-01-news.md", lambda size: text.encode())
        [outcome] = import_posts([source], publish=True)
        self.assertEqual(outcome.errors, [])
        self.assertEqual(len(found("두루미")), 1)

    def test_an_article_moved_to_another_day_is_found_there(self):
        tomorrow = timezone.now() + HOUR
        digest = publishing.publish(self.digest, at=tomorrow, unchecked=True)
        publishing.withdraw(digest)
        article = digest.articles.get(headline="갈매기 출현")
        other = moving.move_article(article, dt.date(2026, 1, 5))
        publish(Digest.objects.get(pk=digest.pk))
        self.assertEqual(found("갈매기"), [])
        publish(Digest.objects.get(pk=other.pk))
        self.assertEqual(found("갈매기", start=dt.date(2026, 1, 5)), [article.uid])


class RebuildTests(TestCase):
    def test_it_makes_the_same_index_again(self):
        digest, ids = make_articles()
        publish(digest)
        make_digest("2026-01-04")
        make_digest("2026-01-05", published=False)
        publishing.withdraw(make_digest("2026-01-06"))
        before = rows()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE articles_search SET text = ' 헛것 '")
        tables.replace(999, dt.date(2020, 1, 1), [])
        out = io.StringIO()
        call_command("rebuild_search", stdout=out)
        self.assertIn("8", out.getvalue())
        self.assertEqual(rows(), before)
        names = {uid: name for name, uid in ids.items()}
        for text, expected in QUESTIONS:
            with self.subTest(text):
                self.assertEqual(
                    {names[uid] for uid in found(quoted(text)) if uid in names}, expected
                )

    def test_rows_of_digests_that_are_gone_are_removed(self):
        for date in ("2026-01-03", "2026-01-04", "2026-01-05"):
            digest = make_digest(date)
            digest.delete()
        keep = make_digest("2026-01-06")
        search.rebuild()
        self.assertEqual(len(rows()), keep.articles.count())

    def test_many_digests_are_rebuilt_in_batches(self):
        for day in range(1, 6):
            make_digest(f"2026-01-0{day}", articles=1)
        before = rows()
        size = search.indexing.DIGESTS_AT_ONCE
        search.indexing.DIGESTS_AT_ONCE = 2
        self.addCleanup(setattr, search.indexing, "DIGESTS_AT_ONCE", size)
        self.assertEqual(search.rebuild(), 5)
        self.assertEqual(rows(), before)
