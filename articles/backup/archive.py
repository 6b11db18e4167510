"""The file of a backup: a ZIP archive of parts, with a manifest that lists the hash of each.

The manifest is written last, when all hashes are known, and read first. Any ZIP program can extract
a single part, which can then be compared with its SHA-256.
"""

import hashlib
import json
import os
import struct
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from django.utils.translation import gettext as _

MANIFEST = "manifest.json"
FORMAT = 1
BLOCK = 1024 * 1024
# A manifest has about 150 bytes per uploaded file, so this is enough for 200,000 files. A larger
# one is refused without unpacking it.
MAX_MANIFEST = 32 * BLOCK
# PKWARE's APPNOTE, 4.3.7 and 4.5.3: the header before each part, and its extra field for sizes
# that need more than 32 bits.
LOCAL_HEADER = struct.Struct("<4s5H3L2H")
LOCAL_SIGNATURE = b"PK\3\4"
DIRECTORY_SIGNATURE = b"PK\1\2"
EXTRA_FIELD = struct.Struct("<2H")
ZIP64 = 1
IN_ZIP64 = 0xFFFFFFFF
DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(NotImplementedError, RuntimeError, UnicodeDecodeError, ValueError, KeyError),
)


class Refused(Exception):
    """A backup cannot be made or cannot be used; the message is a sentence for the operator."""


class Writer:
    """Writes parts to a ZIP archive and records their sizes and hashes."""

    def __init__(self, file: IO[bytes]):
        self._zip = zipfile.ZipFile(file, "w")
        self.parts: dict[str, dict] = {}

    @contextmanager
    def part(self, name: str, *, is_compressed: bool = True) -> Iterator["_Hashed"]:
        """A binary file object to write one part to."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if is_compressed else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        with self._zip.open(info, "w", force_zip64=True) as file:
            hashed = _Hashed(file)
            yield hashed
        self.parts[name] = {"size": hashed.size, "sha256": hashed.sha256.hexdigest()}

    def finish(self, manifest: dict) -> None:
        """Add the manifest with the list of parts."""
        manifest = {"format": FORMAT, **manifest, "parts": self.parts}
        with self._zip.open(zipfile.ZipInfo(MANIFEST), "w") as file:
            file.write(json.dumps(manifest, ensure_ascii=False, indent=1).encode())

    def close(self) -> None:
        self._zip.close()


class _Hashed:
    def __init__(self, file):
        self._file = file
        self.sha256 = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self.sha256.update(data)
        self.size += len(data)


@contextmanager
def written(path: Path, *, force: bool = False) -> Iterator[Writer]:
    """A Writer whose file appears at `path` once it is complete and on the disk, or not at all.

    Raises Refused if the file exists, unless `force` is set. Only the owner may read the file.
    """
    _refuse_existing(path, force)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with closing(Writer(file)) as writer:
                yield writer
            file.flush()
            os.fsync(file.fileno())
        _refuse_existing(path, force)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Make new file names in a directory survive a power failure (fsync)."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse_existing(path, force):
    if path.exists() and not force:
        raise Refused(
            _("%(file)s exists. Choose another name, or replace it with --force.") % {"file": path}
        )


class Archive:
    """A backup opened for reading. Opening reads only the manifest; `check()` reads everything."""

    def __init__(self, path: Path):
        """Raises Refused if the file has no manifest that this version understands."""
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise Refused(
                _("%(file)s cannot be read: %(reason)s.") % {"file": path, "reason": error.strerror}
            ) from error
        try:
            self._zip = self._open_zip()
            self.manifest = self._read_manifest()
        except Refused:
            self._file.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._zip.close()
        self._file.close()

    @property
    def parts(self) -> dict[str, dict]:
        return self.manifest["parts"]

    def names(self, folder: str) -> list[str]:
        """The parts whose names start with `folder`, which ends with a slash."""
        return [name for name in self.parts if name.startswith(folder)]

    def open(self, name: str) -> IO[bytes]:
        return self._zip.open(name)

    def check(self, progress: Callable[[int, int], None] = lambda done, total: None) -> None:
        """Compare each part with the manifest. Raises Refused with the first part that is missing,
        altered or not of this backup. `progress` gets the numbers of parts checked and in total."""
        counted = Counter(name for name in self._zip.namelist() if name != MANIFEST)
        folders = {str(folder) for name in counted for folder in PurePosixPath(name).parents}
        for name, count in counted.items():
            if name in folders:
                raise damaged(name, _("it is both a file and a folder"))
            if name not in self.parts or count > 1 or not _is_plain(name):
                raise damaged(name, _("it is not listed in the manifest"))
        for number, (name, expected) in enumerate(self.parts.items(), start=1):
            if name not in counted:
                raise damaged(name, _("it is missing"))
            self._refuse_odd_packing(name)
            if self._measure(name) != expected:
                raise damaged(name, _("its SHA-256 is not the one in the manifest"))
            progress(number, len(self.parts))

    def _refuse_odd_packing(self, name):
        """Raise Refused unless a part is packed the way a Writer packs it.

        Uploads are stored uncompressed, so they take no more disk space than the backup. Deflate
        unpacks in blocks; other methods unpack everything at once.
        """
        kinds = {zipfile.ZIP_STORED}
        if not name.startswith("media/"):
            kinds.add(zipfile.ZIP_DEFLATED)
        if self._zip.getinfo(name).compress_type not in kinds:
            raise damaged(name, _("it is packed in a way that no backup is"))

    def _open_zip(self):
        try:
            return zipfile.ZipFile(self._file)
        except DAMAGE as error:
            part = _first_incomplete(self._file)
            raise damaged(part, _("the file is cut off or altered")) from error

    def _read_manifest(self):
        try:
            self._refuse_odd_packing(MANIFEST)
            # zipfile never unpacks more than this size.
            if self._zip.getinfo(MANIFEST).file_size > MAX_MANIFEST:
                raise damaged(MANIFEST, _("it is larger than any that a backup has"))
            manifest = json.loads(self._zip.read(MANIFEST))
            number, parts = manifest["format"], manifest["parts"]
        except (*DAMAGE, TypeError) as error:
            raise damaged(MANIFEST, _("it is missing or altered")) from error
        if not isinstance(parts, dict) or not all(map(_is_measured, parts.values())):
            raise damaged(MANIFEST, _("it is missing or altered"))
        if number != FORMAT:
            raise Refused(
                _("The backup has format %(format)s, this version reads %(known)d. Update first.")
                % {"format": number, "known": FORMAT}
            )
        return manifest

    def _measure(self, name):
        sha256, size = hashlib.sha256(), 0
        try:
            with self._zip.open(name) as file:
                while block := file.read(BLOCK):
                    sha256.update(block)
                    size += len(block)
        except DAMAGE as error:
            raise damaged(name, _("it cannot be read")) from error
        return {"size": size, "sha256": sha256.hexdigest()}


def _is_plain(name):
    """Whether a name stays within the folder that it is extracted to."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and str(path) == name


