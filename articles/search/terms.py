"""Splits text for searching: the same code for articles, queries and both databases.

A text is folded (width, case, accents and the composition of Hangul make no difference) and split
into tokens: a run of Hangul, Han and kana as a whole; a word in Latin or another script; a number;
the signs of `C++` and `C#`. The canonical text is all tokens, each with a space before and after.
A query becomes a piece of canonical text, so that a hit is a plain substring: `칩셋` anywhere in a
run, ` 칩` at the start of one, ` gpu ` a whole word, ` gpu 칩` two in sequence.

Terms are what an index stores of a canonical text, to find the few texts that may contain a piece:
words, pairs of neighbouring characters of a run, the character at its start, and, for phrases, the
characters on both sides of a space. The headline comes first in the text of an article, up to
HEADLINE_END; its terms are stored once more, each after that sign.
"""

import re
import unicodedata
from functools import lru_cache

from articles.rules.text import clean

# Hangul with its jamo, kana (without the middle dot), Han with its iteration marks.
RUN = (
    "\u1100-\u11ff\ua960-\ua97c\uac00-\ud7fb\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u31f0-\u31ff\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
# The signs of names such as `C++` and `C#`.
SIGNS = r"(?<=[a-z0-9])(?:\+\+|[+#](?![a-z0-9]))"
# `4.5` and `2026.1.3` are one number, `1,000` is 1000. Letters and digits are separate tokens,
# since people write GPT-5, GPT 5 and GPT5.
_TOKEN = re.compile(
    rf"[{RUN}]+|\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?(?!,?\d)|\d+(?:\.\d+)*|[^\W\d_{RUN}]+"
    rf"|{SIGNS}"
)
_STARTS_RUN = re.compile(rf"[{RUN}]")
# What most texts consist of: for tokens, the folded form of such a text is its lower case.
_PLAIN = re.compile("[ -~·–—‘’“”…\uac00-\ud7a3]*")
# Characters that combine with the one before: combining and half-width voicing marks, final jamo.
_JOINED = "[\u0300-\u036f\u3099\u309a\uff9e\uff9f\u1160-\u11ff\ud7b0-\ud7fb]"
_JOINING = re.compile(_JOINED)
_CLUSTER = re.compile(f"(?s:.){_JOINED}*")
_ACCENTS = re.compile("[\u0300-\u036f]")
# Replaces the space in terms. Tokens from the first jamo on are stored as pairs, others as a whole.
_BLANK = "·"
_PAIRED = "\u1100"
_PAIR = re.compile(f"(?=(.[{_PAIRED}-\U0010ffff]))")
_BORDER = re.compile(f"(?=([^{_BLANK}\\n]{_BLANK}[^{_BLANK}\\n]))")
# Longer terms are cut: terms only find candidates, the canonical text decides.
MAX_TERM_LENGTH = 80
# No token has it, and FTS5 takes it for a letter.
HEADLINE_END = "¶"


def canonical(text: str) -> str:
    """The canonical text, with a space at both ends; empty if there is nothing to search for."""
    found = " ".join(_TOKEN.findall(folded(text))).replace(",", "")
    return f" {found} " if found else ""


def folded(text: str) -> str:
    """The text in the form in which tokens are sought in it."""
    if _PLAIN.fullmatch(text):
        return text.lower()
    if _JOINING.search(text):
        return "".join(map(_fold, _CLUSTER.findall(text)))
    return text.translate(_FOLDED)


def sign(piece: str) -> str:
    """A part of a piece that is in the folded form of every text with it, since only numbers are
    written otherwise there. Empty if there is none."""
    words = (word for word in piece.split() if not any(map(str.isdecimal, word)))
    return max(words, key=len, default="")


def located(text: str) -> tuple[str, list[tuple[int, int] | None]]:
    """The canonical text, and for each of its characters its origin in `text`: (start, end), or
    None for a space."""
    simple = folded(text)
    places = origins(text) or _units(len(simple))
    whole: list[str] = []
    sources: list[tuple[int, int] | None] = [None]
    for match in _TOKEN.finditer(simple):
        token, own = match[0], places[match.start() : match.end()]
        if "," in token:
            own = [place for letter, place in zip(token, own, strict=True) if letter != ","]
            token = token.replace(",", "")
        whole.append(token)
        sources += own
        sources.append(None)
    return (f" {' '.join(whole)} ", sources) if whole else ("", [])


def origins(text: str) -> list[tuple[int, int]] | None:
    """For each character of the folded text its origin in `text`: (start, end). None if each is
    where it was."""
    if _PLAIN.fullmatch(text):
        return None
    if not _JOINING.search(text):
        text.translate(_FOLDED)  # by which each of its characters is known
        if _FOLDED.others.isdisjoint(text):
            return None
    places: list[tuple[int, int]] = []
    for match in _CLUSTER.finditer(text):
        places += [match.span()] * len(_fold(match[0]))
    return places


def _units(length: int) -> list[tuple[int, int]]:
    return [(place, place + 1) for place in range(length)]


def piece(text: str) -> str:
    """The string that a canonical text must contain to be a hit for `text`; empty if none.

    Two or more characters of a run may match inside a run; a single one only at its start.
    """
    found = canonical(text).strip()
    if not found:
        return ""
    first, last = found.split(" ")[0], found[-1]
    before = "" if is_run(first) and len(first) > 1 else " "
    after = "" if is_run(last) else " "
    return f"{before}{found}{after}"


def terms(text: str) -> set[str]:
    """The terms of a canonical text, of an article or a piece: every text with the piece has all of
    the piece's terms."""
    headline, end, rest = text.partition(HEADLINE_END)
    if not end:
        return _terms(text)
    return _terms(headline + rest) | in_headline(headline)


def in_headline(piece: str) -> set[str]:
    """The terms of every article that has the piece in its headline."""
    return {HEADLINE_END + term for term in _terms(piece)}


def _terms(canonical_text: str) -> set[str]:
    words = {token[:MAX_TERM_LENGTH] for token in canonical_text.split() if token < _PAIRED}
    joined = canonical_text.replace(" ", _BLANK)
    return words.union(_PAIR.findall(joined), _BORDER.findall(joined))


def is_run(token: str) -> bool:
    """Whether a token is in a script that is searched inside words: Hangul, Han or kana."""
    return _STARTS_RUN.match(token) is not None


@lru_cache(maxsize=30_000)
def _fold(cluster: str) -> str:
    """One folded cluster; empty for an invisible one, such as a soft hyphen."""
    folded = unicodedata.normalize("NFKC", clean(cluster)).casefold()
    if not _STARTS_RUN.match(folded):
        folded = _ACCENTS.sub("", unicodedata.normalize("NFKD", folded))
    folded = unicodedata.normalize("NFKC", folded)
    return "".join(letter for letter in folded if unicodedata.category(letter) != "Cf")


class _FoldedCharacters(dict[int, str]):
    """For `str.translate`: computes the folded form of each character once, at its first use.
    `others` are the characters that do not become one character."""

    def __init__(self) -> None:
        super().__init__()
        self.others: set[str] = set()

    def __missing__(self, code: int) -> str:
        self[code] = _fold(chr(code))
        if len(self[code]) != 1:
            self.others.add(chr(code))
        return self[code]


_FOLDED = _FoldedCharacters()
