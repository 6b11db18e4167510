"""Plain-text rules that need no database: what may be stored, slugs, scripts, languages."""

import re
import unicodedata
import uuid
from collections.abc import Iterable
from functools import lru_cache

# Characters that XML 1.0 (section 2.2) forbids or discourages: C0 controls except tab and
# line feed, DEL and C1 controls, lone surrogates, and the noncharacters of every plane.
_FORBIDDEN = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
    )
    + "]"
)
_LINE_BREAKS = re.compile(r"[\n\t]+")
_LINE_ENDS = re.compile(r"\r\n?")
_NOT_IN_SLUG = re.compile(r"[^\w-]+|_+")
_WHOLE_NUMBER = re.compile("[0-9]{1,9}")
_DASHES = re.compile(r"-{2,}")
_SPOKEN_SIGNS = {"+": " plus ", "#": " sharp ", "&": " and ", "%": " percent ", "@": " at "}

SCRIPTS = {
    "hangul": re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]"),
    "kana": re.compile("[\u3041-\u30ff\u31f0-\u31ff]"),
    "han": re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"),
    "latin": re.compile("[A-Za-z\u00c0-\u024f]"),
}
_LANGUAGES = {"hangul": "ko", "kana": "ja", "han": "zh", "latin": "en"}


def whole_number(text: str | None) -> int | None:
    """The number that a client sent as 1 to 9 ASCII digits, which fits every column of whole
    numbers; None for anything else."""
    return int(text) if text and _WHOLE_NUMBER.fullmatch(text) else None


def clean(text: str) -> str:
    """Return `text` with line feeds as its only line ends and without forbidden characters."""
    if text.isprintable():  # most texts are, in a tenth of the time: one line, nothing forbidden
        return text
    return _FORBIDDEN.sub("", _LINE_ENDS.sub("\n", text))


def find_forbidden(text: str) -> re.Match[str] | None:
    """The first character that `clean` would remove (a carriage return is a line end)."""
    return _FORBIDDEN.search(text.replace("\r", "\n"))


def one_line(text: str) -> str:
    """Cleaned text of one line; line breaks, which come with pasted text, become blanks."""
    return _LINE_BREAKS.sub(" ", clean(text.strip())).strip()


def parse_key(text: object) -> uuid.UUID | None:
    """The id that a client sent; None if it is none."""
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None


def collapse(text: str) -> str:
    """Return `text` with every run of white space made one blank, none at the ends."""
    return " ".join(text.split())


def tidy_name(text: str) -> str:
    """A name as it is kept: compatibility forms resolved (NFKC), blanks collapsed."""
    return collapse(unicodedata.normalize("NFKC", clean(text)))


def fold(text: str) -> str:
    """The form in which two names count as the same: tidied and case-folded."""
    return tidy_name(tidy_name(text).casefold())


def slugify(text: str, max_length: int = 80) -> str:
    """A slug of letters of any script, digits and hyphens; never empty, never a bare number.

    Signs that carry a name are spoken (`C++` becomes `c-plus-plus`). Text without any letter
    is named by its characters' Unicode names, so that an emoji has a slug as well.
    """
    folded = fold(text)
    slug = _slug(folded) if folded.isalnum() else _slug(_speak(folded)) or _slug(_names(folded))
    slug = _shorten(slug or "untitled", max_length)
    return _shorten(f"n-{slug}", max_length) if slug.isdecimal() else slug


class Slugs:
    """Gives out slugs, each once. The numbers of equal texts are counted on, so that a thousand of
    them cost a thousand times as much as one."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._next: dict[str, int] = {}

    def __contains__(self, slug: str) -> bool:
        return slug in self._taken

    def take(self, slug: str) -> str:
        self._taken.add(slug)
        return slug

    def unique(self, text: str, max_length: int = 80) -> str:
        """`slugify(text)`, numbered from 2 on if that is taken; it is taken then."""
        slug = base = slugify(text, max_length)
        number = self._next.get(base, 2)
        while slug in self._taken:
            suffix = f"-{number}"
            slug = base[: max_length - len(suffix)].rstrip("-") + suffix
            number += 1
        self._next[base] = number
        return self.take(slug)


def unique_slug(text: str, taken: Iterable[str], max_length: int = 80) -> str:
    """`slugify(text)`, numbered from 2 on if that is among `taken`."""
    return Slugs(taken).unique(text, max_length)


def is_slug_of(slug: str, text: str, max_length: int = 80) -> bool:
    """Whether `unique_slug` may have made a slug from a text."""
    number = re.search(r"-[0-9]+$", slug)
    base = slugify(text, max_length)
    end = number[0] if number else ""
    return slug == base or slug == base[: max_length - len(end)].rstrip("-") + end


def _slug(text: str) -> str:
    return _DASHES.sub("-", _NOT_IN_SLUG.sub("-", text)).strip("-")


def _speak(text: str) -> str:
    """Spell signs that touch a word (`c#`), not those that stand alone (`a & b`)."""
    for sign, word in _SPOKEN_SIGNS.items():
        text = re.sub(rf"(?<=[^\s]){re.escape(sign)}|{re.escape(sign)}(?=[^\s])", word, text)
    return text


def _names(text: str) -> str:
    return " ".join(unicodedata.name(char, "") for char in text[:3]).lower()


def _shorten(slug: str, max_length: int) -> str:
    """Cut at a hyphen if one is in the last third, else in mid-word."""
    if len(slug) <= max_length:
        return slug
    cut = slug[: max_length + 1].rfind("-")
    return slug[: cut if cut > max_length * 2 // 3 else max_length].strip("-")


def script_of(text: str) -> str | None:
    """The script that names the language of a short text: hangul, kana, han, latin or None.

    Any Hangul makes a text Korean and any kana makes it Japanese, however much Han or
    Latin stands beside it.
    """
    return next((name for name, pattern in SCRIPTS.items() if pattern.search(text)), None)


@lru_cache(maxsize=4096)  # of names and headlines, which are asked for again and again
def language_of(text: str, default: str) -> str:
    """The BCP 47 language subtag that fits the script of `text`, `default` if it has none."""
    return _LANGUAGES.get(script_of(text) or "", default)
