"""Fixtures for every test."""

import pytest
from django.test import TestCase, TransactionTestCase

from tests import network


def pytest_collection_modifyitems(items):
    """Refuse tests that would empty the tables and leave them so for those after them."""
    for cls in {item.cls for item in items if item.cls}:
        commits = issubclass(cls, TransactionTestCase) and not issubclass(cls, TestCase)
        if commits and not cls.serialized_rollback:
            raise pytest.UsageError(f"{cls.__qualname__}: set serialized_rollback = True.")


@pytest.fixture(autouse=True, scope="session")
def no_network():
    """Refuse connections to other machines for the whole run."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        network.block(monkeypatch)
        yield
