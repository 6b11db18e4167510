"""What a result was made from, and whether that is still the same."""

from django.db import DatabaseError, connection, transaction
from django.test import TestCase, TransactionTestCase

from articles.models import Tag
from articles.pages.inputs import MOST_QUERIES, Noting, remembered


def names():
    return list(Tag.objects.order_by("pk").values_list("name", flat=True))


def inputs_of(work, surroundings="here"):
    noting = Noting()
    with connection.execute_wrapper(noting):
        work()
    return noting.inputs(surroundings)


class InputsTests(TestCase):
    def setUp(self):
        self.tag = Tag.objects.create(name="반도체")

    def test_they_are_the_same_until_an_answer_is_another(self):
        inputs = inputs_of(names)
        self.assertTrue(inputs.are_same("here"))
        Tag.objects.filter(pk=self.tag.pk).update(name="칩")
        self.assertFalse(inputs.are_same("here"))
        Tag.objects.filter(pk=self.tag.pk).update(name="반도체")
        self.assertTrue(inputs.are_same("here"))

    def test_other_surroundings_need_no_query(self):
        inputs = inputs_of(names)
        with self.assertNumQueries(0):
            self.assertFalse(inputs.are_same("elsewhere"))

    def test_nothing_is_asked_after_another_answer(self):
        inputs = inputs_of(lambda: (names(), Tag.objects.count(), Tag.objects.first()))
        with self.assertNumQueries(3):
            self.assertTrue(inputs.are_same("here"))
        Tag.objects.filter(pk=self.tag.pk).update(name="칩")
        with self.assertNumQueries(1):
            self.assertFalse(inputs.are_same("here"))

    def test_parameters_belong_to_a_query(self):
        inputs = inputs_of(lambda: Tag.objects.filter(name="메모리").exists())
        Tag.objects.create(name="칩")
        self.assertTrue(inputs.are_same("here"))
        Tag.objects.create(name="메모리")
        self.assertFalse(inputs.are_same("here"))

    def test_nothing_is_known_without_queries_after_a_write_and_after_too_many(self):
        self.assertIsNone(inputs_of(lambda: None))
        self.assertIsNone(inputs_of(lambda: (names(), Tag.objects.create(name="칩"))))
        self.assertIsNone(inputs_of(lambda: [names() for _ in range(MOST_QUERIES + 1)]))
        self.assertIsNotNone(inputs_of(lambda: [names() for _ in range(MOST_QUERIES)]))

    def test_a_database_that_refuses_says_nothing(self):
        inputs = inputs_of(names)

        def refuse(*args):
            raise DatabaseError("away")

        with connection.execute_wrapper(refuse):
            self.assertFalse(inputs.are_same("here"))

    def test_it_does_not_matter_how_rows_are_taken(self):
        Tag.objects.create(name="칩")
        rows = Tag.objects.order_by("pk")
        ways = (
            lambda: list(rows.iterator(chunk_size=1)),
            rows.exists,
            rows.count,
            lambda: rows[1],
            lambda: rows.values_list("name").first(),
            lambda: Tag.objects.raw("SELECT * FROM articles_tag")[1],
            lambda: self.typed(lambda cursor: cursor.fetchall()),
            lambda: self.typed(lambda cursor: (cursor.fetchone(), cursor.fetchmany(7))),
            lambda: self.typed(list),
        )
        for way in ways:
            self.assertTrue(inputs_of(way).are_same("here"))

    def test_rows_that_nobody_took_are_not_known(self):
        Tag.objects.create(name="칩")
        inputs = inputs_of(lambda: self.typed(lambda cursor: cursor.fetchone()))
        self.assertFalse(inputs.are_same("here"))

    def typed(self, take):
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM articles_tag ORDER BY id")
            return take(cursor)

    def test_the_rows_that_were_taken_count_and_not_those_of_a_moment_later(self):
        noting = Noting()
        with connection.execute_wrapper(noting):
            names()
        Tag.objects.filter(pk=self.tag.pk).update(name="칩")
        self.assertFalse(noting.inputs("here").are_same("here"))


class RememberedTests(TransactionTestCase):
    serialized_rollback = True

    def setUp(self):
        self.made = 0

    def make(self):
        self.made += 1
        return self.made, names()

    def ask(self, key="key"):
        return remembered((self.id(), key), self.make)

    def test_it_is_made_again_when_a_row_is_another(self):
        for _ in range(2):
            self.assertEqual(self.ask(), (1, []))
        Tag.objects.create(name="칩")
        for _ in range(2):
            self.assertEqual(self.ask(), (2, ["칩"]))
        self.assertEqual(self.ask("other"), (3, ["칩"]))

    def test_it_belongs_to_the_inputs_of_what_contains_it(self):
        for _ in range(2):
            inputs = inputs_of(self.ask)
            self.assertTrue(inputs.are_same("here"))
            Tag.objects.create(name=f"칩 {self.made}")
            self.assertFalse(inputs.are_same("here"))

    def test_a_transaction_neither_keeps_nor_takes(self):
        self.ask()
        with transaction.atomic():
            self.assertEqual(self.ask(), (2, []))
        self.assertEqual(self.ask(), (1, []))
