"""nginx with the shipped configuration, for tests that start it."""

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

DEPLOY = Path(__file__).parents[2] / "deploy"
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
NAME = "127.0.0.1"
BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
# As root, nginx could read files that the account of a real nginx cannot.
USER = "nobody nogroup"
_MAIN = """
{modules}
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log; {user}
events {{ worker_connections 2048; }}
http {{
  include /etc/nginx/mime.types; access_log off;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  include {folder}/newsroom.conf;
}}
"""


def configure(
    folder: Path,
    port: int,
    nodes: Sequence[str],
    *,
    pages: Path | None = None,
    tls: tuple[int, Path, Path] | None = None,
    shipped: str = "newsroom.conf",
    options: str = "",
    logs: bool = False,
    brotli: bool = False,
) -> list[str]:
    """Write nginx's files into a folder, which USER must be able to read; return the command.

    nginx listens on a port of this machine, in front of nodes such as "127.0.0.1:8000", and
    serves finished pages from `pages`. `tls` has the port for TLS, the certificate and its key;
    without it the TLS server listens on `port` without TLS. `options` are those of the port. With
    `logs`, nginx writes the file `access.log`. With `brotli`, it loads the module BROTLI and has
    the configuration that is shipped for it.
    """
    log = f"{folder}/access.log combined if=$newsroom_logged" if logs else "off"
    (folder / "snippets").mkdir(exist_ok=True)
    for snippet in (DEPLOY / "nginx/snippets").iterdir():
        changes = (
            ("/var/cache/newsroom/pages", str(pages or folder / "none")),
            ("/var/log/nginx/access.log combined if=$newsroom_logged", log),
        )
        (folder / "snippets" / snippet.name).write_text(
            changed(snippet.read_text(), [c for c in changes if c[0] in snippet.read_text()])
        )
    if brotli:
        shutil.copy(DEPLOY / "nginx/newsroom-with-brotli.conf", folder / "snippets")
    text = (DEPLOY / "nginx" / shipped).read_text()
    if not tls and shipped == "newsroom.conf":  # drop the server that redirects to TLS
        text = re.sub(r"server \{\n    listen 80;.*?\n\}\n", "", text, flags=re.DOTALL)
    server = re.search(r"    server 127\.0\.0\.1:8000 .*\n", text)[0]
    changes = [
        (server, "".join(server.replace("127.0.0.1:8000", node) for node in nodes)),
        ("news.example.com", NAME),
        ("include snippets/", f"include {folder}/snippets/"),
        *_listening(port, tls, shipped, options),
    ]
    (folder / "newsroom.conf").write_text(changed(text, changes))
    user = f"user {USER};" if os.geteuid() == 0 else ""
    main = folder / "nginx.conf"
    modules = f"load_module {BROTLI};" if brotli else ""
    main.write_text(_MAIN.format(folder=folder, user=user, modules=modules))
    return [NGINX, "-c", str(main)]


def _listening(port, tls, shipped, options):
    here = f"listen 127.0.0.1:{port}{options};"
    if shipped != "newsroom.conf":
        return [("listen 80;", here)]
    elsewhere = [("    listen [::]:443 ssl http2;\n", "")]
    letsencrypt = f"/etc/letsencrypt/live/{NAME}"
    if tls:
        tls_port, certificate, key = tls
        return [
            *elsewhere,
            ("    listen [::]:80;\n", ""),
            ("listen 80;", here),
            ("listen 443 ", f"listen 127.0.0.1:{tls_port} "),
            (f"{letsencrypt}/fullchain.pem", str(certificate)),
            (f"{letsencrypt}/privkey.pem", str(key)),
        ]
    ssl = re.findall(r"    ssl_.*;\n", (DEPLOY / "nginx" / shipped).read_text())
    return [
        *elsewhere,
        *((line.replace("news.example.com", NAME), "") for line in ssl),
        ("listen 443 ssl http2;", here),
    ]


def changed(text: str, changes: Sequence[tuple[str, str]]) -> str:
    """The text with the first string of each pair replaced by the second. Each must occur."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text
