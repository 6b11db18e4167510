"""Articles and what readers may ask of them, with the hits that they expect."""

import re
import unicodedata

from tests.support.factories import make_article, make_digest

HANBIT = ("한빛일보", "https://hanbit.example/1", "2026-01-03")
VERGE = ("The Verge", "https://verge.example/1", None)


def decomposed(text):
    return unicodedata.normalize("NFD", text)


# By name: headline, passages, tags, citation. Nothing else is written in them.
ARTICLES = {
    "gpu": (
        "삼성전자, 차세대 GPU칩 공개… 가격은 1,200달러",
        ["인공지능의 추론 속도가 75.82% 빨라졌다", "HBM4 12단을 얹은 제품"],
        ["반도체"],
        HANBIT,
    ),
    "robot": (
        "현대자동차 로봇, 공장에 첫 배치",
        ["휴머노이드로봇이 부품을 나른다", "시장 규모는 3.5조 원"],
        ["로봇", "제조"],
        HANBIT,
    ),
    "gpt": (
        "OpenAI, GPT-5 출시",
        ["ＧＰＴ５ｏ가 아니라 GPT-4.5의 후속이다", "C++와 C# 코드를 쓴다", "Node.js에 R&D 투자"],
        ["생성형"],
        VERGE,
    ),
    "china": (
        "中 정부, 반도체칩 수출 규제",
        ["新しいチップの規制", "人工智能芯片"],
        ["규제"],
        HANBIT,
    ),
    "korea": (
        decomposed("한국형 반도체 지원법 통과"),
        ["시장의 규모가 커진다", "AI 칩 스타트업이 늘었다", "찬성 200, 반대 3"],
        ["규제", "반도체"],
        HANBIT,
    ),
    "cafe": (
        "Nvidia unveils new GPUs for café robots",
        ["Pokémon GO", "The “market size” grows", "Disney+ costs $1,200.50"],
        ["Robots"],
        VERGE,
    ),
}

ALL = set(ARTICLES)
QUESTIONS = [
    # Two syllables and more, anywhere in a run: endings, compounds
    ("전자", {"gpu"}),
    ("삼성전자", {"gpu"}),
    ("인공지능", {"gpu"}),
    ("공지", {"gpu"}),
    ("공능", set()),
    ("로봇", {"robot"}),
    ("노이드로", {"robot"}),
    ("로봇공장", set()),
    ("반도체", {"gpu", "china", "korea"}),
    ("도체칩", {"china"}),
    ("시장", {"robot", "korea"}),
    ("규모", {"robot", "korea"}),
    ("한국", {"korea"}),
    ("지원법", {"korea"}),
    ("한빛", {"gpu", "robot", "china", "korea"}),
    ("규제", {"china", "korea"}),
    # One syllable where a run begins
    ("칩", {"gpu", "korea"}),
    ("전", set()),
    ("첫", {"robot"}),
    ("한", {"gpu", "robot", "china", "korea"}),
    ("봇", set()),
    ("中", {"china"}),
    ("능", set()),
    # Japanese and Chinese
    ("チップ", {"china"}),
    ("の規制", {"china"}),
    ("ﾁｯﾌﾟ", {"china"}),
    ("芯片", {"china"}),
    ("智能", {"china"}),
    # Latin words, whole, whatever their capitals and accents
    ("gpu", {"gpu"}),
    ("GPUs", {"cafe"}),
    ("OPENAI", {"gpt"}),
    ("open", set()),
    ("AI", {"korea"}),
    ("cafe", {"cafe"}),
    ("CAFÉ", {"cafe"}),
    (decomposed("café"), {"cafe"}),
    ("pokemon", {"cafe"}),
    ("verge", {"gpt", "cafe"}),
    ("the market", {"cafe"}),
    # Words and digits, however they are joined
    ("GPT-5", {"gpt"}),
    ("gpt5", {"gpt"}),
    ("GPT 5", {"gpt"}),
    ("gpt5o", {"gpt"}),
    ("GPT-4", set()),
    ("GPT-4.5", {"gpt"}),
    ("hbm", {"gpu"}),
    ("HBM-4", {"gpu"}),
    ("HBM3", set()),
    # Numbers
    ("75.82", {"gpu"}),
    ("75.82%", {"gpu"}),
    ("75", set()),
    ("82", set()),
    ("1,200", {"gpu"}),
    ("1200달러", {"gpu"}),
    ("1200.50", {"cafe"}),
    ("200", {"korea"}),
    ("3.5조", {"robot"}),
    ("3", {"korea"}),
    # Signs
    ("C++", {"gpt"}),
    ("c#", {"gpt"}),
    ("C", {"gpt"}),
    ("F#", set()),
    ("Disney", {"cafe"}),
    ("Disney+", {"cafe"}),
    ("node.js", {"gpt"}),
    ("R&D", {"gpt"}),
    ("D&R", set()),
    # Mixed
    ("GPU칩", {"gpu"}),
    ("gpu 칩", {"gpu"}),
    ("AI칩", {"korea"}),
    ("칩GPU", set()),
    ("GPT-4.5의", {"gpt"}),
    # Another way of writing the same
    (decomposed("반도체"), {"gpu", "china", "korea"}),
    (decomposed("칩"), {"gpu", "korea"}),
    ("ＧＰＵ", {"gpu"}),
    ("ＧＰＴ－５", {"gpt"}),
    ("１２００", {"gpu"}),
    ("반\u200b도체", {"gpu", "china", "korea"}),
    # All of several words
    ("반도체 칩", {"gpu", "korea"}),
    ("칩 반도체", {"gpu", "korea"}),
    ("규모 로봇", {"robot"}),
    ("로봇 반도체", set()),
    ("반도체 반도체", {"gpu", "china", "korea"}),
    # Phrases
    ('"시장 규모"', {"robot"}),
    ("“시장 규모”", {"robot"}),
    ('"시장 규모', {"robot"}),
    ('"시장의 규모"', {"korea"}),
    ('"규모 시장"', set()),
    ('"market size"', {"cafe"}),
    ('"정부 반도체"', {"china"}),
    ('"한국형 반도체 지원"', {"korea"}),
    ('"국형 반도체"', {"korea"}),
    ('"공개 가격은"', {"gpu"}),
    ('"로봇 공장에"', {"robot"}),
    ('"배치 휴머노이드"', set()),  # of two passages
    ('"AI 칩" 스타트업', {"korea"}),
    # Without
    ("반도체 -칩", {"china"}),
    ("반도체 -GPU", {"china", "korea"}),
    ("반도체 -GPU칩 -한국형", {"china"}),
    ('규모 -"시장 규모"', {"korea"}),
    ("−칩 반도체", {"china"}),
    ("－칩 반도체", {"china"}),
    ("반도체 -없는말", {"gpu", "china", "korea"}),
    ("반도체 -반도체", set()),
    ("칩 - 반도체", {"gpu", "korea"}),  # a minus on its own is no minus
    # Nothing
    ("갈매기", set()),
    ("반도체 갈매기", set()),
    ("반도체%", {"gpu", "china", "korea"}),
    ("반_도체", set()),
]


