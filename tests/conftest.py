"""Fixtures for every test."""

from importlib import import_module

import pytest
from django.test import TestCase, TransactionTestCase

from tests import network


def pytest_collection_modifyitems(items):
    """Refuse tests that would empty the tables and leave them so for those after them."""
    for item in items:
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
    """Empty the search index before a test that commits: flushing knows the models only."""
    if commits(request.node):
        request.getfixturevalue("django_db_setup")
        # Not before the settings are known: this module is read first.
        search = import_module("articles.search")
        with django_db_blocker.unblock():
            search.rebuild()


def commits(item):
    """Whether a test works outside a transaction, and so leaves rows behind."""
    if item.cls and issubclass(item.cls, TransactionTestCase):
        return not issubclass(item.cls, TestCase)
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction"))
