"""Fixtures for every test."""

import pytest

from tests import network


@pytest.fixture(autouse=True, scope="session")
def no_network():
    """Refuse connections to other machines for the whole run."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        network.block(monkeypatch)
        yield
