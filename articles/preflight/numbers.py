"""Figures for the same thing that differ between the texts of one article.

These findings are hints, and cautious. Two figures are compared only if they have the same unit and
follow the same words, and neither is an approximation, part of a pair (“from … to …”) or a point in
time.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.preflight.checked import CheckedArticle, CheckedDigest, Passage
from articles.preflight.findings import Found, Severity, rule

_SCALES = {"": 1, "천": 10**3, "만": 10**4, "억": 10**8, "조": 10**12}
PART = r"\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,4})?|\d{1,15}(?:\.\d{1,4})?"
# Only counts and measures. Points in time, ages and ranks that differ are different things.
_UNITS = (
    *(
        "%포인트",
        "%p",
        "%",
        "퍼센트",
        "percent",
        "명",
        "건",
        "곳",
        "개사",
        "개국",
        "개",
        "종",
        "편",
        "권",
        "팀",
    ),
    *(
        "가구",
        "마리",
        "문장",
        "항목",
        "배럴",
        "배",
        "톤",
        "시간",
        "원",
        "달러",
        "위안",
        "엔",
        "유로",
        "도",
        "토큰",
    ),
    *(
        "won",
        "dollars",
        "people",
        "million",
        "billion",
        "kWh",
        "MWh",
        "GWh",
        "TWh",
        "kW",
        "MW",
        "GW",
    ),
    *("W", "MB", "GB", "TB", "km", "cm", "mm", "m", "kg", "ha", "t"),
)
_FIGURE = re.compile(
    r"(?<![\w.,/:~\-–$€£¥₩])"
    rf"(?P<value>(?:{PART})[천만억조]?(?: ?(?:{PART})[천만억조]){{0,3}}(?: \d[\d,]{{0,9}})?)"
    rf" ?(?P<unit>{'|'.join(_UNITS)})(?![A-Za-z])"
)
_VALUE_PART = re.compile(rf"({PART})([천만억조]?)")
_WORDS = re.compile(r"[^\W\d_]+")
# Particles at the end of a Korean word, longest first.
_PARTICLES = re.compile(
    r"(?<=[가-힣]{2})(?:에서는|에게는|으로는|에서|에게|으로|까지|부터|에는|은|는|이|가|을|를|의|도|만|에|로)$"
)
_APPROXIMATE = re.compile(
    r"(?:약|대략|최대|최소|최고|많게는|적게는|평균|이르면|about|around|nearly|over|up to)\s?$",
    re.IGNORECASE,
)
_NOT_EXACT = re.compile(
    r"\s?(?:여|안팎|이상|이하|미만|초과|가량|정도|남짓|대(?=\s|$)|~|∼|-|–|→|에서|보다|[을를]? ?넘)"
)
_COMPARISON = re.compile(
    r"지난해|작년|전년|기존|종전|목표|예상|전망치|계획|당초|대비|last year|target|expected"
)
_EMPTY_WORDS = frozenset(
    {
        *("a", "an", "the", "of", "to", "by", "at", "in", "on", "is", "was", "were", "its"),
        *("rose", "fell", "about"),
    }
)


@dataclass(frozen=True)
class Figure:
    """A figure in its sentence. `step` is the value of one unit in its last digit, `label` the one
    or two words before it without particles, the nearest first."""

    passage: Passage
    text: str
    value: Decimal
    step: Decimal
    unit: str
    label: tuple[str, ...]

    @property
    def kind(self) -> tuple[str, str]:
        """Only figures of the same kind can contradict each other."""
        return self.unit, self.label[0]


@rule(
    "numbers-disagree",
    Severity.HINT,
    gettext_lazy("Numbers disagree"),
    gettext_lazy("Look at the cited page; if both are right, say what each of them counts."),
)
def disagree(digest: CheckedDigest) -> Iterator[Found]:
    for article in digest.articles:
        met: dict[tuple[str, str], list[Figure]] = {}
        for figure in _figures(article):
            alike = met.setdefault(figure.kind, [])
            other = next((other for other in alike if _contradict(other, figure)), None)
            alike.append(figure)
            if other:
                sentence = _("“%(one)s” here, but “%(other)s” elsewhere in this article.")
                params = {"one": figure.text, "other": other.text}
                text = f"{figure.text}\n{other.text}"
                yield Found(figure.passage.place, sentence % params, text)


def _figures(article: CheckedArticle) -> Iterator[Figure]:
    """Comparable figures. Two figures with one label in one text describe a change: skip them."""
    for passage in article.body:
        found = list(filter(None, (_figure(passage, m) for m in _FIGURE.finditer(passage.prose))))
        number = Counter(figure.kind for figure in found)
        yield from (figure for figure in found if number[figure.kind] == 1)


def _figure(passage: Passage, match: re.Match[str]) -> Figure | None:
    text = passage.prose
    before = text[max(0, match.start() - 40) : match.start()]
    clause = re.split(r"[,.;:…·()“”‘’]", before)[-1]
    label = _label(clause)
    after = text[match.end() : match.end() + 12]
    if not label:
        return None
    if _APPROXIMATE.search(before) or _NOT_EXACT.match(after) or _COMPARISON.search(clause + after):
        return None
    value, step = _amount(match["value"])
    return Figure(passage, (clause + match[0]).strip(), value, step, match["unit"].lower(), label)


def _label(clause: str) -> tuple[str, ...]:
    words = (_PARTICLES.sub("", word.lower()) for word in _WORDS.findall(clause))
    kept = [word for word in words if len(word) > 1 and word not in _EMPTY_WORDS]
    return tuple(reversed(kept[-2:]))


def _amount(text: str) -> tuple[Decimal, Decimal]:
    """The value of `8억 7,000만`, and the value of one unit in its last digit."""
    value, step = Decimal(0), Decimal(1)
    for digits, scale in _VALUE_PART.findall(text):
        number = Decimal(digits.replace(",", ""))
        step = Decimal(1).scaleb(int(number.as_tuple().exponent)) * _SCALES[scale]
        value += number * _SCALES[scale]
    return value, step


def _contradict(one: Figure, other: Figure) -> bool:
    """Whether two figures of one kind contradict each other: the words before them are the same, as
    far as both have them, and neither figure is the other one rounded."""
    same = all(a == b for a, b in zip(one.label, other.label, strict=False))
    return same and abs(one.value - other.value) > max(one.step, other.step) / 2
