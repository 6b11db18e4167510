"""What is typed in an open form is kept once, newest state only, apart from the digest."""

import datetime as dt
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

from django.contrib.auth.models import User
from django.db import connection
from django.test import TestCase, TransactionTestCase
from django.utils import timezone

from articles.digests import revisions, working_copies
from articles.models import WorkingCopy
from tests.support.factories import make_digest, make_user
from tests.support.waiting import PATIENCE

KEY = uuid.UUID("5e3f0a52-0a39-4c39-b4c9-000000000001")


def state(title):
    return [["title", title]]


class StoringTests(TestCase):
    def setUp(self):
        self.user = make_user()
        self.digest = make_digest(published=False)

    def store(self, title="초안", sequence=1, key=KEY, user=None, digest=None):
        return working_copies.store(
            user or self.user,
            key,
            digest=digest or self.digest,
            version=1,
            fields=state(title),
            sequence=sequence,
        )

    def test_fifty_states_of_one_form_are_one_row(self):
        for number in range(1, 51):
            self.store(f"제목 {number}", number)
        copy = WorkingCopy.objects.get()
        self.assertEqual(copy.fields, state("제목 50"))

    def test_the_digest_and_its_history_are_untouched(self):
        before = revisions.snapshot(self.digest)
        self.store()
        self.digest.refresh_from_db()
        self.assertEqual(revisions.snapshot(self.digest), before)
        self.assertEqual((self.digest.version, self.digest.revisions.count()), (1, 0))

    def test_a_repeated_state_is_no_news(self):
        self.assertEqual(self.store().pk, self.store().pk)

    def test_a_late_state_is_refused(self):
        self.store("새것", 2)
        for title, sequence in (("옛것", 1), ("다른 창의 것", 2)):
            with self.assertRaises(working_copies.Superseded):
                self.store(title, sequence)
        self.assertEqual(WorkingCopy.objects.get().fields, state("새것"))

    def test_a_saved_form_and_the_form_of_another_user_are_left_alone(self):
        self.store()
        with self.assertRaises(working_copies.Superseded):
            self.store("남의 것", 2, user=make_user("seoyeon"))
        working_copies.close(self.user, KEY, self.digest)
        with self.assertRaises(working_copies.Superseded):
            self.store("늦은 것", 3)
        copy = WorkingCopy.objects.get()
        self.assertEqual((copy.user, copy.fields), (self.user, []))

    def test_too_much_text_is_refused(self):
        with self.assertRaises(working_copies.TooLarge):
            self.store("가" * (working_copies.MAX_CHARACTERS + 1))
        self.assertFalse(WorkingCopy.objects.exists())

    def test_a_digest_deleted_meanwhile_leaves_the_text(self):
        self.store()
        digest, pk = self.digest, self.digest.pk
        digest.delete()
        digest.pk = pk
        self.store("아직 있는 글", 2, digest=digest)
        self.assertEqual(working_copies.offer(self.user).fields, state("아직 있는 글"))

    def test_a_user_has_a_limited_number_of_open_ones(self):
        self.store()
        rows = [WorkingCopy(user=self.user, fields=state(str(n))) for n in range(200)]
        WorkingCopy.objects.bulk_create(rows)
        self.store("가장 새것", key=uuid.uuid4())
        self.assertEqual(working_copies.open_copies(self.user).count(), working_copies.MAX_OPEN)
        self.assertEqual(working_copies.offer(self.user, self.digest).fields, state("가장 새것"))

    def test_what_nobody_came_back_for_is_forgotten(self):
        self.store()
        WorkingCopy.objects.update(saved_at=timezone.now() - dt.timedelta(days=31))
        self.store("새것", key=uuid.uuid4())
        self.assertEqual(WorkingCopy.objects.get().fields, state("새것"))

    def test_only_ones_own_newest_open_copy_is_offered(self):
        self.store("첫째")
        self.store("둘째", key=uuid.uuid4())
        self.assertEqual(working_copies.offer(self.user, self.digest).fields, state("둘째"))
        self.assertIsNone(working_copies.offer(self.user))
        self.assertIsNone(working_copies.offer(make_user("seoyeon"), self.digest))

    def test_discarding_is_for_the_owner(self):
        self.store()
        working_copies.discard(make_user("seoyeon"), KEY)
        self.assertTrue(WorkingCopy.objects.exists())
        working_copies.discard(self.user, KEY)
        self.assertFalse(WorkingCopy.objects.exists())


class SimultaneousTests(TransactionTestCase):
    serialized_rollback = True

    def test_states_sent_at_the_same_moment_make_one_row(self):
        User.objects.create_superuser("editor", password="x")
        digest = make_digest(published=False)
        start = threading.Barrier(6)

        def store(number):
            try:
                start.wait(PATIENCE)
                fields = state(str(number))
                working_copies.store(
                    User.objects.get(), KEY, digest=digest, fields=fields, sequence=number
                )
            except working_copies.Superseded:
                return "late"
            finally:
                connection.close()
            return "kept"

        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(store, range(1, 7)))
        self.assertIn("kept", answers)
        self.assertEqual(WorkingCopy.objects.get().fields, state("6"))
