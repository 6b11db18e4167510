"""Strict parsing of environment variables.

Every function takes the variable's name, and some take a default for an unset or empty variable. If
a value is not usable, it raises ImproperlyConfigured with a sentence that names the variable.
Nothing here reads Django's settings.
"""

import contextlib
import datetime as dt
import ipaddress
import os
import re
import zoneinfo
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email
from dotenv.parser import parse_stream

DEFAULT_DATA_DIR = Path(__file__).resolve().parent.parent / "var"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
# Schemes of mail servers: the default port, and the TLS options of Django's backend.
MAIL_SERVERS = {
    "smtp": (25, {}),
    "smtp+tls": (587, {"use_tls": True}),
    "smtps": (465, {"use_ssl": True}),
}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = "|".join(WEEKDAYS)
_DAYS = rf"(?P<first>{_DAY})(?:-(?P<last>{_DAY}))?"
_HOUR = r"(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)"
_DAYS_AND_HOUR = re.compile(rf"{_DAYS} +{_HOUR}", re.ASCII)
_HOUR_AND_DAYS = re.compile(rf"{_HOUR} +{_DAYS}", re.ASCII)


def read_file(name: str) -> None:
    """Read the file of variables whose path is in a variable, if it is set. Variables that the
    environment already has stay unchanged."""
    for key, value in in_file(name).items():
        os.environ.setdefault(key, value)


def in_file(name: str) -> dict[str, str]:
    """The variables in the file whose path is in a variable; none if that is not set.

    The file has lines `NAME=value`. Quotes are optional. A value may contain blanks, commas, `$`,
    and `#` without a blank before it.
    """
    path = file(name)
    if path is None:
        return {}
    try:
        with path.open(encoding="utf-8") as stream:
            bindings = list(parse_stream(stream))
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(
            f"{name}={str(path)!r} cannot be read ({error}). Start as an account that may read it."
        ) from error
    lines: dict[str, int] = {}
    for binding in bindings:
        told = binding.original.string
        line = binding.original.line + told[: len(told) - len(told.lstrip())].count("\n")
        if binding.error or (binding.key and binding.value is None):
            raise ImproperlyConfigured(
                f"{path}, line {line}: this is not NAME=value. Write it so, or put # in front."
            )
        if binding.key and lines.setdefault(binding.key, line) != line:
            raise ImproperlyConfigured(
                f"{path}, line {line}: {binding.key} is there already, in line "
                f"{lines[binding.key]}. Remove one of the two."
            )
    return {binding.key: binding.value for binding in bindings if binding.key}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def boolean(name: str, default: bool) -> bool:
    value = text(name)
    if value not in ("", "True", "False"):
        raise ImproperlyConfigured(f"{name}={value!r} is not understood. Use True or False.")
    return value == "True" if value else default


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(
            f"{name}={value!r} is not understood. Use one of: {', '.join(allowed)}."
        )
    return value


def path(name: str, default: Path) -> Path:
    value = Path(text(name, str(default)))
    if not value.is_absolute():
        raise ImproperlyConfigured(f"{name}={str(value)!r} must be an absolute path.")
    return value


def file(name: str) -> Path | None:
    """The absolute path of a file; None if the variable is not set."""
    value = Path(text(name))
    if not text(name):
        return None
    if not value.is_absolute() or not value.is_file():
        raise ImproperlyConfigured(f"{name}={str(value)!r} must be the absolute path of a file.")
    return value


def font(name: str) -> Path | None:
    """The absolute path of a TrueType or OpenType file; None if the variable is not set."""
    path = file(name)
    if path is None:
        return None
    with contextlib.suppress(OSError), path.open("rb") as stream:
        if stream.read(4) in (b"ttcf", b"OTTO", b"true", b"\0\1\0\0"):
            return path
    raise ImproperlyConfigured(
        f"{name}={str(path)!r} is no font that can be read. Name a .ttc, .otf or .ttf file."
    )


def contact(name: str) -> str:
    """A `mailto:` or `https:` address; an empty text if the variable is not set."""
    value = text(name)
    if value and not re.fullmatch(r"mailto:[^\s@]+@[^\s@]+|https://[^\s/]+\S*", value):
        raise ImproperlyConfigured(
            f"{name}={value!r} is not a contact. Use a form such as "
            "mailto:security@example.com or https://example.com/contact."
        )
    return value


def token(name: str) -> str:
    """A secret that clients send; an empty text if the variable is not set."""
    value = text(name)
    can_be_sent = re.fullmatch(r"[A-Za-z0-9._~+/-]{32,}=*", value)
    if value and not (can_be_sent and len(set(value)) >= 10):
        raise ImproperlyConfigured(
            f"{name} can be guessed or not be sent. Use at least 32 random letters and digits, "
            'such as the output of: python -c "import secrets; print(secrets.token_urlsafe())"'
        )
    return value


