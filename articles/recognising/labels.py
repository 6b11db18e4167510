"""What the words above a part of an article mean; `labels.toml` has them in four languages."""

import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path

from articles.document.model import LABELS
from articles.rules.text import script_of

# Parts that the document has, by its names for them.
POINTS, IMPLICATIONS, CITATIONS, TAGS = "points", "implications", "citations", "tags"
TECHNICAL, INDUSTRY, OUTLOOK = "technical_significance", "industry_impact", "outlook"
# Further meanings of a label.
HEADLINE, DATE, PUBLISHER = "headline", "date", "publisher"
DRAFTED_BY, READ_BY = "drafted_by", "read_by"
# A section that holds articles or is about the whole digest, and is no article itself.
SECTION = "section"
# A known part of an article that has no field.
ASIDE = "aside"

MAX_LABEL = 60
MOST_WORDS_TRANSLATED = 3
_TABLE = Path(__file__).with_name("labels.toml")
# The exact document's own labels, under the names used here.
_OWN = {
    **{name: name for name in (POINTS, IMPLICATIONS, CITATIONS, TECHNICAL, INDUSTRY, OUTLOOK)},
    **{"tags": TAGS, "published": DATE, "drafted_by": DRAFTED_BY, "read_by": READ_BY},
}
# Pictures that serve as bullets or ornaments: emoji, keycaps, dingbats, geometric shapes, arrows.
_PICTOGRAPH = (
    r"(?:[0-9#*]\ufe0f?\u20e3|[\U0001F000-\U0001FAFF\u2190-\u21ff\u2300-\u23ff\u2460-\u27bf"
    r"\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299][\ufe0e\ufe0f\u200d\U0001F3FB-\U0001F3FF]*)"
)
ORNAMENTS = re.compile(rf"(?:{_PICTOGRAPH}\s*)+")
_NUMBER = re.compile(
    r"(?:\(?\d{1,3}[.)、．:：](?!\d)|\d{1,3}\s*[-–—]\s(?=\D)|\[\d{1,3}\](?!\()|[ivxIVX]{1,4}[.)](?=\s)|#\d{1,3}\b[.:]?"
    r"|no\.\s?\d{1,3}[.:]?)\s*",
    re.IGNORECASE,
)
# What articles are called where they are counted.
COUNTED = (
    r"기사|뉴스|소식|하이라이트|헤드라인|headline|news|story|article|item|highlight|topic|ハイライト|ニュース|トピック"
    "|亮点|新闻|话题"
)
# Counted in words: `첫 번째 뉴스`, `둘째`, `Third story`, `第四条`. A group for each number.
ORDINAL = (
    r"(?:(첫|first|第一)|(두|둘|second|第二)|(세|셋|third|第三)|(네|넷|fourth|第四)|(다섯|fifth|第五)"
    r"|(여섯|sixth|第六)|(일곱|seventh|第七)|(여덟|eighth|第八)|(아홉|ninth|第九)|(열|tenth|第十))"
    rf"(?:\s?(?:번\s?)?째|[条條则則]|(?=\s(?:{COUNTED})))\s?(?:{COUNTED})?"
)
_ENDINGS = {
    **dict.fromkeys(("影响", "影響", "영향", "효과", "impact"), INDUSTRY),
    **dict.fromkeys(("전망", "展望", "outlook"), OUTLOOK),
    **dict.fromkeys(("요약", "摘要", "要約", "summary", "takeaways"), POINTS),
}
_BRACKETED = re.compile(r"\s*[(（\[【]([^()（）\[\]【】]*)[)）\]】]\s*")
_JOINED = re.compile(r"\s(?:및|와|과)\s|[·・+]")
_COLON = re.compile("[:：]")
_ENDS = ' \t\u3000\u00a0:：*_~`-–—.·|「」『』<>《》"“”#'


def bare(text: str) -> str:
    """A label or heading without Markdown's marks, ornaments, numbers and signs around it."""
    text = text.strip(_ENDS)
    while True:
        shorter = ORNAMENTS.sub("", text).strip(_ENDS)
        number = _NUMBER.match(shorter)
        if number and number.end() < len(shorter):
            shorter = shorter[number.end() :].strip(_ENDS)
        if shorter == text:
            return " ".join(text.split())
        text = shorter


def starts_with_number(text: str) -> bool:
    """Whether a heading is numbered: `1. …`, `**2) …**`, `3️⃣ …`."""
    plain = text.lstrip("*_ \t[")
    return bool(_NUMBER.match(plain) or re.match(r"[0-9]\ufe0f?\u20e3|[①-⑳❶-❿]", plain))


@lru_cache(maxsize=4096)  # a line is asked about several times, and labels recur
def meaning(text: str) -> str:
    """What a label means, one of the constants of this module; empty if it is not known.

    A translation in brackets, as in `기술 포인트 (Technical significance)`, may tell it too.
    """
    if len(text) > 2 * MAX_LABEL or "://" in text:
        return ""
    name = _without_closing(bare(text))
    if len(name) > MAX_LABEL:
        return ""
    if own := _by_word().get(_key(name)):
        return own
    if "](" in text:
        return ""
    brackets = list(_BRACKETED.finditer(name))
    parts = [_BRACKETED.sub(" ", name)] if brackets and brackets[0].start() > 0 else []
    parts += [match[1] for match in brackets if _translates(match[1], parts)]
    # A text behind a colon is the part itself, and no second label.
    parts += [] if brackets or _COLON.search(name) else name.split("/") + name.split(" & ")
    found = next(filter(None, (_by_word().get(_key(part), "") for part in parts)), "")
    joined = [_by_word().get(_key(part), "") for part in _JOINED.split(name)]
    return found or (joined[0] if all(joined) else "")


def _without_closing(name: str) -> str:
    """A label such as `요약)` without the bracket that closes it and that nothing opens."""
    return name[:-1] if name.endswith((")", "）")) and not re.search("[(（]", name) else name


def _translates(text: str, parts: list[str]) -> bool:
    """Whether a text in brackets translates the few words before it, and is not a word about
    them, as in `새 칩 공개 (분석)`."""
    is_brief = bool(parts) and len(parts[0].split()) <= MOST_WORDS_TRANSLATED
    return is_brief and script_of(text) != script_of(parts[0])


def meaning_of_end(text: str) -> str:
    """What a label such as `对读者的影响` means by its last word; empty if that tells nothing."""
    name = bare(text)
    if len(name) > MAX_LABEL:
        return ""
    ends = (found for end, found in _ENDINGS.items() if name.casefold().endswith(end))
    return next(ends, "")


def _key(text: str) -> str:
    return "".join(text.split()).casefold().replace("’", "'").strip(f"{_ENDS}?？[]【】")


@cache
def _by_word() -> dict[str, str]:
    found: dict[str, str] = {}
    for own, name in _OWN.items():
        for labels in LABELS[own].values():
            found |= {_key(label): name for label in labels}
    for name, languages in tomllib.loads(_TABLE.read_text(encoding="utf-8")).items():
        for words in languages.values():
            for word in words:
                found.setdefault(_key(word), name)
    return found
