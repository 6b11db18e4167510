"""nginx with the configuration that is shipped, for tests that start it."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

DEPLOY = Path(__file__).parent.parent / "deploy"
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
_MAIN = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log; {user}
events {{ worker_connections 2048; }}
http {{
  include /etc/nginx/mime.types; access_log off;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  include {folder}/newsroom.conf;
}}
"""


def shipped() -> str:
    """The site's own part of the configuration, as an operator gets it."""
    return (DEPLOY / "nginx/newsroom.conf").read_text()


def configure(folder: Path, changes: Iterable[tuple[str, str]]) -> list[str]:
    """Write what nginx needs into a folder, the shipped text changed from the first to the second
    of each pair; returns the command that starts it. It may run as somebody else, who has to be
    able to read the folder."""
    text = shipped()
    for old, new in (*changes, ("include snippets/", f"include {DEPLOY}/nginx/snippets/")):
        assert old in text, old
        text = text.replace(old, new)
    (folder / "newsroom.conf").write_text(text)
    user = "user root;" if os.geteuid() == 0 else ""
    main = folder / "nginx.conf"
    main.write_text(_MAIN.format(folder=folder, user=user))
    return [NGINX, "-c", str(main)]
