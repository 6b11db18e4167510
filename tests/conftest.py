"""Fixtures for every test."""

from importlib import import_module

import pytest
from django.test import SimpleTestCase, TestCase, TransactionTestCase

from tests import network


def pytest_configure(config):
    """That both engines keep and find rows alike is shown by tests without `one_engine`."""
    meaning = "is about what is made of plain rows, whichever engine gives them; run with SQLite"
    config.addinivalue_line("markers", f"one_engine: {meaning}")


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


@pytest.fixture(autouse=True, scope="session")
def no_network():
    """Refuse connections to other machines for the whole run."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        network.block(monkeypatch)
        yield


@pytest.fixture(autouse=True)
def index_of_nothing(request, django_db_blocker):
    """Empty the search index, and forget the issues that are kept, before a test that commits:
    flushing knows the models only."""
    if commits(request.node):
        request.getfixturevalue("django_db_setup")
        # Not before the settings are known: this module is read first.
        search = import_module("articles.search")
        import_module("articles.issues").forget()
        with django_db_blocker.unblock():
            search.rebuild()


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