def quoted(question):
    """The question with every word in quotation marks, so that nothing of it is forgiven."""
    parts = re.findall(r"([-−－]?)(?:[\"“”]([^\"“”]*)[\"“”]?|(\S+))", question)
    return " ".join(f'{minus}"{phrase or word}"' for minus, phrase, word in parts)


def make_articles(date="2026-01-03", **options):
    """One digest with all of them; returns their permanent ids by name."""
    digest = make_digest(date, articles=0, published=False)
    ids = {}
    for name, (headline, passages, tags, citation) in ARTICLES.items():
        article = make_article(
            digest,
            headline=headline,
            points=passages,
            tags=tags,
            citations=[citation],
            technical_significance="",
            industry_impact="",
            outlook="",
        )
        ids[name] = article.uid
    return digest, ids


def passages_of(name):
    headline, passages, tags, citation = ARTICLES[name]
    return [headline, *passages, *tags, citation[0]]


# The oracle: regular expressions on the texts themselves

_CJK = "\u1100-\u11ff\u3005\u3041-\u3096\u30a1-\u30fa\u30fc\u4e00-\u9fff\uac00-\ud7a3"
_PARTS = re.compile(rf"[{_CJK}]+|[a-z]+|\d+(?:\.\d+)*|\+\+|\+|#")
_GAP = r"[^\w+#]*"


def normal(text):
    text = unicodedata.normalize("NFKC", text.replace("\u200b", "")).casefold()
    text = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", text))
    return re.sub(r"(?<=\d),(?=\d{3})", "", unicodedata.normalize("NFC", text)).replace("_", " ")


def has(passages, words):
    """Whether the words stand in one of the passages, one right after the other."""
    found = _PARTS.findall(normal(words))
    whole = _GAP.join(_bounded(part, number == 0) for number, part in enumerate(found))
    if re.match(rf"[{_CJK}]", found[0]) and len(found[0]) == 1 and len(found) > 1:
        whole = rf"(?<![{_CJK}])" + whole
    return any(re.search(whole, normal(passage)) for passage in passages)


def _bounded(part, is_first):
    if re.match("[a-z]", part):
        return rf"(?<![a-z]){part}(?![a-z])"
    if part[0].isdigit():
        return rf"(?<!\d)(?<!\d\.){re.escape(part)}(?!\d)(?!\.\d)"
    if not re.match(rf"[{_CJK}]", part):
        return re.escape(part)
    starts_run = rf"(?<![{_CJK}])" if len(part) == 1 or not is_first else ""
    return starts_run + part


def answers(question, passages):
    """Whether passages have what a question asks for."""
    question = unicodedata.normalize("NFKC", question)
    parts = re.findall(r"([-−]?)(?:[\"“”]([^\"“”]*)[\"“”]?|(\S+))", question)
    words = [(minus, phrase or word) for minus, phrase, word in parts]
    words = [(minus, word) for minus, word in words if _PARTS.search(normal(word))]
    return all(has(passages, word) != bool(minus) for minus, word in words)
