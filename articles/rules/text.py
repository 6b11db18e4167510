"""Rules for plain text that need no database: storable characters, slugs, scripts, languages."""

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
_INVISIBLE = re.compile(r"(?<!\w)[\u200b\u2060\ufeff\u00ad]+|[\u200b\u2060\ufeff\u00ad]+(?!\w)")
# What Python says of bytes that end within a letter.
_IS_CUT = ("unexpected end of data", "incomplete multibyte sequence")
_LANGUAGES = {"hangul": "ko", "kana": "ja", "han": "zh", "latin": "en"}


def whole_number(text: str | None) -> int | None:
    """The whole number that a client sent as 1 to 9 ASCII digits; None for anything else. Every
    integer column can hold it."""
    return int(text) if text and _WHOLE_NUMBER.fullmatch(text) else None


def clean(text: str) -> str:
    """Return `text` with only line feeds as line ends and without forbidden characters."""
    if text.isprintable():  # most texts: one line, nothing forbidden; ten times as fast
        return text
    return _FORBIDDEN.sub("", _LINE_ENDS.sub("\n", text))


def decoded(content: bytes, *named: str) -> str:
    """The text of bytes from a stranger, who may have named a charset.

    Valid UTF-8 is UTF-8, whatever was named. Else the named ones count, then a guess: a Korean text
    without a name is mostly in CP949. It is never refused: wrong bytes become signs that say so. A
    letter of which only a part arrived is left out.
    """
    for name in ("utf-8", *named, "cp949"):
        try:
            return content.decode(name)
        except UnicodeDecodeError as error:
            if error.reason in _IS_CUT:
                return content[: error.start].decode(name)
        except (LookupError, ValueError):
            continue
    return content.decode("utf-8", "replace")


def composed(text: str) -> str:
    """A text in Unicode's composed form (NFC; Unicode Standard Annex 15), for readers. Hangul that
    was typed or pasted as single letters looks broken in some fonts, and searches miss it."""
    return unicodedata.normalize("NFC", text)


def find_forbidden(text: str) -> re.Match[str] | None:
    """The first character that `clean` would remove (a carriage return is a line end)."""
    return _FORBIDDEN.search(text.replace("\r", "\n"))


def one_line(text: str) -> str:
    """Cleaned text as one line. Line breaks, which come with pasted text, become blanks."""
    return _LINE_BREAKS.sub(" ", clean(text.strip())).strip()


def parse_key(text: object) -> uuid.UUID | None:
    """The UUID that a client sent; None if it is not one."""
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None


def without_invisible(text: str) -> str:
    """The text without the invisible signs that are copied along from web pages, where they stand
    beside words. Within a word they may be meant."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def collapse(text: str) -> str:
    """Return `text` with each run of white space as one blank, and none at the ends."""
    if text.isprintable() and "  " not in text:  # most texts: blanks only, one at a time
        return text.strip()
    return " ".join(text.split())


def tidy_name(text: str) -> str:
    """A name as it is stored: compatibility forms resolved (NFKC), blanks collapsed."""
    return collapse(unicodedata.normalize("NFKC", clean(text)))


def fold(text: str) -> str:
    """The form in which two names are compared: tidied and case-folded."""
    return tidy_name(tidy_name(text).casefold())


def slugify(text: str, max_length: int = 80) -> str:
    """A slug of letters of any script, digits and hyphens; never empty, never only a number.

    Signs that belong to a name are spelled out (`C++` becomes `c-plus-plus`). Text without any
    letter is named by its characters' Unicode names, so that an emoji has a slug as well.
    """
    folded = fold(text)
    slug = _slug(folded) if folded.isalnum() else _slug(_speak(folded)) or _slug(_names(folded))
    slug = _shorten(slug or "untitled", max_length)
    return _shorten(f"n-{slug}", max_length) if slug.isdecimal() else slug


class Slugs:
    """Gives out unique slugs. It remembers the last number of each text, so that a thousand equal
    texts take linear time."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._next: dict[str, int] = {}

    def __contains__(self, slug: str) -> bool:
        return slug in self._taken

    def take(self, slug: str) -> str:
        self._taken.add(slug)
        return slug

    def unique(self, text: str, max_length: int = 80) -> str:
        """`slugify(text)`, numbered from 2 on if that slug is taken. Marks the result as taken."""
        slug = base = slugify(text, max_length)
        number = self._next.get(base, 2)
        while slug in self._taken:
            suffix = f"-{number}"
            slug = base[: max_length - len(suffix)].rstrip("-") + suffix
            number += 1
        self._next[base] = number
        return self.take(slug)


def unique_slug(text: str, taken: Iterable[str], max_length: int = 80) -> str:
    """`slugify(text)`, numbered from 2 on if that slug is among `taken`."""
    return Slugs(taken).unique(text, max_length)


def is_slug_of(slug: str, text: str, max_length: int = 80) -> bool:
    """Whether `unique_slug` may have made the slug from the text."""
    number = re.search(r"-[0-9]+$", slug)
    base = slugify(text, max_length)
    end = number[0] if number else ""
    return slug == base or slug == base[: max_length - len(end)].rstrip("-") + end


def _slug(text: str) -> str:
    return _DASHES.sub("-", _NOT_IN_SLUG.sub("-", text)).strip("-")


def _speak(text: str) -> str:
    """Spell out signs that touch a word (`c#`), but not separate ones (`a & b`)."""
    for sign, word in _SPOKEN_SIGNS.items():
        text = re.sub(rf"(?<=[^\s]){re.escape(sign)}|{re.escape(sign)}(?=[^\s])", word, text)
    return text


def _names(text: str) -> str:
    return " ".join(unicodedata.name(char, "") for char in text[:3]).lower()


def _shorten(slug: str, max_length: int) -> str:
    """Cut at a hyphen if there is one in the last third, else inside a word."""
    if len(slug) <= max_length:
        return slug
    cut = slug[: max_length + 1].rfind("-")
    return slug[: cut if cut > max_length * 2 // 3 else max_length].strip("-")


def script_of(text: str) -> str | None:
    """The script that decides the language of a short text: hangul, kana, han, latin or None.

    Any Hangul makes a text Korean, and any kana makes it Japanese, no matter how much Han or Latin
    it contains.
    """
    return next((name for name, pattern in SCRIPTS.items() if pattern.search(text)), None)


@lru_cache(maxsize=4096)  # the same names and headlines are asked for again and again
def language_of(text: str, default: str) -> str:
    """The BCP 47 language subtag that fits the script of `text`, `default` if it has none."""
    return _LANGUAGES.get(script_of(text) or "", default)
