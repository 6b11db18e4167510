"""What a public page costs, beside the same bytes sent by nginx in the same run.

    python benchmarks/pages.py [--seconds 1] [--rounds 9] [--posts FOLDER]

Starts the site on SQLite with the demo archive, or with the posts of a folder, nginx with finished
copies of the same pages and the same headers (the limit), and nginx in files mode as it is shipped,
in front of the site. Then asks all of them in turn with wrk, 16 connections kept open, in short
rounds, because the speed of a machine changes: ratios are medians of those within a round. A search
and an address that does not exist are asked of the site alone. Needs `nginx` and `wrk`; prints a
table.
"""

import argparse
import contextlib
import gzip
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import goals, processes  # noqa: E402
from tests.support import nginx  # noqa: E402

CONNECTIONS = 16
ALONE = """
types {{ application/rss+xml rss; }}
server {{
  listen 127.0.0.1:{port}; root {folder}; gzip_static on; gzip_vary on; server_tokens off;
  charset utf-8; charset_types text/html application/rss+xml;
  include {deploy}/nginx/snippets/newsroom-headers.conf;
  add_header Cache-Control "public, no-cache" always;
}}
"""
SITE_ALONE = ("search", "404")


def main():
    options = arguments()
    with (
        tempfile.TemporaryDirectory(dir=options.scratch) as folder,
        contextlib.ExitStack() as stack,
    ):
        folder = Path(folder)
        folder.chmod(0o755)  # nginx may run as somebody else
        ports = {name: free_port() for name in ("site", "alone", "front")}
        site = stack.enter_context(started_site(folder, ports["site"], options.posts))
        pages = kinds(ports["site"])
        copy_pages(folder / "alone", ports["site"], pages)
        web_server = stack.enter_context(started(configured(folder, ports)))
        wait_for(ports["front"])
        for path, headers in pages.values():  # all are finished before anything is measured
            fetch(ports["site"], path, headers)
        report(measured(ports, pages, site, web_server, options))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seconds", type=int, default=1, help="of every single measurement")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--posts", type=Path, help="a folder of posts instead of the demo")
    parser.add_argument("--scratch", type=Path, help="where the sites are put")
    return parser.parse_args()


# What runs


@contextlib.contextmanager
def started_site(folder, port, posts):
    """The product as `make run` starts it; with the posts of a folder if there is one."""
    environ = os.environ | {
        "DATA_DIR": str(folder / "data"),
        "PAGES_DIR": str(folder / "pages"),
        "PORT": str(port),
        "SITE_URL": f"http://127.0.0.1:{port}",
    }
    if posts:
        (folder / "data").mkdir()
        key = {"SECRET_KEY": os.urandom(40).hex()}
        for command in (["migrate", "-v0"], ["import_posts", "--publish", str(posts)]):
            arguments = [sys.executable, "manage.py", *command]
            subprocess.run(
                arguments, cwd=ROOT, env=environ | key, check=True, stdout=subprocess.DEVNULL
            )
    with started([sys.executable, "-m", "newsroom.run"], env=environ) as process:
        wait_for(port)
        yield process


@contextlib.contextmanager
def started(command, env=None):
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=ROOT, env=env, **quiet)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, seconds=240):
    for _ in range(seconds * 10):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise SystemExit(f"Nothing listens on port {port}.")


def configured(folder, ports):
    """The command that starts nginx: as it is shipped, and with a second server beside it."""
    nodes = [f"127.0.0.1:{ports['site']}"]
    command = nginx.configure(folder, ports["front"], nodes, pages=folder / "pages")
    alone = ALONE.format(port=ports["alone"], folder=folder / "alone", deploy=nginx.DEPLOY)
    with (folder / "newsroom.conf").open("a") as file:
        file.write(alone)
    return command


# What is asked


