"""Finds pieces in a folded text without splitting it into tokens.

    sought("인공 지능").spans("인공·지능이")       [(0, 5)]

A text is split only for long pieces, and for those with numbers and the signs of `C++`, which
folded texts write in more than one way.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from articles.search import terms

Span = tuple[int, int]

_IN_RUN = re.compile(f"[{terms.RUN}]")
_IN_WORD = re.compile(rf"[^\W\d_{terms.RUN}]")
# Pieces of more tokens would take a step for each token wherever the first one is.
MOST_TOKENS = 4
# What may be between two tokens: anything that is in no token.
_GAP = re.compile(rf"(?!{terms.SIGNS})(?:_|[^\w{terms.RUN}])*")


@dataclass(frozen=True)
class Sought:
    """A piece and its tokens. `sign` is the longest of those that are in the folded form of every
    text with the piece, empty if there is none. `is_direct` says whether `spans` finds it."""

    piece: str
    tokens: tuple[str, ...]
    sign: str
    is_direct: bool

    def spans(self, folded: str) -> Iterator[Span]:
        """Where the piece is in a folded text, in order; places may overlap."""
        first = self.tokens[0]
        at = folded.find(first)
        while at >= 0:
            end = self._end(folded, at)
            if end is not None and not (self.piece[0] == " " and _goes_on(folded, at - 1, first)):
                yield at, end
            at = folded.find(first, at + 1)

    def _end(self, folded: str, at: int) -> int | None:
        """Where the piece ends if it begins at a place; None if it does not."""
        for number, token in enumerate(self.tokens, 1):
            if number > 1:
                gap = _GAP.match(folded, at)
                if gap is None or not folded.startswith(token, gap.end()):
                    return None
                at = gap.end()
            at += len(token)
            is_whole = number < len(self.tokens) or self.piece[-1] == " "
            if is_whole and _goes_on(folded, at, token):
                return None
        return at


@lru_cache(maxsize=1_000)
def sought(piece: str) -> Sought:
    """A piece as it is sought."""
    tokens = tuple(piece.split())
    is_direct = 0 < len(tokens) <= MOST_TOKENS
    is_direct = is_direct and all(_IN_RUN.match(each) or _IN_WORD.match(each) for each in tokens)
    return Sought(piece, tokens, terms.sign(piece), is_direct)


def _goes_on(folded: str, place: int, token: str) -> bool:
    """Whether the character at a place beside a token belongs to it."""
    own = _IN_RUN if terms.is_run(token) else _IN_WORD
    return 0 <= place < len(folded) and own.match(folded, place) is not None
