"""Aliases of tags, and the list by which they are pasted and taken along."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.test import SimpleTestCase, TestCase
from hypothesis import given
from hypothesis import strategies as st

from articles.models import AuditEntry, SiteVersion, Tag, TagAlias
from articles.recognising.tag_words import Named, key_of
from articles.rules.lines import LineErrors
from articles.rules.text import fold, tidy_name
from articles.taxonomy import tags, vocabulary, vocabulary_list
from articles.taxonomy.vocabulary_list import Outcome
from tests.support.factories import make_user

EDITOR = ["change_tag", "delete_tag", "publish_digest"]
LIST = """인공지능 = AI, 인공 지능, artificial intelligence

반도체 = semiconductor
로봇
"""


def store(text, **options):
    return vocabulary_list.store(vocabulary_list.read(text), **options)


def planned(text):
    rows = vocabulary_list.plan(vocabulary_list.read(text))
    return [(row.number, row.outcome, row.aliases, len(row.clashes)) for row in rows]


class ReadingTests(SimpleTestCase):
    def test_a_line_is_a_tag_and_its_aliases(self):
        read = vocabulary_list.read(LIST)
        self.assertEqual([entry.number for entry in read], [1, 3, 4])
        self.assertEqual(read[0].name, "인공지능")
        self.assertEqual(read[0].aliases, ["AI", "인공 지능", "artificial intelligence"])
        self.assertEqual(read[2].aliases, [])

    def test_every_fault_is_told_with_its_line(self):
        with self.assertRaises(LineErrors) as refused:
            vocabulary_list.read(f"로봇\n = AI\n칩, 반도체 = IC\n{'가' * 101}\n")
        self.assertEqual([number for number, _sentence in refused.exception.errors], [2, 3, 4])

    def test_too_many_lines_are_refused(self):
        text = "\n".join(map(str, range(vocabulary_list.MAX_ENTRIES + 1)))
        with self.assertRaises(LineErrors):
            vocabulary_list.read(text)

    def test_the_list_of_the_software_has_sixty_tags_and_no_name_twice(self):
        entries = vocabulary_list.read(vocabulary_list.seed())
        names = [name for entry in entries for name in (entry.name, *entry.aliases)]
        self.assertEqual(len(entries), 60)
        self.assertEqual(len({fold(name) for name in names}), len(names))
        self.assertEqual([name for name in names if len(key_of(name)) < 2], [])

    @given(st.lists(st.text("가A=\\ +-é#", min_size=1, max_size=6).map(tidy_name), max_size=4))
    def test_a_list_that_was_written_reads_the_same(self, names):
        names = list(dict.fromkeys(name.lstrip("#").strip() for name in names))
        names = [name for name in names if name and not name.endswith("\\")]
        if names:
            [entry] = vocabulary_list.read(vocabulary_list.write([Named(names[0], names[1:])]))
            self.assertEqual([entry.name, *entry.aliases], names)


class StoringTests(TestCase):
    def test_it_is_there_and_taken_along_in_the_same_form(self):
        store(LIST)
        self.assertEqual(
            sorted(vocabulary_list.write(vocabulary.named()).splitlines()),
            sorted(line for line in LIST.splitlines() if line),
        )
        [entry] = AuditEntry.objects.filter(action=vocabulary.CHANGED)
        self.assertEqual(entry.detail, {"tags": 3, "aliases": 4})

    def test_storing_again_changes_nothing(self):
        store(LIST)
        self.assertEqual({outcome for _n, outcome, _a, _c in planned(LIST)}, {Outcome.UNCHANGED})
        store(LIST)
        self.assertEqual((Tag.objects.count(), TagAlias.objects.count()), (3, 4))
        self.assertEqual(AuditEntry.objects.count(), 1)

    def test_a_plan_says_what_is_new_and_what_clashes(self):
        store("인공지능 = AI\n칩")
        self.assertEqual(
            planned(
                "인공지능 = AI, 에이아이\n반도체 = 칩, ai\n인공 지능 = 사람\n로봇\n로봇 = 로보틱스"
            ),
            [
                (1, Outcome.CHANGED, ["에이아이"], 0),
                (2, Outcome.NEW, [], 2),
                (3, Outcome.REFUSED, [], 1),
                (4, Outcome.NEW, [], 0),
                (5, Outcome.CHANGED, ["로보틱스"], 0),
            ],
        )

    def test_readers_get_nothing_of_it(self):
        before = list(SiteVersion.objects.values_list("number"))
        store(LIST)
        self.assertFalse(Tag.objects.filter(is_known=True).exists())
        self.assertFalse(Tag.objects.in_use().exists())
        self.assertEqual(list(SiteVersion.objects.values_list("number")), before)

    def test_names_that_are_spelled_alike_get_addresses_of_their_own(self):
        store("C++\nC plus plus")
        self.assertEqual(Tag.objects.values("slug").distinct().count(), 2)

    def test_it_needs_the_permissions(self):
        with self.assertRaises(PermissionDenied):
            store(LIST, by=make_user(permissions=["change_tag", "add_tag"]))
        self.assertFalse(Tag.objects.exists())


class AliasTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        store("인공지능 = AI\n로봇")
        cls.tag, cls.other = (Tag.objects.get(name=name) for name in ("인공지능", "로봇"))
        cls.editor = make_user(permissions=EDITOR)

    def aliases(self):
        return sorted(self.tag.aliases.values_list("name", flat=True))

    def test_an_alias_means_its_tag_in_any_spelling(self):
        self.assertEqual(vocabulary.meant_by(["ＡＩ", "로봇", "칩"]), {"ＡＩ": "인공지능"})

    def test_a_tag_of_that_name_comes_first(self):
        Tag.objects.create(name="Ai")
        self.assertEqual(vocabulary.meant_by(["AI"]), {})

    def test_they_are_replaced_together(self):
        vocabulary.set_aliases(self.tag, ["에이아이", "인공지능"], by=self.editor)
        self.assertEqual(self.aliases(), ["에이아이"])

    def test_a_name_of_another_tag_is_refused(self):
        for name in ("로봇", "AI"):
            with self.subTest(name), self.assertRaises(ValidationError):
                tag = self.tag if name == "로봇" else self.other
                vocabulary.set_aliases(tag, [name], by=self.editor)
        self.assertEqual(self.aliases(), ["AI"])

    def test_a_renamed_tag_keeps_them_except_for_its_own_name(self):
        tags.rename(self.tag, "Ai", by=self.editor)
        self.assertEqual(self.aliases(), [])
        renamed = tags.rename(self.other, "로보틱스", by=self.editor)
        vocabulary.set_aliases(renamed, ["로봇"], by=self.editor)
        tags.rename(self.other, "로봇공학", by=self.editor)
        self.assertEqual(vocabulary.meant_by(["로봇"]), {"로봇": "로봇공학"})

    def test_a_merged_tag_leaves_its_name_and_aliases(self):
        tags.merge([self.tag], self.other, by=self.editor)
        meant = vocabulary.meant_by(["AI", "인공지능"])
        self.assertEqual(meant, {"AI": "로봇", "인공지능": "로봇"})

    def test_they_go_with_a_deleted_tag(self):
        tags.delete(self.tag, by=self.editor)
        self.assertEqual(vocabulary.meant_by(["AI"]), {})