def optional_path(name: str) -> Path | None:
    return path(name, Path("/")) if text(name) else None


def hosts(name: str, default: list[str]) -> list[str]:
    """Comma-separated host names without scheme, port or path. A name with a leading dot includes
    all its subdomains. `*`, and a dot before a top-level domain, are refused."""
    values = words(name)
    label = "[a-z0-9_]([a-z0-9_-]*[a-z0-9])?"
    form = rf"{label}(\.{label})*|\.{label}(\.{label})+|\[[0-9a-f:.]+\]"
    for host in values:
        if not re.fullmatch(form, host, re.ASCII | re.IGNORECASE):
            raise ImproperlyConfigured(
                f"{name} contains {host!r}. List host names such as news.example.com, "
                "separated by commas."
            )
    return values or [in_brackets(host) for host in default]


def words(name: str) -> list[str]:
    """Comma-separated words, in order and without duplicates."""
    values = (word.strip() for word in text(name).split(","))
    return list(dict.fromkeys(filter(None, values)))


def numbers(name: str) -> dict[str, int]:
    """Non-negative whole numbers by name: `one=1,two=2`."""
    values = {}
    for pair in words(name):
        key, _, number = (part.strip() for part in pair.partition("="))
        if not key.isidentifier() or not re.fullmatch("[0-9]{1,6}", number):
            raise ImproperlyConfigured(
                f"{name} contains {pair!r}. List names with whole numbers such as days=7, "
                "separated by commas."
            )
        if key in values:
            raise ImproperlyConfigured(f"{name} names {key} twice.")
        values[key] = int(number)
    return values


def whole_number(name: str, default: int, maximum: int) -> int:
    value = text(name, str(default))
    if not re.fullmatch("[0-9]{1,9}", value) or int(value) > maximum:
        raise ImproperlyConfigured(
            f"{name}={value!r} is not understood. Use a whole number from 0 to {maximum}."
        )
    return int(value)


def site_url(name: str, default: str) -> str:
    """The public origin: scheme, host and optional port, without a trailing slash."""
    value = text(name, default)
    try:
        parts = urlsplit(value)
        is_origin = (
            parts.scheme in ("http", "https")
            and parts.hostname
            and "@" not in parts.netloc
            and parts.port != 0
            and value == f"{parts.scheme}://{parts.netloc}"
        )
        as_sent = (parts.hostname or "").encode("idna").decode()
    except ValueError:  # brackets, ports and names that are none
        is_origin = False
    if not is_origin:
        raise ImproperlyConfigured(
            f"{name}={value!r} is not an origin. Use a form such as https://news.example.com, "
            "without a path or trailing slash."
        )
    if not value.isascii():
        raise ImproperlyConfigured(
            f"{name}={value!r} is not what browsers send. Write the host as they do: {as_sent}"
        )
    return value


def in_brackets(host: str) -> str:
    """A host as it stands in an address: an IPv6 address has brackets there."""
    return f"[{host}]" if ":" in host else host


