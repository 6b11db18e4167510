"""kill -9 of the server at random moments of saving and publishing at the desk."""

import datetime as dt
import http.client
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from tests.faults.desk import Editor, fields_of
from tests.faults.engines import contents, engines
from tests.faults.forked import some
from tests.faults.making import FIRST
from tests.faults.result import Result
from tests.faults.site import FEED, Node, environment, python, wait_until

NAME = "killed writes"
KILLS, ARTICLES = 20, 10
OF_A_DAY = ("digests", "articles", "citations", "tags", "revisions")
COUNTED = ("article", "citation", "taggedarticle", "revision", "auditentry", "feedchange", "search")


def run(folder: Path) -> list[Result]:
    with engines(folder) as both, ThreadPoolExecutor() as pool:
        found = pool.map(lambda engine: at_the_desk(engine, folder / engine.name), both)
        return [result for results in found for result in results]


# Saving and publishing: one digest is saved while the last one is published


def at_the_desk(engine, folder):
    folder.mkdir()
    site = engine.site()
    environ = environment(folder, site.url)
    python(environ, "-m", "tests.faults.making", "drafts", f"{KILLS + 2}", f"{ARTICLES}")
    with one_worker(folder, site) as node:
        editor = Editor(node.port).log_in()
        saving, publishing = Step("saving", edited), Step("publishing", sent_to_press)
        expected = undisturbed(site, editor, saving, publishing)
        forms = {n: edited(editor, key_of(site, n)) for n in range(2, KILLS + 2)}
        for number in range(1, KILLS + 1):
            to_press = sent_to_press(editor, key_of(site, number))
            both = [
                Attempt(saving, site, editor, number + 1, *forms[number + 1]),
                Attempt(publishing, site, editor, number, *to_press),
            ]
            node.sent(FEED)  # so that it is a file
            kill_during(node, both, saving.seconds + publishing.seconds)
            for one in both:
                one.judge()
            node.start()
            # What was stored and not told: the files may be older than what the node says.
            wait_until(lambda: node.sent(FEED) == node.answer(FEED))
            for one in both:
                one.send_again()
    found = totals(site)
    amiss = [name for name in found if found[name] != expected[name]]
    indexed = index_of(site)
    python(environ, "manage.py", "rebuild_search")
    amiss += ["index"] if index_of(site) != indexed else []
    return [step.result(engine, amiss) for step in (saving, publishing)]


def undisturbed(site, editor, saving, publishing):
    """Do both to the first digest, and save the second one; returns what the totals are to be after
    all rounds."""
    editor.form(f"/admin/articles/digest/{key_of(site, 0)}/change/")  # loads what is loaded once
    before = totals(site)
    saving.measure(site, editor)
    saved = totals(site)
    publishing.measure(site, editor)
    published = totals(site)
    editor.ask(*edited(editor, key_of(site, 1)))
    return {
        name: before[name]
        + (KILLS + 2) * (saved[name] - before[name])
        + (KILLS + 1) * (published[name] - saved[name])
        for name in before
    }


def kill_during(node, both, seconds):
    """Send both forms at the same time and kill the server somewhere in what they take."""
    senders = [threading.Thread(target=one.send) for one in both]
    for sender in senders:
        sender.start()
    time.sleep(some(1.6 * seconds))
    node.kill()
    for sender in senders:
        sender.join()


def one_worker(folder, site):
    node = Node(folder, site.url)
    node.command[node.command.index("--workers") + 1] = "1"
    return node


