"""Checks for settings that are valid on their own but unsafe together.

Every function raises ImproperlyConfigured with a sentence that says what to do.
"""

import re
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host

from newsroom.environment import LOOPBACK, in_brackets

# Top-level names that no public DNS resolves (RFC 2606, 6761, 6762, 8375 and ICANN's `internal`).
_OF_A_NETWORK = ("test", "localhost", "local", "internal", "home.arpa")


def refuse_unsafe(*, site_url: str, allowed_hosts: list[str], debug: bool) -> None:
    host = urlsplit(site_url).hostname
    if not validate_host(in_brackets(host), allowed_hosts):
        raise ImproperlyConfigured(
            f"ALLOWED_HOSTS has not {in_brackets(host)}, the host of SITE_URL, so that the site "
            "would refuse its own readers. Add it, or set SITE_URL to the address that readers use."
        )
    if site_url.startswith("http://") and is_public(host):
        raise ImproperlyConfigured(
            f"SITE_URL={site_url!r} would send passwords and sessions through the internet for all "
            "to read. Use https://, with a proxy in front that ends TLS."
        )
    if not debug:
        return
    for name in (host, *(allowed.lstrip(".") for allowed in allowed_hosts)):
        if name.strip("[]") not in LOOPBACK:
            raise ImproperlyConfigured(
                f"DEBUG=True shows code and settings to everybody who reaches {name}. Set it to "
                "False, or let SITE_URL and ALLOWED_HOSTS name this machine alone."
            )


def refuse_files_without_memory(*, pages_dir: Path | None, megabytes: int) -> None:
    """Refuse page files without the page cache: only the cache writes and removes them."""
    if pages_dir and not megabytes:
        raise ImproperlyConfigured(
            "PAGES_DIR needs finished pages in memory, and PAGE_STORE_MEGABYTES is 0. Set it to 1 "
            f"or more. Or unset PAGES_DIR and remove {pages_dir / 'current'}: the web server would "
            "go on sending what is there, also after it is withdrawn."
        )


def refuse_shared_folder(pages: Path | None, *, above: list[Path], beside: list[Path]) -> None:
    """Refuse page files in a folder that has others: the site removes what is in PAGES_DIR. `above`
    are folders that may have it in them, `beside` those that may not."""
    if not pages:
        return
    real = pages.resolve()
    shared = [path for path in (*above, *beside) if path.resolve().is_relative_to(real)]
    shared += [path for path in beside if real.is_relative_to(path.resolve())]
    if shared:
        raise ImproperlyConfigured(
            f"PAGES_DIR={str(pages)!r} would share its files with {shared[0]}, and the site "
            "removes what is in PAGES_DIR. Name a folder for finished pages alone, such as "
            "/var/cache/newsroom/pages."
        )


def refuse_mail_folder(*, folder: Path | None, site_url: str) -> None:
    """Refuse to write mails into a folder where others use the site: they would wait for them."""
    if folder and urlsplit(site_url).hostname not in LOOPBACK:
        raise ImproperlyConfigured(
            "EMAIL_URL names a folder, which is for a site on your own machine alone: nobody would "
            "get a mail. Name a mail server, or unset it."
        )


def refuse_mail_to_nobody(*, server: dict | Path | None, sender: str, admins: list[str]) -> None:
    """Refuse incomplete mail settings: mail needs a server and a sender, and the other settings
    have no effect without them."""
    if server and not sender:
        raise ImproperlyConfigured(
            "EMAIL_URL needs DEFAULT_FROM_EMAIL, the address that mail comes from, such as "
            "newsroom@example.com."
        )
    if admins and not server:
        raise ImproperlyConfigured(
            "ADMINS needs EMAIL_URL: without a mail server nobody is told of errors. Set it, or "
            "unset ADMINS."
        )


def is_public(host: str) -> bool:
    """Whether a host name or address can be public."""
    try:
        return ip_address(host).is_global
    except ValueError:
        name = host.rstrip(".")
        return "." in name and not re.search(
            rf"\.({'|'.join(map(re.escape, _OF_A_NETWORK))})$", name
        )
