"""Line ends of a file. Inside the parser a line ends with a line feed; a carriage return before it
says that the line ends in the other way than most lines of its file."""

import re

from django.utils.translation import gettext as _

from articles.document.model import refusal

LF, CR, CRLF = "\n", "\r", "\r\n"
_END = re.compile(r"\r\n?|\n")


def unified(text: str) -> tuple[str, str]:
    """The text as the parser reads it, and the line end that most of its lines have.

    Raises DocumentError if single carriage returns are mixed with other line ends.
    """
    if CR not in text:
        return text, LF
    pairs = text.count(CRLF)
    counts = {CRLF: pairs, CR: text.count(CR) - pairs, LF: text.count(LF) - pairs}
    most = max(counts, key=counts.__getitem__)
    if counts[CR] == 0:
        return (_swapped(text), CRLF) if most == CRLF else (text, LF)
    if counts[CR] < sum(counts.values()):
        ends = enumerate(_END.finditer(text), start=1)
        line = next(number for number, end in ends if end[0] != most)
        message = _("This line ends in another way than most lines. Use one line end in the file.")
        raise refusal(line, message)
    return text.replace(CR, LF), CR


def restored(text: str, newline: str) -> str:
    """The text with the line ends of its file."""
    if newline == CRLF:
        return _swapped(text)
    return text.replace(LF, newline)


def line_of(text: str, place: int) -> int:
    """The number of the line, from 1, in which a place of a text is, whatever ends its lines."""
    return sum(1 for _end in _END.finditer(text, 0, place)) + 1


def _swapped(text: str) -> str:
    """The text with both kinds of line ends exchanged."""
    if CR not in text:
        return text.replace(LF, CRLF)
    return _END.sub(lambda end: LF if end[0] == CRLF else CRLF, text)
