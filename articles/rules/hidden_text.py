"""Remarks: parts of a text that readers never see.

A remark is an HTML comment, a Liquid comment, any other Liquid tag or output, a shortcode of Hugo,
an attribute list of kramdown (`{:.note}`), a comment of Obsidian (`%% … %%`) or of MDX
(`{/* … */}`), or a line with which MDX imports. Documents and the desk keep remarks. All text for
readers passes through `shown` or `shown_line`, so this module alone decides what is hidden.

An unclosed comment extends to the end of its text. Code in backticks and fences is not a remark:
readers see it. When it is unclear whether something is code, it counts as a remark.
"""

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import NamedTuple

# The limit of unclosed fences in a text. Beyond it, the parser looks for no more fences.
MAX_UNCLOSED_FENCES = 50

_SIGNS = r"<!--|\{%|\{\{|\{:|\{/\*|%%|^(?:im|ex)port\s"
_OPENING = re.compile(_SIGNS, re.MULTILINE)
_SIGN_OF_CODE = re.compile(r"`|~~~")
_RUN = re.compile(r"`+")
_TOKEN = re.compile(rf"`+|{_SIGNS}", re.MULTILINE)
_TAG = re.compile(r"\{%-?\s*(comment\b|[A-Za-z#])")
_COMMENT_TAG = re.compile(r"\{%-?\s*(end)?comment\b[^%]*%\}")
_SHORT = re.compile(
    r"\{\{[^{}\n]*\}\}|\{\{[<%][^{}]*[>%]\}\}|\{:[ \t]*(?:[.#]|[\w-]+=)[^{}\n]*\}"
    r"|\{/\*[^{}\n]*\*/\}|(?<![%\d])%%[^%\n]+%%(?!%)"
    r"""|^import\s(?:[^\n]{1,300}\sfrom\s+)?["'][^"'\n]+["'];?[ \t]*$"""
    r"|^export\s+(?:const|let|default|function)\s[^\n]*$",
    re.MULTILINE,
)
# An HTML tag with a backtick in it. Markdown parses the tag first, so the backticks pair up
# differently.
_BACKTICK_IN_TAG = re.compile(r"<(?:[A-Za-z/?]|!(?!--))[^`<>\n]*`")
_FENCE = re.compile(r"((?:[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t])*[ \t]*)(`{3,}(?!.*`)|~{3,})")
_FENCE_END = re.compile(r"[ \t]*(`{3,}|~{3,})[ \t]*$")
_REMOVED = "\0"
_ONLY_REMOVED = re.compile(r"^[ \t]*\0[ \t\0]*(?:\n|\Z)", re.MULTILINE)


class Remark(NamedTuple):
    """The start and end of a remark in its text.

    `closing` is the position of the sign that ends it. `missing` is the number of closing signs
    that are missing, 0 if the remark is closed.
    """

    start: int
    closing: int
    end: int
    missing: int = 0


def find(text: str, ends_fence: Callable[[str], bool] | None = None) -> list[Remark]:
    """The remarks of a text, in order. `ends_fence` says whether a line ends an open code fence
    that is set in."""
    return _Finder(text, ends_fence).find() if _OPENING.search(text) else []


def shown(text: str) -> str:
    """A text as readers get it: without its remarks, and without lines that contain only
    remarks."""
    remarks = find(text)
    if not remarks:
        return text
    pieces, at = [], 0
    for remark in remarks:
        pieces.append(text[at : remark.start].replace(_REMOVED, ""))
        at = remark.end
    pieces.append(text[at:].replace(_REMOVED, ""))
    return _ONLY_REMOVED.sub("", _REMOVED.join(pieces)).replace(_REMOVED, "")


def shown_line(text: str) -> str:
    """One line of text as readers get it; `…` if nothing is left."""
    if not _OPENING.search(text):
        return text
    return " ".join(shown(text).split()) or "…"


def are_in(text: str) -> bool:
    """Whether a text contains a remark."""
    return bool(find(text))


