"""Pages on their way from one process of the machine to another.

They are pickled, so they are signed with the site's key. The software and the environment are part
of the signature: a process takes no pages that it would have made in another way.
"""

import os
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils.crypto import constant_time_compare, salted_hmac

from articles.operations import software
from articles.serving.page_store.page import Page
from articles.serving.page_store.versions import State


@dataclass(frozen=True, slots=True)
class Handed:
    """The pages of a state that are new, by key, and the entity tags of those that are the same as
    in the state before."""

    state: State
    pages: Mapping[str, Page]
    kept: Mapping[str, str]


class Handing:
    """Make it when a process starts: then the software is what has been loaded."""

    def __init__(self) -> None:
        static_files = getattr(staticfiles_storage, "manifest_hash", "")
        environment = sorted(os.environ.items())
        self._sender = repr((software.fingerprint(), static_files, environment))

    def packed(self, handed: Handed) -> bytes:
        """What `unpacked` reads; empty if that cannot be."""
        try:
            data = pickle.dumps(handed)
        except (pickle.PicklingError, TypeError, AttributeError):  # a parameter of a query
            return b""
        return self._signature(data) + data

    def unpacked(self, data: bytes) -> Handed | None:
        """None if a process with other software or another environment has packed it."""
        signature, data = data[:32], data[32:]
        if not constant_time_compare(signature, self._signature(data)):
            return None
        handed = pickle.loads(data)  # noqa: S301 - it is signed
        pages = {key: _with_shared_texts(page) for key, page in handed.pages.items()}
        return replace(handed, pages=pages)

    def _signature(self, data):
        return salted_hmac(self._sender, data, algorithm="sha256").digest()


def _with_shared_texts(page):
    return replace(page, inputs=page.inputs and page.inputs.interned())
