"""An import by several processes at a time, for archives of years."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from multiprocessing.managers import SyncManager

from django.db import connection, connections

from articles.posts.importing import Importer, Outcome
from articles.posts.sources import MAX_POST_BYTES, UNREADABLE, Source

BATCH = 20  # posts that a process is given at a time
FEWEST = 100  # posts for which it is worth while
MOST_PROCESSES = 4
_importer: Importer | None = None  # of this process, if it is one that imports


class ProcessDied(Exception):
    """One of the processes was killed. What was imported until then stays."""


@dataclass(frozen=True)
class _Read:
    """A post that was read, or what came of reading it: can be sent to another process."""

    name: str
    data: bytes
    error: Exception | None = None
    is_draft: bool = False

    def source(self) -> Source:
        return Source(self.name, self._again, self.is_draft)

    def _again(self, limit: int) -> bytes:
        if self.error:
            raise self.error
        return self.data


def processes_for(sources: list[Source]) -> int:
    """How many processes are best for an import: 1 where they cannot be forked, or not safely, as
    on macOS, which cannot say either how many processors this process may use."""
    can_fork = "fork" in multiprocessing.get_all_start_methods()
    if len(sources) < FEWEST or not can_fork or not hasattr(os, "sched_getaffinity"):
        return 1
    return min(len(os.sched_getaffinity(0)), MOST_PROCESSES)


def import_posts(sources: list[Source], processes: int, **options: bool) -> Iterator[Outcome]:
    """As `importing.import_posts` with these options, in the order of the sources.

    Of two posts for one day the one that was met first is taken, which is the first by name unless
    they are far apart. Call it with no transaction open; connections to the database are closed,
    and opened again when they are needed. Raises ProcessDied.
    """
    connections.close_all()
    context = multiprocessing.get_context("fork")
    manager = SyncManager(ctx=context)
    manager.start(_end_with_parent)
    with manager:
        # SQLite has one who writes, and lets the others sleep for too long.
        turn = context.Lock() if connection.vendor == "sqlite" else None
        begin = (manager.dict(), turn, options)
        with ProcessPoolExecutor(processes, context, _begin, begin) as pool:
            under_way: deque[Future[list[Outcome]]] = deque()
            try:
                for batch in _batches(sources):
                    under_way.append(pool.submit(_take, batch))
                    if len(under_way) > 2 * processes:
                        yield from under_way.popleft().result()
                while under_way:
                    yield from under_way.popleft().result()
            except BrokenProcessPool as error:
                raise ProcessDied from error
            finally:
                pool.shutdown(cancel_futures=True)


def _batches(sources: list[Source]) -> Iterator[list[_Read]]:
    """The posts, read here: an archive that is open cannot be read by two processes."""
    waiting = iter(sources)
    while batch := [_read(source) for source in islice(waiting, BATCH)]:
        yield batch


def _read(source: Source) -> _Read:
    try:
        return _Read(source.name, source.read(MAX_POST_BYTES + 1), is_draft=source.is_draft)
    except UNREADABLE as error:
        return _Read(source.name, b"", error)


# In the processes


def _begin(days, turn, options) -> None:
    global _importer
    _importer = Importer(**options, days=days, turn=turn)
    # The one that was started is interrupted, and lets the others end what they are at.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with_parent()


def _end_with_parent() -> None:
    """Or this process would wait for ever after its parent was killed."""

    def wait():
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _take(batch: list[_Read]) -> list[Outcome]:
    return [_importer.take(read.source()) for read in batch]
