"""One page as files: as it is, and in each encoding that makes it shorter.

A web server finds the others by their names, which end with `.gz` or `.br`. It makes the validators
of a file from its length and its time in whole seconds (nginx: `ngx_http_set_etag`), and a client
may join ranges of bytes that have the same one (RFC 9110, section 8.8.1). So different bytes never
have both in common.
"""

import contextlib
import os
import secrets
from pathlib import Path

from articles.rules.encodings import has_content

_ENDS = {"identity": "", "gzip": ".gz", "br": ".br"}


def write(folder: Path, others: list[Path], name: str, bodies: dict[str, bytes]) -> None:
    """Write a page, by encoding, below a folder; `others` may have it from before.

    A file with the same content in as few bytes stays, or is linked from there. With more bytes, at
    least its time stays. Each file is replaced atomically. Raises OSError if the disk fails.
    """
    folders = [folder, *others]
    plain, length = bodies["identity"], None
    for encoding, end in _ENDS.items():
        body = bodies.get(encoding)
        if body is None or (length is not None and len(body) >= length):
            continue
        length = len(body)
        files = [known / f"{name}{end}" for known in folders]
        same = [file for file in files if _has(file, body, encoding, plain)]
        _write(files[0], body, same, [file for file in files if file not in same])
        if encoding == "identity":  # only beside the same page can the same be in other encodings
            folders = [folder, *(known for known in others if known / name in same)]


def link(folder: Path, other: Path, name: str) -> bool:
    """Give a new folder the files of a page that another one has. Returns whether it had them.
    Raises OSError if the disk fails."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    for end in _ENDS.values():
        try:
            (folder / f"{name}{end}").hardlink_to(other / f"{name}{end}")
        except FileExistsError:  # by another process
            continue
        except FileNotFoundError:
            if not end:
                return False
    return True


def _write(file, body, same, different):
    with contextlib.suppress(OSError):  # another process removes old folders
        best = min(same, key=_length, default=None)
        if best and _length(best) <= len(body):
            _link(best, file)
            return
    with _scratch(file) as scratch:
        scratch.write_bytes(body)
        _set_time(scratch, same, different)


def _link(best, file):
    if best != file:
        with _scratch(file) as scratch:
            scratch.hardlink_to(best)


@contextlib.contextmanager
def _scratch(file):
    """A path for what replaces a file at the end."""
    file.parent.mkdir(parents=True, exist_ok=True)
    scratch = file.with_name(f".{secrets.token_hex(8)}")
    try:
        yield scratch
        scratch.replace(file)
    finally:
        with contextlib.suppress(OSError):
            scratch.unlink(missing_ok=True)


def _set_time(file, same, different):
    """The time of the same content, or else now; later than that of different bytes of this
    length."""
    own = file.stat()
    taken = [stat.st_mtime for stat in _stats(different) if stat.st_size == own.st_size]
    moment = max([stat.st_mtime for stat in _stats(same)], default=own.st_mtime)
    moment = max([moment, *(int(second) + 1 for second in taken)])
    os.utime(file, (moment, moment))


def _stats(files):
    for file in files:
        with contextlib.suppress(OSError):
            yield file.stat()


def _length(file):
    return file.stat().st_size


def _has(file, body, encoding, plain):
    with contextlib.suppress(OSError):
        found = file.read_bytes()
        return found == body or has_content(found, encoding, plain)
    return False