def kinds(port):
    """Path and headers of a page of every kind, found by following links from the home page."""
    home = fetch(port, "/").decode()
    archive = fetch(port, "/feeds/digests.rss").decode()
    day = re.search(r"<link>http://[^/]*(/\d{4}/\d{2}/\d{2}/)</link>", archive)[1]
    article = re.search(rf'href="({day}[^"#./]+/)"', fetch(port, day).decode())
    tag = re.search(r'href="(/tags/[^"]+/)"', home)
    found = {"day page": day, "home": "/", "feed": "/feeds/digests.rss"}
    found |= {"article": article[1]} if article else {}
    found |= {"tag": tag[1]} if tag else {}
    pages = {name: (path, {}) for name, path in found.items()}
    pages["feed 304"] = ("/feeds/digests.rss", {"If-None-Match": "*"})
    query = urllib.parse.quote("반도체")
    return pages | {"search": (f"/search/?q={query}", {}), "404": ("/1999/01/01/", {})}


def fetch(port, path, headers=()):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=dict(headers))
    with contextlib.suppress(urllib.error.HTTPError), urllib.request.urlopen(request) as answer:
        return answer.read()
    return b""


def copy_pages(folder, port, pages):
    for name, (path, _headers) in pages.items():
        if name in SITE_ALONE:
            continue
        path = urllib.parse.unquote(path)
        file = folder / (path.lstrip("/") + ("index.html" if path.endswith("/") else ""))
        file.parent.mkdir(parents=True, exist_ok=True)
        body = fetch(port, urllib.parse.quote(path))
        file.write_bytes(body)
        file.with_name(file.name + ".gz").write_bytes(gzip.compress(body, 9))


# Measuring


def measured(ports, pages, site, web_server, options):
    """Requests a second and CPU microseconds a request: by page kind, then by server."""
    servers = {"alone": web_server, "site": site, "front": web_server}
    found = {name: {server: [] for server in servers} for name in pages}
    for _ in range(options.rounds):
        for name, (path, headers) in pages.items():
            for server, process in servers.items():
                if name in SITE_ALONE and server != "site":
                    continue
                before = processes.cpu_seconds(process.pid)
                rate = wrk(
                    ports[server], path, known(ports[server], path, headers), options.seconds
                )
                spent = processes.cpu_seconds(process.pid) - before
                found[name][server].append((rate, spent / (rate * options.seconds) * 1e6))
    return found


def known(port, path, headers):
    """For a conditional request: the tag that this server gives."""
    if "If-None-Match" not in headers:
        return headers
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", headers={"Accept-Encoding": "gzip"}
    )
    with urllib.request.urlopen(request) as answer:
        return {"If-None-Match": answer.headers["ETag"]}


def wrk(port, path, headers, seconds):
    told = [part for n, v in headers.items() for part in ("-H", f"{n}: {v}")]
    told += ["-H", "Accept-Encoding: gzip"]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *told]
    output = subprocess.run(
        [*command, f"http://127.0.0.1:{port}{path}"], check=True, capture_output=True, text=True
    ).stdout
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])


def report(found):
    write = sys.stdout.write
    write("| page | nginx alone | site | site ÷ nginx | files mode ÷ nginx | CPU a request |\n")
    write("|---|---|---|---|---|---|\n")
    for name, servers in found.items():
        rate, cpu = (statistics.median(column) for column in zip(*servers["site"], strict=True))
        cells = [f"{rate:,.0f}/s", "–", "–", f"{cpu:,.0f} µs"]
        alone = "–"
        if name not in SITE_ALONE:
            alone = f"{statistics.median(rate for rate, _cpu in servers['alone']):,.0f}/s"
            cells[1:3] = (told_ratio(name, label, servers) for label in ("site", "files mode"))
        write(f"| {name} | {alone} | {' | '.join(cells)} |\n")
    goals.tell("CPU of a finished day page", (cpu for _rate, cpu in found["day page"]["site"]))


def told_ratio(name, label, servers):
    """Tell a server's rates divided by nginx's of the same rounds, and return their median."""
    mine, limits = servers["site" if label == "site" else "front"], servers["alone"]
    ratios = [rate / limit for (rate, _), (limit, _) in zip(mine, limits, strict=True)]
    goals.tell(f"{name}, {label} ÷ nginx", ratios)
    return f"{statistics.median(ratios):.2f}"


if __name__ == "__main__":
    main()
