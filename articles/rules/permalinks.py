"""The addresses that a post had on its old site, by the rules of Jekyll.

Paths here are percent-decoded, as people write them. `key_of` gives all spellings of a path that
old sites answered one form.
"""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from articles.rules.text import find_forbidden

MAX_LENGTH = 500  # characters of a path
USUAL = "/:categories/:year/:month/:day/:title:output_ext"
WITHOUT_CATEGORIES = "/:year/:month/:day/:title:output_ext"
# Jekyll's own names for patterns (https://jekyllrb.com/docs/permalinks/#built-in-formats).
STYLES = {
    "date": USUAL,
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
_DATED = re.compile(r"\d{2,4}-\d{1,2}-\d{1,2}-(.+)", re.DOTALL)
_TIME = re.compile(r"[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
_PLACEHOLDER = re.compile(r":([a-z_]+)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SAFE = "/:@!$&'()*+,;=~"


@dataclass(frozen=True)
class OldPaths:
    """`page` is the path of the post's page. `stated` are the paths that the post itself names,
    exactly as it names them. `usual` are those that Jekyll gives a post that names none. `slug` is
    the name of its file without the date."""

    page: str
    stated: tuple[str, ...]
    usual: tuple[str, ...]
    slug: str


def of_post(values: dict[str, Any], stem: str, day: dt.date) -> OldPaths:
    """The old paths of a post, from its front matter, its file name without ending, and its day."""
    moment = dt.datetime.combine(day, _time(values.get("date")))
    slug = _text(values.get("slug")) or _slug_of_file(stem)
    words = _words(values, slug, moment)
    usual = [_filled(pattern, words) for pattern in (USUAL, WITHOUT_CATEGORIES)]
    written = _text(values.get("permalink"))
    permalink = _filled(STYLES.get(written, written), words) if written else ""
    others = (_list(values.get(name)) for name in ("redirect_from", "aliases"))
    stated = [permalink, *(path for paths in others for path in paths)]
    return OldPaths(
        page=unquote(permalink) if permalink.startswith("/") else usual[0],
        stated=tuple(filter(None, stated)),
        usual=tuple(usual),
        slug=slug,
    )


def feed_id(site: str, paths: OldPaths) -> str:
    """The id that jekyll-feed gives a post: its absolute address, with the name of its file in
    place of the last part. `site` is the address of the old site, without a closing slash."""
    folder = paths.page.rstrip("/").rpartition("/")[0]
    path = unicodedata.normalize("NFC", f"{folder}/{paths.slug}")
    return site + quote(path, safe=_SAFE)


def path_from(written: str) -> str:
    """The path that somebody wrote; empty if it is no path below one site."""
    written = written.strip()
    if _SCHEME.match(written) or written.startswith("//"):
        return ""
    path = unquote(written if written.startswith("/") else f"/{written}")
    is_odd = "//" in path or set(path) & set("\\?#") or find_forbidden(path) or "\n" in path
    if is_odd or {".", ".."} & set(path.split("/")) or len(path) > MAX_LENGTH:
        return ""
    return path


def key_of(path: str) -> str:
    """The same text for a path with and without `.html`, a closing slash and `index.html`, in large
    and small letters, and in both forms of Unicode."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
    folded = folded.rstrip("/").removesuffix(".html").removesuffix(".htm")
    return folded.removesuffix("/index") or "/"


def _words(values: dict[str, Any], slug: str, moment: dt.datetime) -> dict[str, str]:
    """The value of each placeholder of a permalink."""
    categories = [*_list(values.get("category")), *_split(values.get("categories"))]
    categories = list(dict.fromkeys(category.lower() for category in categories))
    year, week, weekday = moment.isocalendar()
    return {
        "categories": "/".join(categories),
        "slugified_categories": "/".join(_slug(category) for category in categories),
        "title": _slug(slug, kept="._~!$&'()+,;=@"),
        "slug": _slug(slug).lower(),
        "name": _slug(slug).lower(),
        "output_ext": ".html",
        "year": f"{moment.year:04d}",
        "short_year": f"{moment.year % 100:02d}",
        "month": f"{moment:%m}",
        "i_month": str(moment.month),
        "short_month": _MONTHS[moment.month - 1][:3],
        "long_month": _MONTHS[moment.month - 1],
        "day": f"{moment:%d}",
        "i_day": str(moment.day),
        "y_day": f"{moment:%j}",
        "short_day": _DAYS[weekday - 1][:3],
        "long_day": _DAYS[weekday - 1],
        "week": f"{week:02d}",
        "w_year": f"{year:04d}",
        "w_day": str(weekday),
        "hour": f"{moment:%H}",
        "minute": f"{moment:%M}",
        "second": f"{moment:%S}",
    }


# English, whatever the language of the system.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _time(written: object) -> dt.time:
    """The time in a date of the front matter, as it is written; midnight if there is none."""
    match = _TIME.search(written) if isinstance(written, str) else None
    if not match:
        return dt.time()
    hour, minute, second = map(int, match.groups("0"))
    return dt.time(hour, minute, second)


def _filled(pattern: str, words: dict[str, str]) -> str:
    """A pattern with its placeholders filled in; unchanged if one of them is unknown."""
    names = _PLACEHOLDER.findall(pattern)
    if not names or not all(name.rstrip("_") in words for name in names):
        return pattern

    def word(match: re.Match[str]) -> str:
        name = match[1].rstrip("_")
        return words[name] + match[1][len(name) :]

    return re.sub("/{2,}", "/", "/" + _PLACEHOLDER.sub(word, pattern))


def _slug_of_file(stem: str) -> str:
    match = _DATED.fullmatch(stem)
    return match[1] if match else stem


def _slug(text: str, kept: str = "") -> str:
    """A text with one hyphen for each run of other signs than letters, digits and those kept."""
    signs = (char if char in kept or _is_letter(char) else "-" for char in text)
    return re.sub("-{2,}", "-", "".join(signs)).strip("-")


def _is_letter(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] in "LM" or category == "Nd"


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _list(value: object) -> list[str]:
    """The texts of a key that has one text or a list."""
    values = value if isinstance(value, list) else [value]
    return list(filter(None, map(_text, values)))


def _split(value: object) -> list[str]:
    return value.split() if isinstance(value, str) else _list(value)
