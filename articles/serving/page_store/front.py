"""The WSGI callable in front of Django's."""

import contextlib
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from django.conf import settings
from django.db import connection

from articles.changes import preparation, site_version
from articles.operations.figures import Figures
from articles.pages.inputs import Noting
from articles.serving.page_store import page as pages
from articles.serving.page_store import requests
from articles.serving.page_store.compressing import Compressing
from articles.serving.page_store.faults import FaultLog
from articles.serving.page_store.page import Headers, Page
from articles.serving.page_store.preparing import Preparing, Ready
from articles.serving.page_store.store import PageStore
from articles.serving.page_store.versions import (
    State,
    Versions,
    connection_looked_after,
)
from articles.serving.page_store.written import WrittenPages

logger = logging.getLogger(__name__)

WAIT_FOR_ANOTHERS_PAGE = 10.0
LONGEST_COURTESY = 5.0
MOST_ATTEMPTS = 3
# Seconds for which a thread may keep Python from the others. With Python's own 5 ms, a reader may
# wait so long for a thread that makes pages, and again after each query.
TURN = 0.0005
STILL = 2.0  # seconds without a change, after which pages are made that few ask for
RENEWING, WARMING = "renewing pages", "making first pages"
LONGEST_WARMING = 5.0  # of the ten seconds that a new worker has until the old one stops


