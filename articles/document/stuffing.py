"""Escaping text that looks like structure, except in fenced code, which is never structure."""

from collections.abc import Callable

from articles.document import fences
from articles.rules import hidden_text

INDENT = "  "


def indented(text: str) -> str:
    """Indent the lines after the first as Markdown continues a list item, except empty ones."""
    first, *rest = text.split("\n")
    return "\n".join([first, *(INDENT + line if line else "" for line in rest)])


def stuffed(text: str, *is_structure: Callable[[str], bool]) -> str:
    """Add one space to each line that would be structure without its leading spaces.

    `is_structure` is asked for every line; of two, the first is asked for the first line.
    """
    return _changed(text, is_structure, lambda line: f" {line}")


def unstuffed(text: str, *is_structure: Callable[[str], bool]) -> str:
    """Remove the spaces that `stuffed` adds."""
    return _changed(text, is_structure, lambda line: line.removeprefix(" "))


def lines_within(lines: list[str], ends_fence: Callable[[str], bool]) -> set[int]:
    """The numbers, from 0, of the lines that start inside a comment or a fence. `ends_fence` is
    that of `hidden_text.find`."""
    text = "\n".join(lines)
    hidden = hidden_text.lines_within(text, ends_fence)
    return hidden | fences.inner_lines(lines, hidden) if fences.may_be_in(text) else hidden


def _changed(
    text: str, is_structure: tuple[Callable[[str], bool], ...], change: Callable[[str], str]
) -> str:
    lines = text.split("\n")
    code = _code_in(text, lines)
    first, last = is_structure[0], is_structure[-1]
    return "\n".join(
        change(line) if index not in code and (last if index else first)(line.lstrip(" ")) else line
        for index, line in enumerate(lines)
    )


def _code_in(text: str, lines: list[str]) -> set[int]:
    if not fences.may_be_in(text):
        return set()
    hidden = hidden_text.lines_within(text, lambda line: False)
    return fences.inner_lines(lines, hidden)