def _is_measured(entry):
    """Whether an entry of the manifest has a size and a hash, of the right types."""
    return (
        isinstance(entry, dict)
        and entry.keys() == {"size", "sha256"}
        and isinstance(entry["size"], int)
        and isinstance(entry["sha256"], str)
    )


def damaged(name: str, problem: str) -> Refused:
    """The refusal because of one damaged part."""
    return Refused(
        _("The backup is damaged at %(part)s: %(problem)s. Use another copy.")
        % {"part": name, "problem": problem}
    )


def _first_incomplete(file):
    """The name of the part at which the file is cut off: the first whose header announces more
    bytes than the file has."""
    last = _("its beginning")
    end = file.seek(0, os.SEEK_END)
    file.seek(0)
    while True:
        header = file.read(LOCAL_HEADER.size)
        if not header.startswith(LOCAL_SIGNATURE) or len(header) < LOCAL_HEADER.size:
            is_directory = header.startswith(DIRECTORY_SIGNATURE)
            return _("its table of contents") if is_directory else last
        *_rest, packed, _unpacked, name_length, extra_length = LOCAL_HEADER.unpack(header)
        last = file.read(name_length).decode(errors="replace") or last
        packed = _packed_size(file.read(extra_length), packed)
        if file.tell() + packed >= end:
            return last
        file.seek(packed, os.SEEK_CUR)


def _packed_size(extra, packed):
    """The packed size of a part; taken from the extra field if the header has no room for it."""
    while packed == IN_ZIP64 and len(extra) >= EXTRA_FIELD.size:
        kind, length = EXTRA_FIELD.unpack_from(extra)
        if kind == ZIP64 and length >= 16:
            return struct.unpack_from("<Q", extra, EXTRA_FIELD.size + 8)[0]
        extra = extra[EXTRA_FIELD.size + length :]
    return packed