def can_have_passkeys(url: str) -> bool:
    """Whether browsers can create passkeys for a site (Web Authentication, 5.1.3): it needs a
    domain and HTTPS, or `localhost`."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    is_address = ":" in host or host.rpartition(".")[2].isdecimal()
    return host == "localhost" or (parts.scheme == "https" and not is_address)


def mail_folder(name: str) -> Path | None:
    """The folder of the form `file:///absolute/path`; None for every other value."""
    value = text(name)
    if not value.startswith("file:"):
        return None
    if not re.fullmatch("file:///[^?#]+", value):
        raise ImproperlyConfigured(f"{name} is no folder. Use a form such as file:///srv/mail.")
    return Path(unquote(value.removeprefix("file://")))


def mail_server(name: str) -> dict | None:
    """The options of Django's SMTP backend, from a form such as
    `smtp+tls://user:password@host:587`; None if the variable is not set, or names a folder.

    User and password are percent-encoded. No error repeats the value, because it contains a
    password.
    """
    value = text(name)
    if not value or value.startswith("file:"):
        return None
    try:
        parts = urlsplit(value)
        usual_port, tls = MAIL_SERVERS[parts.scheme]
        port = usual_port if parts.port is None else parts.port
        user, password = (_decoded(part) for part in (parts.username, parts.password))
    except (ValueError, KeyError):
        port, user, password, parts = 0, None, None, urlsplit("")
    is_whole = parts.hostname and f"{parts.scheme}://{parts.netloc}" == value.rstrip("/")
    if not is_whole or not port or not value.isascii() or bool(user) != bool(password):
        raise ImproperlyConfigured(
            f"{name} is not understood. Use a form such as smtp+tls://user:password@host:587, "
            "smtps://user:password@host:465 or smtp://localhost:25, with %40 for @ and %2F for / "
            "in the user and the password."
        )
    if user and not tls and parts.hostname not in LOOPBACK:
        raise ImproperlyConfigured(
            f"{name} would send the password to {parts.hostname} for all on the way to read. Use "
            "smtp+tls:// or smtps://."
        )
    account = {"username": user, "password": password} if user else {}
    return {"host": parts.hostname, "port": port, **account, **tls}


def _decoded(text):
    """Decode a percent-encoded part of an address; ValueError if it is not one line of UTF-8."""
    if text is None:
        return None
    if (
        re.search("%(?![0-9A-Fa-f]{2})", text)
        or not (decoded := unquote(text, errors="strict")).isprintable()
    ):
        raise ValueError
    return decoded


def mail_address(name: str) -> str:
    """`desk@example.com` or `Desk <desk@example.com>`; an empty text if the variable is not set."""
    value = text(name)
    if value:
        named = re.fullmatch('[^<>@",]+ <([^<>]+)>', value)
        _refuse_unusable_address(name, value, named[1] if named else value)
    return value


def mail_addresses(name: str) -> list[str]:
    """Comma-separated addresses without names and without duplicates."""
    values = words(name)
    for value in values:
        _refuse_unusable_address(name, value, value)
    return values


def _refuse_unusable_address(name, value, address):
    try:
        validate_email(address)
    except ValidationError as error:
        raise ImproperlyConfigured(
            f"{name} contains {value!r}, which is no mail address. Use a form such as "
            "desk@example.com."
        ) from error


def hubs(name: str) -> list[str]:
    """Comma-separated addresses of WebSub hubs, in order and without duplicates.

    They are public, so they must use https. http is allowed only for a test hub on this machine.
    """
    values = words(name)
    for value in values:
        parts = urlsplit(value)
        is_secure = parts.scheme == "https" or (
            parts.scheme == "http" and parts.hostname in LOOPBACK
        )
        if not is_secure or not parts.hostname or not _is_plain_address(parts, value):
            raise ImproperlyConfigured(
                f"{name} contains {value!r}. List the https:// addresses of hubs such as "
                "https://hub.example.com/, separated by commas."
            )
    return values


def networks(name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Comma-separated networks such as `10.0.0.0/8`, or single addresses."""
    try:
        return [ipaddress.ip_network(value) for value in words(name)]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name}: {error}. List networks such as 10.1.2.0/24, separated by commas."
        ) from error


def _is_plain_address(parts, value):
    """Whether an address has a valid port, no account and no fragment, and is safe between the
    angle brackets of a Link header."""
    try:
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError:
        return False
    is_clean = value.isascii() and value.isprintable() and not set(value) & set('<>" #')
    return port_is_valid and is_clean and "@" not in parts.netloc


def time_zone(name: str, default: str) -> str:
    value = text(name, default)
    if value not in zoneinfo.available_timezones() - {"localtime", "Factory"}:  # no places
        raise ImproperlyConfigured(
            f"{name}={value!r} is not a time zone. Use an IANA name such as Asia/Seoul."
        )
    return value


def weekly_hours(name: str) -> dict[int, dt.time]:
    """Hours by weekday, as `parse_weekly_hours` reads them."""
    try:
        return parse_weekly_hours(text(name))
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} contains {error.args[0]!r}. Name each day once, with an hour, separated by "
            "commas, such as mon-fri 08:00, sat 09:30."
        ) from error


def parse_weekly_hours(written: str) -> dict[int, dt.time]:
    """Hours by weekday (0 is Monday) from a form such as `mon-fri 08:00, sat 09:30`; the hour may
    also come first.

    Other days have no hour. A range may cross the end of the week. Raises ValueError with the part
    that is not understood, or that names a day for the second time.
    """
    hours: dict[int, dt.time] = {}
    for part in filter(None, (part.strip() for part in written.lower().split(","))):
        match = _DAYS_AND_HOUR.fullmatch(part) or _HOUR_AND_DAYS.fullmatch(part)
        if not match:
            raise ValueError(part)
        found = match.groupdict()
        first, last = (WEEKDAYS.index(found[end] or found["first"]) for end in ("first", "last"))
        days = [(first + step) % 7 for step in range((last - first) % 7 + 1)]
        if hours.keys() & set(days):
            raise ValueError(part)
        hours |= dict.fromkeys(days, dt.time(int(found["hour"]), int(found["minute"])))
    return hours
