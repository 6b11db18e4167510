"""Fixtures for every test."""

import gc
import signal
from importlib import import_module

import hypothesis
import pytest
from django.db import connection
from django.test import SimpleTestCase, TestCase, TransactionTestCase

from tests.browser import restoring
from tests.support import migrated, network
from tests.support.database import chosen, own_database
from tests.support.waiting import PATIENCE

# What the product does or gives up after so many seconds. On a busy machine every test could meet
# such a limit by chance; a test of a limit sets it, or the clock, by itself.
LIMITS_IN_SECONDS = (
    "articles.api.turns.WAIT_SECONDS",
    "articles.feeds.readers.counting.FLUSH_SECONDS",
    "articles.outgoing.requests.STEP_SECONDS",
    "articles.outgoing.requests.WHOLE_SECONDS",
    "articles.changes.hubs.sending.TURN_SECONDS",
    "articles.changes.preparation.UNTIL_SIGNAL",
    "articles.changes.showing.PATIENCE",
    "articles.management.commands.run_due.LATE_SECONDS",
    "articles.serving.page_store.front.LONGEST_COURTESY",
    "articles.serving.page_store.front.WAIT_FOR_ANOTHERS_PAGE",
    "articles.serving.page_store.preparing.LONGEST",
    "articles.serving.page_store.versions.LONGEST_HOLD",
    "articles.serving.page_store.versions.SILENT_AFTER",
    "articles.search.finding.SECONDS",
)

# How quickly examples are made and tried says nothing about the product. Everything else that
# Hypothesis complains about stays a failure. Examples differ from run to run; with CI set, where
# Hypothesis has a profile of its own to begin with, they are the same in every run.
hypothesis.settings.register_profile(
    "newsroom", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("newsroom")


def pytest_configure(config):
    """That both engines keep and find rows alike is shown by tests without `one_engine`."""
    meaning = "is about what is made of plain rows, whichever engine gives them; run with SQLite"
    config.addinivalue_line("markers", f"one_engine: {meaning}")
    # A shell starts jobs in the background deaf to Ctrl+C, and so would be what tests start.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # What collecting makes stays; to look for what does not would take a seventh of it.
    gc.disable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark the tests that use the database, so that the others need not run once for each engine.

    Refuse tests that would empty the tables and leave them so for those after them.
    """
    for item in items:
        if uses_database(item) and not item.get_closest_marker("one_engine"):
            item.add_marker("database")
        if item.cls and commits(item) and not getattr(item.cls, "serialized_rollback", True):
            raise pytest.UsageError(f"{item.cls.__qualname__}: set serialized_rollback = True.")


def pytest_collection_finish():
    """Keep the collector from looking again and again at what stays until the end of the run."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


@pytest.fixture(autouse=True, scope="session")
def no_network():
    """Refuse connections to other machines for the whole run."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        network.block(monkeypatch)
        yield


@pytest.fixture(autouse=True, scope="session")
def patient_product(django_test_environment):
    """Let the product wait as long as the tests do."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        for limit in LIMITS_IN_SECONDS:
            module, name = limit.rsplit(".", 1)
            monkeypatch.setattr(import_module(module), name, PATIENCE)
        monkeypatch.setattr(import_module("articles.serving.page_store.front"), "STILL", 0.0)
        yield


@pytest.fixture(autouse=True, scope="session")
def quick_restoring(django_test_environment):
    """Empty the tables after a test that commits, and restore them, in few statements."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(connection.creation, "deserialize_db_from_string", restoring.restore)
        if connection.vendor == "postgresql":
            monkeypatch.setattr(connection.ops, "sql_flush", restoring.sql_flush)
        yield


@pytest.fixture(autouse=True, scope="session")
def migrated_once(request, django_test_environment):
    """Copy the database that another run has migrated, where a copy can be kept."""
    kind = migrated.kind_for(connection, chosen())
    if kind and hasattr(request.config, "cache"):
        migrated.migrate_once(connection, request.config.cache.mkdir("migrated"), kind)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup):
    """Close the connection that made the database: tests without one may not ask whether it still
    works."""
    connection.close()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix, django_db_blocker, django_db_keepdb
):
    """Name the database of this run; pytest-django asks for that before it makes it."""
    if connection.vendor != "postgresql" or django_db_keepdb:
        yield
        return
    with django_db_blocker.unblock(), own_database(connection), django_db_blocker.block():
        yield


@pytest.fixture(autouse=True)
def index_of_nothing(request, django_db_blocker):
    """Empty the search index, and forget the digests that are kept, before a test that commits:
    flushing knows the models only."""
    if commits(request.node):
        request.getfixturevalue("django_db_setup")
        # Not before the settings are known: this module is read first.
        search = import_module("articles.search")
        import_module("articles.pages.digest_cache").forget()
        import_module("articles.pages.inputs").forget()
        with django_db_blocker.unblock():
            search.rebuild()


@pytest.fixture(autouse=True)
def imprint_of_nobody(django_test_environment):
    """Let every test begin on a site without an imprint, and know it."""
    import_module("articles.pages.imprints").know(None)


def uses_database(item):
    """Whether Django lets a test use the database of the run."""
    if item.cls and issubclass(item.cls, SimpleTestCase):
        return issubclass(item.cls, TransactionTestCase) or bool(item.cls.databases)
    return "db" in item.fixturenames or item.get_closest_marker("django_db") is not None


def commits(item):
    """Whether a test works outside a transaction, and so leaves rows behind."""
    if item.cls and issubclass(item.cls, TransactionTestCase):
        return not issubclass(item.cls, TestCase)
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction"))
