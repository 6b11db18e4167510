"""The version before the newest migration, on a database that the present version has migrated.

So it is while nodes are updated one after the other: old code on the new tables, and forms that one
version has made and the other one gets.
"""

import io
import subprocess
import tarfile
from pathlib import Path

from tests.faults.desk import Editor
from tests.faults.engines import engines
from tests.faults.killed_writes import day, key_of, sent_to_press
from tests.faults.result import Result
from tests.faults.site import ROOT, NeverHappened, Node, environment, python, status_of

NAME = "two versions"
MIGRATIONS = "articles/migrations"
PAGES = ("/", "/archive/", "/tags/", "/2026/03/08/", "/feeds/digests.rss", "/feeds/articles.atom")
TYPED = "다른 판에서 쓴 글"


def run(folder: Path) -> list[Result]:
    commit = previous_version()
    old = folder / "old"
    unpack(commit, old)
    static = folder / "old-static"
    with engines(folder) as both:
        environ = environment(folder, both[0].site().url, STATIC_ROOT=f"{static}")
        python(environ, "manage.py", "collectstatic", "--no-input", tree=old)
        return [
            result
            for engine in both
            for result in run_on(engine, folder / engine.name, old, static, commit)
        ]


def previous_version():
    """The commit before the one that brought the newest migration; the last one, if that is not
    committed yet."""
    if git("status", "--porcelain", "--", MIGRATIONS).strip():
        return git("rev-parse", "--short", "HEAD").decode().strip()
    newest = git("log", "-1", "--format=%h", "--", MIGRATIONS).decode().strip()
    return git("rev-parse", "--short", f"{newest}^").decode().strip()


def unpack(commit, folder):
    with tarfile.open(fileobj=io.BytesIO(git("archive", commit))) as archive:
        archive.extractall(folder, filter="data")


def git(*words):
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        raise NeverHappened(f"The version before this one is not to be had: {done.stderr.decode()}")
    return done.stdout


def run_on(engine, folder, old, static, commit):
    folder.mkdir()
    site = engine.site()
    environ = environment(folder, site.url)
    python(environ, "-m", "tests.faults.making", "drafts", "3", "3")
    before = Node(folder, site.url, tree=old, STATIC_ROOT=f"{static}")
    after = Node(folder, site.url)
    with before, after:
        editor = Editor(before.port).log_in()
        yield old_code(engine, site, editor, before, after, commit)
        yield forms(engine, site, editor, before, after)


def old_code(engine, site, editor, before, after, commit):
    """What the old version does on the new tables."""
    pages = sum(status_of(before.port, page) == 200 for page in PAGES)
    made, _headers, _text = editor.ask(*new_digest(editor))
    saved, _headers, _text = editor.ask(*changed(editor, key_of(site, 0)))
    published, _headers, _text = editor.ask(*sent_to_press(editor, key_of(site, 0)))
    page = f"/{day(0).replace('-', '/')}/"
    seen = [status_of(node.port, page) for node in (before, after)]
    return Result(
        f"two versions, old code ({engine.name})",
        f"{commit} on the present tables: {len(PAGES)} pages, a digest made, saved, published",
        f"{pages} pages with 200; made HTTP {made}, saved {saved}, published {published}, "
        f"its page on the old node {seen[0]}, on the new one {seen[1]}",
        "all of it works",
        held=pages == len(PAGES) and (made, saved, published, *seen) == (302, 302, 302, 200, 200),
    )


def forms(engine, site, editor, before, after):
    """Forms of one version, sent to the other."""
    fates = [
        fate(site, editor, key_of(site, number), made.port, sent.port)
        for number, made, sent in ((1, before, after), (2, after, before))
    ]
    return Result(
        f"two versions, forms ({engine.name})",
        "a form of the old version sent to the new one, and the other way round, in one session",
        f"old to new: {fates[0]}; new to old: {fates[1]}",
        "saved, or refused with the text",
        held="lost" not in fates,
    )


def fate(site, editor, pk, made_by, sent_to):
    """What becomes of what was typed into a form."""
    editor.port = made_by
    path, data = changed(editor, pk)
    status, _headers, text = editor.ask(path, data, port=sent_to)
    [(outlook,)] = site.rows(
        "SELECT outlook FROM articles_article WHERE digest_id = ? AND position = 1", pk
    )
    if status == 302 and TYPED in outlook:
        return "saved"
    return f"refused with the text (HTTP {status})" if TYPED in text else "lost"


def new_digest(editor):
    add = "/admin/articles/digest/add/"
    changes = {"date": "2031-05-05", "title": "새 호", "articles-0-headline": "첫 기사"}
    return add, editor.form(add) | changes | {"_continue": "1"}


def changed(editor, pk):
    path = f"/admin/articles/digest/{pk}/change/"
    return path, editor.form(path) | {"articles-0-outlook": TYPED, "_continue": "1"}
