"""Where posts are read from: files, directories such as `_posts/`, and zip archives."""

import datetime as dt
import lzma
import os
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath
from typing import BinaryIO

from django.utils.translation import gettext as _

from articles.document import DocumentError, day_in_name
from articles.rules.dates import find_day

MAX_POST_BYTES = 1_000_000
MAX_ZIP_MEMBERS = 20_000
# Limit for the unpacked posts of one archive: fifty years of long days.
MAX_ZIP_BYTES = 500_000_000
# Deflate unpacks only as much as it is asked for. Python unpacks a whole block of the other methods
# at once, and a kilobyte of them can expand to gigabytes.
PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# Exceptions that a damaged, encrypted or unsupported member of an archive can raise.
UNREADABLE = (
    *(OSError, EOFError, RuntimeError, NotImplementedError, ValueError),
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
)
UTF8_NAME = 0x800  # the flag of a member
NAMES_IN = ("utf-8", "cp949")  # the encodings that names without the flag may have
# Names of a post that lies in a folder of its own.
INDEXES = {"index", "_index"}
# `2026_01_03`, `2026.01.03` and `20260103` at the start of a name.
_OTHER_DAY = re.compile(r"^(\d{4})[_.]?(\d{1,2}(?=[_.])|\d{2}(?=\d\d(?!\d)))[_.]?(\d{1,2})(?!\d)")
# Anywhere in a name, and six digits at its start: `daily-2026-01-03`, `260103_뉴스`.
_DAY_WITHIN = re.compile(
    r"(?<!\d)((?:19|20)\d{2})[-_. ]?(\d{1,2}(?=[-_. ])|\d{2})[-_. ]?(\d{1,2})(?!\d)"
)
_SHORT_DAY = re.compile(r"^(\d{2})(\d{2})(\d{2})(?!\d)")
SUFFIXES = {".md", ".markdown", ".mdx"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LINE_END = re.compile(rb"\r\n?|\n")
DRAFTS = {"_drafts"}  # folders whose posts a static site generator does not publish


class UnusableZip(ValueError):
    """The archive cannot be used; the message is a sentence that says why."""


@dataclass(frozen=True)
class PostFile:
    """A post that has not been read yet: its name in reports, and a function that reads its bytes.

    `read` takes the maximum number of bytes and may raise OSError. `is_draft` says that the post
    lies in a folder of drafts.
    """

    name: str
    read: Callable[[int], bytes]
    is_draft: bool = False

    @property
    def stem(self) -> str:
        return PurePosixPath(self.name.replace("\\", "/")).stem

    @property
    def day(self) -> dt.date | None:
        """The day in the file name, or in that of the folder of an `index.md`; None if it names
        none."""
        *folders, _name = re.split(r"[/\\:]", self.name)  # an archive's name ends with a colon
        names = [self.stem]
        if self.stem in INDEXES:
            names += [*folders[-1:], "-".join(folders[-3:])]
        days = (day_in_name(_OTHER_DAY.sub(r"\1-\2-\3", name)) for name in names)
        return next(filter(None, days), None)

    @property
    def day_around(self) -> dt.date | None:
        """The day further in the file name, or of its folders, such as `2026/01/03/news.md`: for a
        post that has none of its own. None if they name none."""
        *folders, _name = re.split(r"[/\\:]", self.name)
        joined = ("-".join(parts) for parts in ([*folders[-2:], self.stem], folders[-3:]))
        days = (_day_at_start(name) for name in (*folders[-1:], *joined))
        return _day_within(self.stem) or next(filter(None, days), None)


def _day_at_start(name: str) -> dt.date | None:
    name = re.sub("[년월](?=-)|일$", "", unicodedata.normalize("NFC", name))
    return day_in_name(_OTHER_DAY.sub(r"\1-\2-\3", name))


def _day_within(name: str) -> dt.date | None:
    if match := _DAY_WITHIN.search(name) or _SHORT_DAY.match(name):
        year, month, day = match.groups()
        return day_in_name(f"{'20' * (len(year) == 2)}{year}-{month}-{day}")
    found = find_day(re.sub("[-_]", " ", unicodedata.normalize("NFC", name)))
    return found.day if found else None


def find_posts(paths: list[Path]) -> list[PostFile]:
    """The Markdown files among the paths, in directories and in zip archives, sorted by name.

    Raises FileNotFoundError for a path that does not exist, PermissionError for a folder that may
    not be read, and UnusableZip.
    """
    found: list[PostFile] = []
    for path in paths:
        if path.is_dir():
            files = sorted(file for file in _below(path) if _is_post(file.name))
            found += [_file(file) for file in files if file.is_file()]
        elif not path.is_file():
            raise FileNotFoundError(path)
        elif path.suffix.lower() == ".zip":
            found += posts_in_zip(path, f"{path}:", are_drafts=_is_in_drafts(path))
        else:
            found.append(_file(path))
    unique = {post_file.name: post_file for post_file in found}
    return sorted(unique.values(), key=lambda post_file: (post_file.stem, post_file.name))


def _below(folder):
    """The files in a folder and its folders. `rglob` leaves out what may not be read."""

    def stop(error):
        raise error

    for parent, _folders, names in os.walk(folder, onerror=stop):
        yield from (Path(parent, name) for name in names)


def posts_in_zip(
    file: Path | BinaryIO, prefix: str = "", *, are_drafts: bool = False
) -> list[PostFile]:
    """The posts in an archive, in any of its folders. Raises UnusableZip."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnusableZip(_("The file is no zip archive, or it is damaged.")) from error
    named = ((_name_of(info), info) for info in archive.infolist())
    members = [(name, info) for name, info in named if _is_post(name)]
    if len(members) > MAX_ZIP_MEMBERS:
        message = _("The archive holds more than %(limit)d posts. Split it.")
        raise UnusableZip(message % {"limit": MAX_ZIP_MEMBERS})
    # Reading stops at MAX_POST_BYTES, and never unpacks more than the size stated here.
    if sum(min(info.file_size, MAX_POST_BYTES) for _name, info in members) > MAX_ZIP_BYTES:
        message = _("The posts in the archive are larger than %(limit)d MB together. Split it.")
        raise UnusableZip(message % {"limit": MAX_ZIP_BYTES // 1_000_000})
    return [
        PostFile(
            prefix + _CONTROL.sub("\ufffd", name),
            _member(archive, info),
            are_drafts or _names_drafts(PurePosixPath(name.replace("\\", "/"))),
        )
        for name, info in members
    ]


def read_post(post_file: PostFile) -> str:
    """The text of a post, including a byte order mark.

    Raises DocumentError if it cannot be read, is too large or is not UTF-8.
    """
    try:
        data = post_file.read(MAX_POST_BYTES + 1)
    except UNREADABLE as error:
        reason = getattr(error, "strerror", None) or str(error)
        message = _("The file cannot be read: %(reason)s.") % {"reason": reason}
        raise DocumentError([(1, message)]) from error
    if len(data) > MAX_POST_BYTES:
        message = _("The file is larger than %(limit)d bytes.") % {"limit": MAX_POST_BYTES}
        raise DocumentError([(1, message)])
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = len(_LINE_END.findall(data, 0, error.start)) + 1
        message = _("The line is not UTF-8 (byte %(byte)s). Save the file in UTF-8.")
        raise DocumentError([(line, message % {"byte": hex(data[error.start])})]) from error


def _name_of(info: zipfile.ZipInfo) -> str:
    """The name of a member. Without the flag for UTF-8, Python reads it in the code page of the
    first PCs, but Windows writes that of its own language, and other systems write UTF-8."""
    if info.flag_bits & UTF8_NAME or info.filename.isascii():
        return info.filename
    for encoding in NAMES_IN:
        try:
            return info.filename.encode("cp437").decode(encoding)
        except UnicodeError:
            continue
    return info.filename


def _is_post(name: str) -> bool:
    path = PurePosixPath(name)
    is_junk = path.name.startswith(".") or "__MACOSX" in path.parts
    return path.suffix.lower() in SUFFIXES and not is_junk


def _file(path: Path) -> PostFile:
    def read(limit: int) -> bytes:
        with path.open("rb") as file:
            return file.read(limit)

    return PostFile("/".join(map(_readable, str(path).split("/"))), read, _is_in_drafts(path))


def _readable(name: str) -> str:
    """The name of a file or folder so that it can be shown and stored. One whose bytes are not
    UTF-8 comes from an archive of Windows."""
    data = name.encode(errors="surrogateescape")
    for encoding in NAMES_IN:
        try:
            return _CONTROL.sub("\ufffd", data.decode(encoding))
        except UnicodeError:
            continue
    return _CONTROL.sub("\ufffd", data.decode(errors="replace"))


def _is_in_drafts(path: Path) -> bool:
    """Whether a file lies in a folder of drafts, by the given path or by the resolved one."""
    return _names_drafts(path) or _names_drafts(path.resolve())


def _names_drafts(path: PurePath) -> bool:
    return any(part.casefold() in DRAFTS for part in path.parts[:-1])


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[int], bytes]:
    def read(limit: int) -> bytes:
        if info.compress_type not in PACKINGS:
            raise NotImplementedError(_("it is packed in another way than Deflate"))
        with archive.open(info) as file:
            return file.read(limit)

    return read