class Step:
    """One thing that is done to a digest at the desk; `form(editor, pk)` is the filled form:
    an address, and what is sent to it."""

    def __init__(self, name, form):
        self.name, self.form = name, form
        self.fates = {"before": 0, "after": 0, "by half": 0}
        self.completed = 0

    def measure(self, site, editor):
        """Do it undisturbed, to know how long it takes and what it makes of a digest."""
        path, data = self.form(editor, key_of(site, 0))
        started = time.monotonic()
        status, _headers, text = editor.ask(path, data)
        assert status == 302, (self.name, status, text[-3000:])
        self.seconds = time.monotonic() - started
        self.after = of_day(site, 0)

    def result(self, engine, amiss):
        counted = ", ".join(f"{fate} {number}" for fate, number in self.fates.items())
        return Result(
            f"kill -9 in {self.name} ({engine.name})",
            f"the server killed at {KILLS} random moments of {self.name} a digest of {ARTICLES} "
            "articles, started again, the same form sent again",
            f"found as {counted}; {self.completed} of {KILLS} right after sending again; "
            f"totals and search index amiss: {', '.join(amiss) or 'none'}",
            "all or nothing, then exactly once; nothing old in files of pages",
            held=not self.fates["by half"] and self.completed == KILLS and not amiss,
        )


class Attempt:
    """A step that is cut off, with what there was of the digest before."""

    def __init__(self, step, site, editor, number, path, data):
        self.step, self.site, self.editor, self.number = step, site, editor, number
        self.path, self.data = path, data
        self.before = of_day(site, number)

    def send(self):
        with suppress(OSError, http.client.HTTPException):
            self.editor.ask(self.path, self.data)

    def judge(self):
        found = of_day(self.site, self.number)
        is_done = found == self.step.after
        fate = "before" if found == self.before else "after" if is_done else "by half"
        self.step.fates[fate] += 1

    def send_again(self):
        self.editor.ask(self.path, self.data)
        self.step.completed += of_day(self.site, self.number) == self.step.after


def edited(editor, pk):
    """Every article gets another headline, tags, a citation and a point."""
    path = f"/admin/articles/digest/{pk}/change/"
    data = editor.form(path)
    for number in range(ARTICLES):
        row = f"articles-{number}-"
        data[f"{row}headline"] += " 고침"
        data[f"{row}tag_names"] = f"주제 {number}, 새 주제"
        data[f"{row}points"] += "\r\n셋째 요점"
        data[f"{row}citation_lines"] += "\r\n새벽신문 | https://saebyeok.example/1 | 2026-01-02"
    return path, data | {"_continue": "1"}


def sent_to_press(editor, pk):
    """What publishes a digest at once when it is sent. The day is yet to come, and the desk asks
    about that once."""
    path = f"/admin/articles/digest/{pk}/press/"
    data = editor.reasoned(path) | {"_publish_now": "1"}
    _status, _headers, asked = editor.ask(path, data)
    return path, data | {"early": fields_of(asked, None)["early"]}


def day(number):
    return f"{FIRST + dt.timedelta(days=number)}"


def key_of(site, number):
    [(pk,)] = site.rows("SELECT id FROM articles_digest WHERE date = ?", day(number))
    return pk


def of_day(site, number):
    """All that there is about one digest, in words that are the same for every day."""
    date = day(number)
    whole = contents(site)
    own = {name: [row[1:] for row in whole[name] if str(row[0]) == date] for name in OF_A_DAY}
    pk = key_of(site, number) if own["digests"] else 0
    trail = (
        "SELECT action, actor_name, target FROM articles_auditentry WHERE digest_id = ? ORDER BY id"
    )
    own["audit"] = site.rows(trail, pk)
    found = "SELECT text FROM articles_search WHERE digest_id = ? ORDER BY text"
    own["search"] = site.rows(found, pk)
    passed = "SELECT count(*) > 0 FROM articles_acceptedfinding WHERE digest_id = ?"
    own["accepted"] = site.rows(passed, pk)
    text = json.dumps(own, ensure_ascii=False, default=str)
    return text.replace(date, "DAY").replace(date.replace("-", "/"), "DAY")


def totals(site):
    """Rows of what one step adds, and the site's version."""
    counts = site.counts()
    [(version,)] = site.rows("SELECT number FROM articles_siteversion")
    return {name: counts[f"articles_{name}"] for name in COUNTED} | {"site version": version}


def index_of(site):
    return site.rows("SELECT digest_id, article_uid, text FROM articles_search ORDER BY 1, 2")
