"""Nodes are updated one after the other, so the last version works on the tables of this one, and a
migration that was killed is run again."""

import datetime as dt
from unittest.mock import patch

from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection, migrations, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.models.fields import NOT_PROVIDED
from django.test import SimpleTestCase, TransactionTestCase
from django.utils import timezone

from articles.models import PreviewLink, Publisher, PublisherRedirect, Tag, TagRedirect

# The first one; before it there was no version that could be running.
BASE = "0001_initial"
APP = "articles"
# The last one that changes a table of hubs.
LAST_OF_HUBS = "0009_publisher_addresses"
BEFORE_NAMES = "0012_corrections_by_moment"


def breaks_last_version(operation):
    """Why the code before an operation could not work after it; None if it can."""
    match operation:
        case migrations.AddField(field=field):
            if not can_be_left_out(field):
                return "adds a column that needs a value: give it null=True or a db_default"
        case migrations.RemoveField() | migrations.DeleteModel():
            return "takes away what the last version still reads: drop it one release later"
        case migrations.RenameField() | migrations.RenameModel() | migrations.AlterModelTable():
            return "renames what the last version still reads"
    return None


def can_be_left_out(field):
    """Whether a row can be inserted without naming the column."""
    is_no_column = field.many_to_many or field.primary_key
    return is_no_column or field.null or field.db_default is not NOT_PROVIDED


class LastVersionTests(SimpleTestCase):
    def test_what_a_killed_migration_leaves_can_be_done_again(self):
        """A table that is there already cannot be made. So where a migration is not one
        transaction, it only runs Python, which looks for what is left to do."""
        found = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
        for (app, name), migration in found.items():
            if app == APP and not migration.atomic:
                with self.subTest(name):
                    kinds = set(map(type, migration.operations))
                    self.assertEqual(kinds, {migrations.RunPython})

    def test_no_migration_takes_the_ground_from_under_the_last_version(self):
        found = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
        later = sorted(name for app, name in found if app == APP and name > BASE)
        self.assertGreater(len(later), 8)
        for name in later:
            operations = found[APP, name].operations
            new = {op.name_lower for op in operations if isinstance(op, migrations.CreateModel)}
            for operation in operations:
                if getattr(operation, "model_name_lower", None) in new:
                    continue  # a table that the last version does not know
                with self.subTest(f"{name}: {operation.describe()}"):
                    self.assertIsNone(breaks_last_version(operation))

    def test_what_would_is_found(self):
        for operation in (
            migrations.AddField("digest", "mood", models.CharField(max_length=9, default="")),
            migrations.AddField("digest", "owner", models.ForeignKey("auth.User", models.CASCADE)),
            migrations.RemoveField("digest", "title"),
            migrations.RenameField("digest", "title", "name"),
            migrations.DeleteModel("Upload"),
        ):
            with self.subTest(operation.describe()):
                self.assertIsNotNone(breaks_last_version(operation))

    def test_what_would_not_is_let_pass(self):
        for field in (
            models.CharField(max_length=9, default="", db_default=""),
            models.DateField(null=True),
            models.ManyToManyField("auth.User"),
        ):
            with self.subTest(field):
                operation = migrations.AddField("digest", "more", field)
                self.assertIsNone(breaks_last_version(operation))