class Front:
    """Answers from the cache. `application` is Django's WSGI callable.

    If `files` is given, pages are also written as files below it. When the site changes, the pages
    used last are rendered again at once, at most `renewed` of them. `figures` gets the faults of
    files and, with METRICS_TOKEN, the numbers of pages made and taken. With `most_wanted`, which
    gives WSGI paths, pages are made before a change shows (`preparation`), and these in any case.
    `Versions` and `PageStore` describe the other arguments.

    The cache only makes responses faster and never prevents one: its errors are logged, and Django
    answers.
    """

    def __init__(
        self,
        application: Callable,
        *,
        max_bytes: int,
        files: Path | None = None,
        renewed: int = 200,
        look_every: float | None = None,
        figures: Figures | None = None,
        most_wanted: Callable[[], Iterable[str]] | None = None,
    ):
        self.application = application
        self.renewed = renewed
        self.store = PageStore(max_bytes)
        self.compressing = Compressing(self.store, renewed, self._let_readers_pass, self._write)
        self.versions = Versions(
            site_version.signal, self._on_change, look_every, self._on_look, self._listen
        )
        self.files = WrittenPages(files, self._holds, figures) if files else None
        self.preparing = most_wanted and Preparing(
            self.store,
            self.versions,
            self.files,
            self._unchanged,
            self._fresh,
            most_wanted,
            renewed,
        )
        self._figures = figures
        self._log = FaultLog(logger)
        self._flights: dict[str, _Flight] = {}
        self._lock = threading.Lock()

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        is_silent = environ[requests.DATABASE_IS_SILENT] = self.versions.is_database_silent()
        try:
            answer = self._finished(environ, is_silent)
        except Exception as error:  # noqa: BLE001 - whatever it is, Django can still answer
            self._log.tell("The store of finished pages failed, and the site was asked.", error)
            return self.application(environ, start_response)
        if answer is None:
            return self._told(environ, start_response, is_silent)
        return answer.answer(environ, start_response)

    def watch(self) -> None:
        """Start looking for changes without waiting for a request. If a web server sends the files,
        no request may ever come."""
        self.versions.watch()

    def warm(self, wanted: Callable[[], Iterable[str]], seconds: float = LONGEST_WARMING) -> None:
        """Make pages before the first reader asks; `wanted` gives their WSGI paths, some with a
        query after `?`. It returns after at most so many seconds, and then goes on in the
        background. It never raises."""
        warming = threading.Thread(target=self._warm, args=(wanted,), name=WARMING, daemon=True)
        with contextlib.suppress(RuntimeError):  # the system gives no more threads
            warming.start()
            warming.join(seconds)

    def _warm(self, wanted):
        try:
            state = self.versions.read()
            for path in wanted() if state else ():
                key, _, query = path.partition("?")
                if query:
                    self._render(requests.of_own(key, query), None, None)
                elif self.store.peek(key, state) is None:
                    self._made_once(key, requests.of_own(key), state)
        except Exception as error:  # noqa: BLE001 - readers get their pages without it
            self._log.tell("No page was made before somebody asked for it.", error)
        finally:
            connection.close()  # this thread ends

    def _finished(self, environ, is_silent):
        """The cached or newly rendered page; None if Django must answer."""
        if not requests.may_be_stored(environ):
            return None
        key = environ["PATH_INFO"]
        state = self.versions.known()
        answer = self.store.get(key, state) if state else None
        if answer or is_silent:
            return answer
        answer = self._made_once(key, environ, state)
        self.store.use(key)
        return answer

    def _told(self, environ, start_response, is_silent):
        """Django's answer. If it is public, such as a search, it may show what is committed and not
        signalled yet. Then that begins first, so that nobody gets an old page after it."""
        answer = self.application(environ, start_response)
        if environ.get(requests.PUBLIC) and not is_silent:
            try:
                self.versions.read()
            except Exception as error:  # noqa: BLE001 - the answer is there
                self._log.tell("The state of an answer that is not stored is unknown.", error)
        return answer

    def _made_once(self, key, environ, state):
        """The page, rendered by the first request while the others wait. If the response is not a
        cacheable page, only the first request gets it; the others get None."""
        with self._lock:
            flight = self._flights.get(key)
            leads = flight is None
            if leads:
                flight = self._flights[key] = _Flight()
        if not leads:
            flight.done.wait(WAIT_FOR_ANOTHERS_PAGE)
            return flight.page
        try:
            answer = self._make(key, environ, state)
            flight.page = answer if isinstance(answer, Page) else None
            return answer
        finally:
            with self._lock:
                del self._flights[key]
            flight.done.set()

    def _make(self, key, environ, state):
        """Render a page, and store it if the state did not change since `state`. If it changed, the
        page may mix old and new content, so it is rendered again. Responses that are not cacheable
        pages are never stored, so for them nobody asks for the state."""
        for _attempt in range(MOST_ATTEMPTS):
            former = self.store.former(key)
            answer = self._unchanged(former, state) or self._render(environ, former, state)
            if not isinstance(answer, Page):
                break
            before, state = state, self.versions.read()
            if state == before:
                self._keep(key, answer, state)
                break
        return answer

    def _keep(self, key, page, state):
        if state is not None:
            self.store.put(key, page, state)
            self._write(key, page, state)

    def _write(self, key, page, state):
        if self.files:
            self.files.put(key, page, state)

    def _unchanged(self, former, state):
        """The former page, if it would be made of the same again."""
        if former is None or former.inputs is None or state is None:
            return None
        with connection_looked_after():
            return former if former.inputs.are_same(state.surroundings) else None

    def _render(self, environ, former, state):
        answer, noting = _Answer(), Noting()
        impersonal = requests.impersonal(environ)
        with connection.execute_wrapper(noting):
            answer.read(self.application(impersonal, answer.start))
        if answer.status != "200 OK" or not impersonal.get(requests.PUBLIC):
            return answer
        inputs = state and noting.inputs(state.surroundings)
        page = pages.make(answer.headers, answer.body, former, inputs)
        if page:
            self._count("pages_made", 1)
        return page or answer

    def _count(self, name, number):
        if number and self._figures and settings.METRICS_TOKEN:
            self._figures.add(name, number)

    def _fresh(self, key, former, state):
        """The page of a state that may not have begun; None if there is no such page."""
        page = self._render(requests.of_own(key), former, state)
        return page if isinstance(page, Page) else None

    def _holds(self, state):
        return self.versions.holds(state)

    def _on_change(self, state: State | None):
        """Begin a state with the pages that are made for it, and make the others again, the most
        recently used first. Before that, see that no files of the previous state are found: a web
        server would send them together with new pages."""
        if self.files:
            self.files.begin(state)
        if state is None:
            return
        self.compressing.begin(state)
        ready = self.preparing.taken(state) if self.preparing else Ready()
        self._count("pages_taken", ready.handed_over)
        pages = dict(ready.pages)  # more may come in
        wanted, rest = (keys[: self.renewed] for keys in self.store.begin(state, pages))
        unwritten = {} if ready.are_written or not self.files else pages
        if unwritten or wanted or rest:
            self._start_renewing(unwritten, wanted, rest, state)

    def _listen(self):
        if self.preparing is None:
            return
        sys.setswitchinterval(TURN)
        try:
            preparation.listen(preparation.folder(), self.preparing)
        except (OSError, RuntimeError) as error:
            self._log.tell("Pages are not made before a change shows.", error)

    def _on_look(self):
        if self.files:
            self.files.tend(self.store)
        self.compressing.look()

    def _start_renewing(self, *arguments):
        sys.setswitchinterval(TURN)
        renewing = threading.Thread(target=self._renew, args=arguments, name=RENEWING, daemon=True)
        try:
            renewing.start()
        except RuntimeError as error:  # the system gives no more threads
            self._log.tell("Pages are not made again before somebody asks for them.", error)

    def _renew(self, unwritten, wanted, rest, state):
        """Write the pages that have no files, and make pages again: those that are wanted at once,
        the rest if nothing changes soon."""
        try:
            for key, page in unwritten.items():
                self._write(key, page, state)
            if self._made_again(wanted, state):
                time.sleep(STILL)
                if self._made_again(rest, state):
                    self.store.forget_former(state)
        except Exception as error:  # noqa: BLE001 - nobody waits for this thread
            self._log.tell("Pages are not made again before somebody asks for them.", error)
        finally:
            connection.close()  # this thread ends

    def _made_again(self, keys, state):
        """Whether a state lasts until these pages are made."""
        for key in keys:
            self._let_readers_pass()
            if not self.store.has_begun(state):
                return False
            if self.store.peek(key, state) is None:
                self._made_once(key, requests.of_own(key), state)
        return self.store.has_begun(state)

    def _let_readers_pass(self):
        """Let requests of readers go before pages that nobody has asked for yet."""
        until = time.monotonic() + LONGEST_COURTESY
        while self._flights and time.monotonic() < until:
            time.sleep(0.002)


class _Flight:
    """A page that is being rendered, for the threads that wait for it."""

    def __init__(self):
        self.done = threading.Event()
        self.page: Page | None = None


class _Answer:
    """Captures the response of a WSGI application, and replays it once."""

    def __init__(self):
        self.status, self.headers, self.body = "", [], b""

    def start(self, status: str, headers: Headers, exc_info=None):
        self.status, self.headers = status, headers

    def read(self, body: Iterable[bytes]) -> None:
        try:
            self.body = b"".join(body)
        finally:
            if hasattr(body, "close"):
                body.close()

    def answer(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        headers, body = self.headers, self.body
        if self.status.startswith("404 "):
            headers, body = pages.missing(headers, body, environ.get("HTTP_ACCEPT_ENCODING", ""))
        start_response(self.status, headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
