"""What a public page costs, beside the same bytes sent by nginx in the same run.

    python benchmarks/pages.py [--seconds 4] [--rounds 3] [--posts FOLDER]

Starts the site on SQLite with the demo archive, or with the posts of a folder, nginx with finished
copies of the same pages (the limit), and nginx in files mode in front of the site. Then asks all
of them in turn with wrk, 16 connections kept open. Needs `nginx` and `wrk`; prints a table.
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
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONNECTIONS = 16
TICKS = os.sysconf("SC_CLK_TCK")
NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 512; }}
http {{
  access_log off; default_type text/html; gzip_static on;
  types {{ application/rss+xml rss; text/html html; }}
  sendfile on; keepalive_requests 1000000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream site {{ server 127.0.0.1:{site}; keepalive 32; }}
  server {{ listen 127.0.0.1:{alone}; root {folder}/alone; }}
  server {{
    listen 127.0.0.1:{front}; root {folder}/pages/current;
    location / {{ try_files $uri $uri/index.html @site; }}
    location @site {{
      proxy_pass http://site; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Host $host;
    }}
  }}
}}
"""


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
        conf = folder / "nginx.conf"
        conf.write_text(NGINX.format(folder=folder, **ports))
        nginx = stack.enter_context(started(["nginx", "-c", str(conf)]))
        wait_for(ports["front"])
        for path, headers in pages.values():  # all are finished before anything is measured
            fetch(ports["site"], path, headers)
        report(measured(ports, pages, site, nginx, options))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seconds", type=int, default=4, help="of every single measurement")
    parser.add_argument("--rounds", type=int, default=3)
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
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
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
    found |= {"topic": tag[1]} if tag else {}
    pages = {name: (path, {}) for name, path in found.items()}
    return pages | {"feed 304": ("/feeds/digests.rss", {"If-None-Match": "*"})}


def fetch(port, path, headers=()):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=dict(headers))
    with contextlib.suppress(urllib.error.HTTPError), urllib.request.urlopen(request) as answer:
        return answer.read()
    return b""


def copy_pages(folder, port, pages):
    for path, _headers in pages.values():
        path = urllib.parse.unquote(path)
        file = folder / (path.lstrip("/") + ("index.html" if path.endswith("/") else ""))
        file.parent.mkdir(parents=True, exist_ok=True)
        body = fetch(port, urllib.parse.quote(path))
        file.write_bytes(body)
        file.with_name(file.name + ".gz").write_bytes(gzip.compress(body, 9))


# Measuring


def measured(ports, pages, site, nginx, options):
    """Requests a second and CPU microseconds a request: by page kind, then by server."""
    servers = {"alone": nginx, "site": site, "front": nginx}
    found = {name: {server: [] for server in servers} for name in pages}
    for _ in range(options.rounds):
        for name, (path, headers) in pages.items():
            for server, process in servers.items():
                before = cpu_seconds(process.pid)
                rate = wrk(
                    ports[server], path, known(ports[server], path, headers), options.seconds
                )
                spent = cpu_seconds(process.pid) - before
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
    if "Non-2xx" in output and "If-None-Match" not in headers:
        raise SystemExit(output)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])


def cpu_seconds(pid):
    """Of a process and its children, user and system together."""
    pids, total = [pid], 0
    while pids:
        pid = pids.pop()
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
            for task in Path(f"/proc/{pid}/task").iterdir():
                pids += map(int, (task / "children").read_text().split())
    return total / TICKS


def report(found):
    write = sys.stdout.write
    write("| page | nginx alone | site | site ÷ nginx | files mode ÷ nginx | CPU a request |\n")
    write("|---|---|---|---|---|---|\n")
    for name, servers in found.items():
        middle = {
            s: [statistics.median(c) for c in zip(*runs, strict=True)]
            for s, runs in servers.items()
        }
        alone, site, front = (middle[server] for server in ("alone", "site", "front"))
        write(
            f"| {name} | {alone[0]:,.0f}/s | {site[0]:,.0f}/s | {site[0] / alone[0]:.2f} "
            f"| {front[0] / alone[0]:.2f} | {site[1]:.0f} µs |\n"
        )


if __name__ == "__main__":
    main()
