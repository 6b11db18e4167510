"""Scripts that do not fit the digest's language: text that is untranslated or half translated."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.preflight.checked import CheckedDigest, Passage
from articles.preflight.findings import Found, Severity, rule
from articles.rules.text import SCRIPTS, script_of

# Han characters that Korean newspapers use as words: countries, parties, offices, prefixes.
CONVENTIONAL_HAN = frozenset(
    "美中日韓北南英獨佛露伊印豪臺加泰越比星歐亞蘇與野檢警軍靑政黨民官公法女男前現故新舊大小對反親脫無"
    "非超高低急先後內外上下左右東西全總再初最多少約株弗銀車重輕産社店發行展號氏孫母父子兄弟老病死"
)
_HAN_OR_KANA = re.compile(
    "[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3041-\u30fa\u30fc-\u30ff\U00020000-\U0003ffff]+"
)
_HANGUL = SCRIPTS["hangul"]
_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|（[^（）]*）")
_IN_QUOTES = re.compile(r"‘[^‘’]*’|“[^“”]*”|'[^']*'|\"[^\"]*\"|「[^「」]*」|『[^『』]*』")
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCES = {
    "hangul": gettext_lazy("This text is in Hangul, but the digest is in English."),
    "kana": gettext_lazy("This text is Japanese, not in the digest's language."),
    "han": gettext_lazy("This text is Chinese, not in the digest's language."),
    "latin": gettext_lazy("This text is in Latin letters, but the digest is in Korean."),
}
_FOREIGN_TO_ENGLISH = ("hangul", "kana", "han")
# A shorter text without Hangul may be a name or a figure with its unit.
_SENTENCE_WORDS = 4
_SHOWN = 3


@rule(
    "headline-script",
    Severity.WARNING,
    gettext_lazy("Headline not translated"),
    gettext_lazy("Translate the headline; a name may follow in brackets as it is written there."),
)
def headline_script(digest: CheckedDigest) -> Iterator[Found]:
    for article in digest.articles:
        passage = article.passage("headline")
        sentence = _foreign(passage, digest, least_words=1)
        if sentence:
            yield Found(passage.place, sentence, passage.text)


@rule(
    "text-script",
    Severity.WARNING,
    gettext_lazy("Text not translated"),
    gettext_lazy("Translate this text."),
)
def text_script(digest: CheckedDigest) -> Iterator[Found]:
    for passage in digest.passages:
        if passage.place.field not in ("headline", "title"):
            sentence = _foreign(passage, digest, least_words=_SENTENCE_WORDS)
            if sentence:
                yield Found(passage.place, sentence, passage.text)


@rule(
    "half-translated",
    Severity.WARNING,
    gettext_lazy("Translated by half"),
    gettext_lazy("Write the whole word in Hangul, its original in brackets: 비런(壁仞)."),
)
def half_translated(digest: CheckedDigest) -> Iterator[Found]:
    """Han or kana that touches Hangul, except characters that newspapers use as words."""
    if digest.language != "ko":
        return
    for passage in digest.passages:
        words = _mixed_words(_IN_BRACKETS.sub("()", passage.prose), digest)
        if words:
            sentence = _("Translated by half: %(words)s.") % {"words": ", ".join(words[:_SHOWN])}
            yield Found(passage.place, sentence, " ".join(words))


@rule(
    "foreign-name",
    Severity.HINT,
    gettext_lazy("Name that few can read"),
    gettext_lazy("Write the name in Hangul, its original in brackets: 비런(壁仞)."),
)
def foreign_name(digest: CheckedDigest) -> Iterator[Found]:
    """A foreign name in a Korean headline; inside brackets and quotes it is allowed."""
    if digest.language != "ko":
        return
    for article in digest.articles:
        text = _IN_QUOTES.sub("‘’", _IN_BRACKETS.sub("()", article.headline))
        if not _HANGUL.search(text):
            continue
        text = digest.tuning.without_allowed_words(text)
        mixed = " ".join(_mixed_words(text, digest))
        names = [name for name in _foreign_runs(text) if name not in mixed]
        if names:
            sentence = _("The headline has a name that few readers can read: %(names)s.")
            params = {"names": ", ".join(f"“{name}”" for name in names[:_SHOWN])}
            yield Found(article.place("headline"), sentence % params, " ".join(names))


def _foreign(passage: Passage, digest: CheckedDigest, least_words: int) -> str:
    """A sentence if the text is not in the digest's language, else an empty string."""
    text = digest.tuning.without_allowed_words(passage.prose)
    if digest.language == "en":
        bare = _IN_QUOTES.sub("", _IN_BRACKETS.sub("", text))
        script = next((name for name in _FOREIGN_TO_ENGLISH if SCRIPTS[name].search(bare)), None)
    else:
        script = script_of(text)
        is_short = script == "latin" and len(_WORD.findall(text)) < least_words
        script = None if script == "hangul" or is_short else script
    return str(_SENTENCES[script]) if script else ""


def _mixed_words(text: str, digest: CheckedDigest) -> list[str]:
    """Words in which Han or kana touches Hangul, in quotes, without repetitions."""
    text = digest.tuning.without_allowed_words(text)
    words = []
    for run in _HAN_OR_KANA.finditer(text):
        before = text[max(0, run.start() - 1) : run.start()]
        after = text[run.end() : run.end() + 1]
        touches = _HANGUL.match(before) or _HANGUL.match(after)
        if touches and not CONVENTIONAL_HAN.issuperset(run[0]):
            words.append(f"“{_word_around(text, run)}”")
    return list(dict.fromkeys(words))


def _word_around(text: str, run: re.Match[str]) -> str:
    """The run with the letters around it, at most 20 on each side."""
    start, end = run.span()
    while start and run.start() - start < 20 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and end - run.end() < 20 and text[end].isalnum():
        end += 1
    return text[start:end][:60]


def _foreign_runs(text: str) -> list[str]:
    runs = (match[0] for match in _HAN_OR_KANA.finditer(text))
    kept = (run for run in runs if len(run) > 1 and not CONVENTIONAL_HAN.issuperset(run))
    return list(dict.fromkeys(kept))
