"""Divides a text about implications whose sentences tell their part: `기술적으로는 …`, `For the
industry, …`."""

import re
from dataclasses import replace

from articles.recognising.labels import INDUSTRY, OUTLOOK, TECHNICAL
from articles.recognising.splitting import Line, Look

_ASPECT = r"(?:측면|관점|면|차원|입장)(?:에서(?:는|도|의)?|으로(?:는)?)"
_VIEW = "(?:standpoint|perspective|point of view|view)"
_STARTS = {
    TECHNICAL: (
        rf"기술적으로[는도]?|기술(?:적)?\s?{_ASPECT}|기술적 (?:의미|의의)[는를로]"
        rf"|technically|technologically|on the technical side|from an? tech\w* {_VIEW}"
        "|技術的には|技術面では|技术上|从技术"
    ),
    INDUSTRY: (
        r"(?:산업|사업|상업|경제|시장)적으로[는도]?"
        rf"|(?:산업|업계|시장|사업|비즈니스)(?:적)?\s?{_ASPECT}|(?:산업|업계|시장)에(?:는|서는|도)"
        r"|산업적 영향[은을으]|commercially|industry-wise|for (?:the )?(?:industry|market|business)"
        rf"|from an? (?:industry|market|business) {_VIEW}"
        r"|産業的には|産業面では|業界では|产业上|行业上|从产业|从行业"
    ),
    OUTLOOK: (
        r"향후(?:에는|에도)?|앞으로(?:는|도)?|전망으로는|장기적으로[는도]?|내년에는"
        r"|looking ahead|going forward|in the (?:future|long run|long term)"
        r"|今後は?|将来的には|未来|展望未来"
    ),
}
_LEAD = re.compile(
    r"(?:^|(?<=[.。!?！？])\s{0,3})[^\w\s]{0,4}\s?(?:"
    + "|".join(f"(?P<{name}>{words})" for name, words in _STARTS.items())
    + r")(?=[\s,，、:：]|$|(?<=[는は上来]))",
    re.IGNORECASE,
)


def divided_by_leads(lines: list[Line]) -> dict[str, list[Line]]:
    """The lines by the part that the first words of their sentences tell; a sentence without such
    words goes on with the part before it. Empty unless at least two parts are told."""
    parts: dict[str, list[Line]] = {}
    waiting: list[Line] = []  # above the first sentence that tells a part
    name = ""
    for line in lines:
        for told, piece in _pieces(line):
            name = told or name
            if name:
                parts.setdefault(name, []).extend([*waiting, piece])
                waiting = []
            else:
                waiting.append(piece)
    return parts if len(parts) > 1 else {}


def _pieces(line: Line) -> list[tuple[str, Line]]:
    """The sentences of a line, joined up to the next one that tells a part, with that part."""
    leads = [] if line.look is Look.BLOCK else list(_LEAD.finditer(line.content))
    if not leads:
        return [("", line)]
    named = {lead.start(): lead.lastgroup or "" for lead in leads}
    starts = sorted({0, *named})
    begin = line.text[: line.text.find(line.content)] if line.content in line.text else ""
    found = []
    for start, end in zip(starts, [*starts[1:], len(line.content)], strict=True):
        text = line.content[start:end]
        kept = replace(line, text=begin * (not start) + text, content=text.strip())
        found.append((named.get(start, ""), kept))
    return found