def missing_end(text: str) -> str:
    """What to append to a text so that an open remark does not extend beyond it."""
    remarks = find(text)
    if not remarks or not remarks[-1].missing:
        return ""
    start = remarks[-1].start
    if text.startswith("<!--", start):
        return "-->"
    is_whole = _COMMENT_TAG.match(text, start)
    return ("" if is_whole else "%}") + "{% endcomment %}" * remarks[-1].missing


def lines_within(text: str, ends_fence: Callable[[str], bool]) -> set[int]:
    """The numbers, from 0, of the lines that begin inside a remark."""
    within: set[int] = set()
    line, at = 0, 0
    for remark in find(text, ends_fence):
        line += text.count("\n", at, remark.start)
        last = line + text.count("\n", remark.start, remark.end)
        within.update(range(line + 1, last + 1))
        line, at = last, remark.end
    return within


class _Finder:
    """Goes through a text once: line by line, or only by the remarks where there is no code."""

    def __init__(self, text: str, ends_fence: Callable[[str], bool] | None) -> None:
        self.text = text
        self.ends_fence = ends_fence or (lambda line: False)
        self.remarks: list[Remark] = []
        self.fences_left = MAX_UNCLOSED_FENCES
        # Whether backticks in the lines above, back to a blank line, may pair with those of this
        # line.
        self.is_unsure = False
        self.searches: dict[str, tuple[int, int]] = {}

    def find(self) -> list[Remark]:
        return self._by_line() if _SIGN_OF_CODE.search(self.text) else list(self._by_remark())

    def _by_remark(self) -> Iterator[Remark]:
        at = 0
        while opening := _OPENING.search(self.text, at):
            remark = self._remark_at(opening.start())
            if remark:
                yield remark
            at = remark.end if remark else opening.end()

    def _by_line(self) -> list[Remark]:
        index, start = 0, 0
        while index < len(self.lines):
            end = start + len(self.lines[index])
            is_within = self._reaches_over(start)
            visible = self._read_line(start, end)
            if not is_within and not self.lines[index].strip():
                self.is_unsure = False
            last = index
            if not self._reaches_over(end) and (fence := _FENCE.match(visible)):
                if is_within:  # the lines above decide whether a fence is left there
                    self.fences_left = 0
                last = self._last_of_fence(fence, index)
            start += sum(len(line) + 1 for line in self.lines[index : last + 1])
            index = last + 1
        return self.remarks

    def _reaches_over(self, place: int) -> bool:
        return bool(self.remarks) and self.remarks[-1].end > place

    def _read_line(self, start: int, end: int) -> str:
        """Find the remarks that begin in a line. Returns the visible part of the line."""
        at = max(start, self.remarks[-1].end) if self.remarks else start
        line = self.text[at:end]
        if "`" not in line and not _OPENING.search(line):
            return line
        if at > start:  # the rest of the line in which a remark began
            self.is_unsure = True
        known = len(self.remarks)
        visible = self._without_remarks(at, end, self._code_in(line, at))
        if visible is None:
            del self.remarks[known:]
            self.is_unsure = True
            visible = self._without_remarks(at, end, {}) or ""
        return visible

    def _without_remarks(self, at: int, end: int, code: dict[int, int]) -> str | None:
        """The visible text of a part of a line. `code` maps the start of each code span to its end.
        None if code and remarks overlap, or if removing a remark changes what is code."""
        pieces, shown_from, last = [], at, ""
        while token := _TOKEN.search(self.text, at, end):
            at = token.end()
            if token[0][0] == "`":
                if code and self._is_crossed(at, code.get(token.start()), end):
                    return None
                at = code.get(token.start(), at)
                self.is_unsure = self.is_unsure or not code
                continue
            remark = self._remark_at(token.start())
            if remark is None:
                continue
            pieces.append(self.text[shown_from : remark.start])
            last = pieces[-1][-1:] or last
            is_joined = remark.end > end or self.text.startswith("`", remark.end)
            if code and is_joined and last in ("`", "\\"):
                return None
            self.remarks.append(remark)
            at = shown_from = min(remark.end, end)
        return "".join([*pieces, self.text[shown_from:end]])

    def _code_in(self, line: str, offset: int) -> dict[int, int]:
        """Maps the position of each opening run of backticks to the end of its code. Empty where
        Markdown may parse the line differently."""
        runs = list(_RUN.finditer(line))
        # In a table, the sign `|` ends a cell and the code in it.
        if not runs or self.is_unsure or "|" in line[runs[0].start() : runs[-1].end()]:
            return {}
        if _BACKTICK_IN_TAG.search(line) or "\\`" in line:
            return {}
        ends: dict[int, int] = {}
        nearest: dict[int, int] = {}
        for run in reversed(runs):
            length = len(run[0])
            if length in nearest:
                ends[offset + run.start()] = offset + nearest[length]
            nearest[length] = run.end()
        return ends

    def _is_crossed(self, start: int, end: int | None, line_end: int) -> bool:
        """Whether a remark begins in a code span and ends after it on the same line. Then the
        backticks are not code, unless the end of the remark is in backticks too. A run of backticks
        without an end may pair with one on another line, so it counts as crossed."""
        if end is None:
            return True
        while opening := _OPENING.search(self.text, start, end):
            start = opening.end()
            remark = self._remark_at(opening.start())
            if remark and not remark.missing and end < remark.end <= line_end:
                before = self.text[max(end, remark.closing - 2) : remark.closing]
                after = self.text[remark.end : min(line_end, remark.end + 2)]
                if not ("`" in before and "`" in after):
                    return True
        return False

    def _remark_at(self, start: int) -> Remark | None:
        """The remark that starts at an opening sign; None if the sign starts no remark."""
        if self.text.startswith("<!--", start):
            closing = self._next("-->", start + 2)  # `<!-->` is a whole comment
            if closing < 0:
                return self._endless(start)
            return Remark(start, closing, closing + 3)
        if not self.text.startswith("{%", start):
            short = _SHORT.match(self.text, start)
            return Remark(start, short.end() - 1, short.end()) if short else None
        tag = _TAG.match(self.text, start)
        if tag is None:
            return None
        if tag[1] == "comment":
            return self.liquid_comments.get(start) or self._endless(start)
        closing = self._next("%}", start + 2)
        return Remark(start, closing, closing + 2) if closing >= 0 else None

    @cached_property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def liquid_comments(self) -> dict[int, Remark]:
        """Liquid comments by their start. Comments can be nested; then the outer one is the whole
        remark."""
        found: dict[int, Remark] = {}
        open_tags: list[int] = []
        for tag in _COMMENT_TAG.finditer(self.text):
            if not tag[1]:
                open_tags.append(tag.start())
            elif open_tags:
                start = open_tags.pop()
                found[start] = Remark(start, tag.start(), tag.end())
        for depth, start in enumerate(reversed(open_tags), 1):
            found[start] = self._endless(start, depth)
        return found

    def _endless(self, start: int, missing: int = 1) -> Remark:
        return Remark(start, len(self.text), len(self.text), missing)

    def _next(self, sign: str, start: int) -> int:
        """The next position of a sign; -1 if there is none. No part of the text is searched
        twice."""
        since, found = self.searches.get(sign, (0, -2))
        if (found == -1 and since <= start) or since <= start <= found:
            return found
        found = self.text.find(sign, start)
        self.searches[sign] = (start, found)
        return found

    def _last_of_fence(self, fence: re.Match[str], first: int) -> int:
        """The number of the line that closes a fence; `first` if the fence is unclosed and so not
        code."""
        if not self.fences_left:
            return first
        width = len(fence[1].expandtabs(4))
        for index in range(first + 1, len(self.lines)):
            line = self.lines[index].expandtabs(4)
            if width and self.ends_fence(self.lines[index]):
                break
            if not line.strip():
                continue
            indent = len(line) - len(line.lstrip(" "))
            if indent < width:
                # It is unknown whether a list with this fence ends here or there is no list at all.
                # So it is also unknown which of the rest is code.
                self.fences_left = 0
                return first
            end = _FENCE_END.match(line)
            if end and end[1].startswith(fence[2]):
                if indent == width or (not width and indent < 4):
                    return index
                if width:
                    self.fences_left = 0
                    return first
        self.fences_left -= 1
        return first
