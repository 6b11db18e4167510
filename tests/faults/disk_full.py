"""A disk without a free byte, under an SQLite database and the uploaded pictures."""

import http.client
import json
import secrets
import subprocess
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path

from PIL import Image

from tests.faults.desk import Editor, fields_of
from tests.faults.engines import SqliteCopy, sqlite_site
from tests.faults.result import Result
from tests.faults.site import FEED, HOME, PATIENCE, NeverHappened, Node, status_of

NAME = "disk full"
MEGABYTES = 8
# The first two are finished pages by then, the others are rendered on the full disk.
PAGES = (HOME, FEED, "/2026/03/06/", "/archive/", "/tags/", "/feeds/articles.atom")
UPLOAD = "/admin/articles/digest/pictures/"
ADD = "/admin/articles/digest/add/"
TYPED = "잃으면 안 되는 글 "


def run(folder: Path) -> list[Result]:
    with small_disk(folder / "disk", MEGABYTES) as disk:
        site = SqliteCopy(disk / "site.sqlite3")
        site.path.write_bytes(sqlite_site().read_bytes())
        media = disk / "media"
        media.mkdir()
        on_disk = {"DATA_DIR": f"{disk}", "MEDIA_ROOT": f"{media}", "PAGES_DIR": f"{disk}/pages"}
        with Node(folder, site.url, **on_disk) as node:
            editor = Editor(node.port).log_in()
            form = new_digest(editor)
            for page in PAGES[:2] * 10:  # so that every process of the node has them
                assert status_of(node.port, page) == 200, page
            before = site.counts()
            site.close()  # so that it is as if nobody but the node had it open
            fill(disk)
            results = [reading(node), saving(editor, form), logging_in(node)]
            results.append(uploading(editor, media))
            (disk / "filling").unlink()
            stored = [name for name in before if site.counts()[name] != before[name]]
            return [*results, afterwards(site, node, editor, form, media, stored)]


@contextmanager
def small_disk(path, megabytes, files=10_000):
    path.mkdir()
    path.chmod(0o755)
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,nr_inodes={files}", "tmpfs", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NeverHappened(f"No small disk can be mounted here: {done.stderr.strip()}")
    try:
        yield path
    finally:
        subprocess.run(["umount", "--lazy", path], check=True)


def fill(disk):
    with suppress(OSError), (disk / "filling").open("wb", buffering=0) as file:
        while file.write(b"\0" * 4096):
            pass


def new_digest(editor):
    """The form of a digest with a long text."""
    changes = {
        "date": "2031-05-05",
        "title": "디스크가 찬 날",
        "introduction": TYPED + "가나다라마바사 " * 1000,
        "articles-0-headline": "첫 기사",
        "articles-0-outlook": TYPED + "전망 " * 1000,
    }
    return editor.form(ADD) | changes | {"_continue": "1"}


def reading(node):
    found = {page: status_of(node.port, page) for page in PAGES}
    good = sum(status == 200 for status in found.values())
    return Result(
        "disk full, reading",
        f"{len(PAGES)} pages and feeds, 2 of them finished before, 4 rendered on the full disk",
        f"{good} of {len(PAGES)} answered with 200",
        "reads go on",
        held=good == len(PAGES),
    )


def saving(editor, form):
    status, headers, text = editor.ask(ADD, form)
    kept = text.count(TYPED)
    can_be_sent_again = kept and fields_of(text, None).get("articles-0-outlook", "") != ""
    return Result(
        "disk full, saving",
        "a new digest saved through the admin",
        f"HTTP {status}, Retry-After {headers['Retry-After']}, text kept in {kept} places, "
        f"{'can' if can_be_sent_again else 'cannot'} be sent again",
        "refused in words, with the text",
        held=status == 503 and bool(can_be_sent_again),
    )


def logging_in(node):
    """Somebody else, who needs a new session."""
    editor = Editor(node.port)
    status, _headers, _text = editor.ask("/admin/login/")
    try:
        editor.log_in()
        said = "logged in"
    except AssertionError as refused:
        said = f"HTTP {refused}"
    return Result(
        "disk full, logging in",
        "another login",
        f"form HTTP {status}; {said}",
        "the form is there; logged in, or 503",
        held=status == 200 and said in ("logged in", "HTTP 503"),
    )


def uploading(editor, media):
    status, text = upload(editor)
    said = ""
    with suppress(ValueError, KeyError):
        said = json.loads(text)["error"]
    left = [path.name for path in media.rglob("*") if path.is_file()]
    return Result(
        "disk full, uploading a picture",
        "a picture of 1600 × 1200 uploaded at the desk",
        f"HTTP {status} “{said}”, {len(left)} files left in the media",
        "refused in words, no half file",
        held=status in (400, 503) and bool(said) and not left,
    )


def afterwards(site, node, editor, form, media, stored):
    """With space again: the same form, a picture, the database as a whole."""
    saved, _headers, _text = editor.ask(ADD, form)
    uploaded, _text = upload(editor)
    [(integrity,)] = site.rows("PRAGMA integrity_check")
    days = site.rows("SELECT count(*) FROM articles_digest WHERE date = '2031-05-05'")
    ready = status_of(node.port, "/readyz?exclude=deadline")
    files = sum(path.is_file() for path in media.rglob("*"))
    return Result(
        "disk full, space again",
        "the same form sent again, the picture uploaded again",
        f"stored by what was refused: {', '.join(stored) or 'nothing'}; saved HTTP {saved}, "
        f"{days[0][0]} such digest; uploaded HTTP {uploaded}, {files} files; "
        f"/readyz {ready}; integrity_check {integrity}",
        "everything works again by itself",
        held=(saved, days[0][0], uploaded, ready, integrity) == (302, 1, 200, 200, "ok")
        and files > 0
        and not {"articles_digest", "articles_article", "articles_revision"} & set(stored),
    )


def upload(editor):
    """(status, text) of a picture sent as the desk's script does."""
    boundary = secrets.token_hex(16)
    file = BytesIO()
    Image.effect_noise((1600, 1200), 80).convert("RGB").save(file, "JPEG", quality=70)
    disposition = 'Content-Disposition: form-data; name="file"; filename="a.jpg"'
    body = b"\r\n".join(
        [
            f"--{boundary}\r\n{disposition}\r\nContent-Type: image/jpeg\r\n".encode(),
            file.getvalue(),
            f"--{boundary}--\r\n".encode(),
        ]
    )
    headers = {
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Cookie": "; ".join(f"{name}={value}" for name, value in editor.cookies.items()),
        "X-CSRFToken": editor.cookies["csrftoken"],
        "Accept": "application/json",
    }
    connection = http.client.HTTPConnection("127.0.0.1", editor.port, timeout=PATIENCE)
    try:
        connection.request("POST", UPLOAD, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()
