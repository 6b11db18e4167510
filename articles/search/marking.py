"""Shows hits: marks the searched words in the text around them."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, pairwise

from django.utils.safestring import SafeString

from articles.rules.rendering import filled, marked_text
from articles.rules.text import language_of
from articles.search import terms
from articles.search.seeking import Sought, Span, sought

SNIPPET_LENGTH = 180
BEFORE_HIT = 50


def marked(text: str, pieces: Iterable[str]) -> SafeString:
    """The text as HTML with each occurrence of a piece in `<mark>`."""
    return _marked(text, _spans(text, pieces), 0, len(text))


def publisher(name: str, pieces: Iterable[str]) -> SafeString:
    """The name of a publisher as an element in its language, with marks."""
    language = language_of(name, default="")
    if language:
        return filled('<span lang="{}">{}</span>', language, marked(name, pieces))
    return filled("<span>{}</span>", marked(name, pieces))


def tag(name: str, pieces: Iterable[str]) -> SafeString:
    """The name of a tag as an element, with marks."""
    return filled('<span class="topic">{}</span>', marked(name, pieces))


def together(elements: Iterable[SafeString]) -> SafeString:
    """Elements one after the other."""
    each = [*elements]
    return filled(" ".join(["{}"] * len(each)), *each)


def best(passages: list[str], pieces: Iterable[str]) -> str:
    """The passage with most of the pieces; among equals the first, so the first of all if none has
    any. Empty if there are no passages."""
    wanted = _sought(tuple(pieces))
    chosen, most = passages[0] if passages else "", 0
    for passage in passages:
        if most == len(wanted):
            break
        if (hits := _count(passage, wanted)) > most:
            chosen, most = passage, hits
    return chosen


def snippet(passage: str, pieces: Iterable[str]) -> SafeString:
    """The text around the first hit in a passage, cut between words, as HTML with marks."""
    spans = _spans(passage, pieces)
    first = spans[0][0] if spans else 0
    start = max(0, min(first - BEFORE_HIT, len(passage) - SNIPPET_LENGTH))
    if start:
        blank = passage.find(" ", start, first)
        start = blank + 1 if blank >= 0 else start
    end = min(len(passage), start + SNIPPET_LENGTH)
    if end < len(passage):
        blank = passage.rfind(" ", max(start, end - BEFORE_HIT), end)
        end = blank if blank >= 0 else end
    before = "… " if start else ""
    after = " …" if end < len(passage) else ""
    return _marked(passage, spans, start, end, before=before, after=after)


def _marked(
    text: str, spans: list[Span], start: int, end: int, *, before: str = "", after: str = ""
) -> SafeString:
    inside = [(max(a, start), min(b, end)) for a, b in spans if a < end and b > start]
    if not inside:
        return filled("{}", f"{before}{text[start:end]}{after}")
    edges = [start, *chain.from_iterable(inside), end]
    parts = [text[a:b] for a, b in pairwise(edges)]
    parts[0], parts[-1] = before + parts[0], parts[-1] + after
    return marked_text(parts)


def _spans(text: str, pieces: Iterable[str]) -> list[Span]:
    """The spans of hits in the text, in order; spans that touch or overlap are merged."""
    folded = terms.folded(text)
    if not (near := _near(folded, _sought(tuple(pieces)))):
        return []
    found = [span for each in near if each.is_direct for span in each.spans(folded)]
    if found and (places := terms.origins(text)):
        found = [(places[start][0], places[end - 1][1]) for start, end in found]
    if others := [each.piece for each in near if not each.is_direct]:
        located = terms.located(text)
        found += [span for piece in others for span in _occurrences(*located, piece)]
    merged: list[Span] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _count(text: str, wanted: list[Sought]) -> int:
    """How many of the pieces are in the canonical form of a text."""
    folded = terms.folded(text)
    if not (near := _near(folded, wanted)):
        return 0
    whole = "" if all(each.is_direct for each in near) else terms.canonical(text)
    return sum(
        next(each.spans(folded), None) is not None if each.is_direct else each.piece in whole
        for each in near
    )


def _near(folded: str, wanted: list[Sought]) -> list[Sought]:
    """The pieces whose sign is in a folded text. Most texts have none."""
    return [each for each in wanted if each.sign in folded]


@lru_cache(maxsize=100)
def _sought(pieces: tuple[str, ...]) -> list[Sought]:
    return [sought(piece) for piece in pieces]


def _occurrences(whole: str, places: list[Span | None], piece: str) -> Iterator[Span]:
    at = whole.find(piece)
    while at >= 0:
        seen = [span for span in places[at : at + len(piece)] if span]
        yield seen[0][0], seen[-1][1]
        at = whole.find(piece, at + 1)