class OldDatabaseTests(TransactionTestCase):
    """On the way from an old version to this one. All at once, since the way there and back takes
    seconds."""

    serialized_rollback = True

    def setUp(self):
        self.addCleanup(call_command, "migrate", verbosity=0)
        call_command("migrate", APP, "0007_search", verbosity=0)

    def test_a_database_of_an_old_version(self):
        with self.subTest("a migration that was not noted has made nothing"):
            self.check_that_it_is_noted_or_nothing()
        with self.subTest("indexes are those that Django makes"):
            self.check_indexes()
        with self.subTest("known names, links and rights are as if they had always been noted"):
            self.check_names()

    def check_that_it_is_noted_or_nothing(self):
        """A migration and the note that it was made are one: neither is there without the other."""
        killed = patch.object(MigrationExecutor, "record_migration", side_effect=KeyboardInterrupt)
        with killed, self.assertRaises(KeyboardInterrupt):
            call_command("migrate", APP, "0008", verbosity=0)
        tables = connection.introspection.table_names()
        self.assertNotIn("articles_hubping", tables)
        call_command("migrate", APP, "0008", verbosity=0)
        self.assertIn("articles_hubping", connection.introspection.table_names())

    def check_indexes(self):
        call_command("migrate", APP, "0007_search", verbosity=0)
        before = self.constraints()
        MigrationExecutor(connection).migrate([(APP, LAST_OF_HUBS)])
        made = self.constraints()
        call_command("migrate", APP, "0007_search", verbosity=0)
        call_command("migrate", APP, LAST_OF_HUBS, verbosity=0)
        self.assertNotEqual(before, made)
        self.assertEqual(self.constraints(), made)

    def constraints(self):
        with connection.cursor() as cursor:
            return {
                table: sorted(connection.introspection.get_constraints(cursor, table))
                for table in connection.introspection.table_names()
                if table.startswith("articles_hub")
            }

    def old(self, name):
        return self.apps.get_model(APP, name).objects

    def digest(self, day, status, *, at=None, published_at=None):
        """With a tag and a publisher that are called as its status."""
        names = {"date": f"2026-01-{day:02}", "title": "호", "language": "ko", "feed_id": f"{day}"}
        times = {"publish_at": at, "published_at": published_at}
        digest = self.old("Digest").create(status=status, **names, **times)
        named = {"headline": "기사", "slug": "기사", "position": 1}
        article = self.old("Article").create(digest=digest, **named)
        word = f"{status}-{day}"
        tag = self.old("Tag").create(name=word, slug=word, folded=word)
        self.old("TaggedArticle").create(tag=tag, content_object=article)
        self.old("TagRedirect").create(slug=f"old-{word}", tag=tag)
        outlet = self.old("Publisher").create(name=word, slug=word)
        url = "https://a.example/1"
        self.old("Citation").create(article=article, publisher=outlet, position=1, url=url)
        self.old("PublisherRedirect").create(slug=f"old-{word}", publisher=outlet)
        return digest

    def link(self, day, digest):
        times = {"created_at": self.now, "expires_at": self.now + dt.timedelta(days=3)}
        self.old("PreviewLink").create(digest=digest, token_hash=f"{day}" * 64, **times)

    def check_names(self):
        """From before what readers know was noted, and before writers lost names that readers
        see."""
        call_command("migrate", APP, BEFORE_NAMES, verbosity=0)
        self.apps = MigrationExecutor(connection).loader.project_state((APP, BEFORE_NAMES)).apps
        self.now = timezone.now()
        before, after = self.now - dt.timedelta(hours=1), self.now + dt.timedelta(hours=1)
        self.digest(1, "draft")
        self.digest(2, "scheduled", at=after)
        self.digest(3, "scheduled", at=before)
        self.digest(4, "published", at=before, published_at=before)
        self.digest(5, "withdrawn", at=before, published_at=before)
        for day, status in ((6, "withdrawn"), (7, "draft")):
            self.link(day, self.digest(day, status, at=before, published_at=before))
        writer = Group.objects.get(name="writer").permissions
        changing = writer.filter(codename__in=["change_tag", "change_publisher"])
        self.assertEqual(changing.count(), 2)
        call_command("migrate", APP, verbosity=0)
        with self.subTest("what readers have or had is known and stays"):
            self.check_known(
                {"scheduled-3", "published-4", "withdrawn-5", "withdrawn-6", "draft-7"}
            )
        with self.subTest("links of withdrawn digests end"):
            alive = PreviewLink.objects.filter(revoked_at=None)
            self.assertEqual([link.digest.status for link in alive], ["draft"])
        with self.subTest("writers only look at names"):
            self.assertFalse(changing.exists())
            kept = ["view_tag", "add_tag", "view_publisher", "add_publisher"]
            kept.append("add_publisherdomain")
            self.assertEqual(writer.filter(codename__in=kept).count(), len(kept))

    def check_known(self, known):
        former = {f"old-{word}" for word in known}
        for model, redirect in ((Tag, TagRedirect), (Publisher, PublisherRedirect)):
            rows = model.objects.filter(is_known=True).values_list("slug", flat=True)
            self.assertEqual(set(rows), known)
            rows = redirect.objects.filter(is_known=True).values_list("slug", flat=True)
            self.assertEqual(set(rows), former)
