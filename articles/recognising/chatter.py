"""Tells the phrases with which language models begin and end an answer."""

import re

MAX_LENGTH = 300
_GREETINGS = (
    r"안녕하세요|반갑습니다|요청하신|요청에 따라|정리해\s?(?:드|보)|네,",
    r"물론(?:입니다|이죠)|알겠습니다",
    r"(?:아래는|다음은).{0,80}(?:다이제스트|요약|뉴스|정리|초안|소식|기사)",
    r"작성(?:했|하였)습니다|작성해\s?드|준비했습니다|전해\s?드립니다|소개(?:해\s?드|합니다)",
    r"^(?:sure|certainly|of course|absolutely|great|okay|hello|hi|welcome)\b[!,. ]",
    r"\bhere(?:'s|’s| is| are)\b|^below (?:is|are)\b|^i(?:'ve|’ve| have)\b|as (?:you )?requested",
    r"^(?:はい|もちろん|承知|こんにちは)|お届けします",
    r"(?:以下|次)(?:は|が|に).{0,60}(?:です|ます|まとめ)",
    r"^(?:好的|当然|當然|您好|你好|大家好)",
    r"以下(?:是|为|為).{0,60}(?:摘要|新闻|新聞|日报|日報|总结|整理|内容|资讯)",
)
_CLOSINGS = (
    r"궁금한\s?(?:점|것|사항)이|말씀해\s?주세요|알려\s?주세요|^.{0,40}감사합니다[.!\s]*$",
    r"도움이\s?(?:되(?:셨|시|길|기를|었으면)|필요하시)",
    r"궁금하신|(?:복사|붙여\s?넣)(?:해서?|어서?|하여|기)?.{0,20}(?:사용|쓰)|(?:만들|정리|작성)해\s?드릴",
    r"문의\s?(?:사항|주세요|바랍니다)|필요하시(?:면|다면)|원하시(?:면|는)|좋은 하루",
    r"다음에 (?:또|만나)|이상으로 .{0,40}(?:마치|전해|정리)|이상입니다|수정이 필요하",
    r"let me know|feel free|would you like|hope (?:this|that|it|you)|happy to|stay tuned|see you",
    r"if you(?:'d| would)? (?:like|need|want|have)|any (?:other )?questions|anything else",
    r"thanks? (?:you )?for reading",
    r"(?:必要|ご希望|ご質問|ご不明)な?.{0,20}(?:あれば|ありましたら|でしたら)",
    r"お気軽に|お知らせください|いかがでしょうか",
    r"如果(?:您|你)|如有|希望(?:这|這|以上|对|對)|需要我|请告诉我|請告訴我|随时告诉|感谢阅读|感謝閱讀",
)
# What a language model says about its answer: its subject is the answer itself.
_DISCLAIMER = re.compile(
    r"^[\s*_>()（※ℹ️⚠📌💡-]*(?:(?:참고|주의|안내|유의|note|disclaimer|注意|注|说明)[*_]*\s*[:：][*_]*\s*)?"
    r"(?:(?:(?:본|위)\s?(?:요약|다이제스트|내용|글|정리|브리핑|뉴스레터|기사|자료)|이\s?(?:요약|다이제스트|브리핑|뉴스레터))"
    r"[은는이].{0,80}(?:\bAI|인공지능|언어\s?모델|다를 수 있"
    r"|(?:작성|정리|생성)(?:되었|됐|했))"
    r"|(?:this|the above) (?:digest|summary|newsletter|briefing)\b.{0,80}\b(?:AI|language model)\b"
    r"|(?:本|この|上記の|以上)(?:摘要|日报|内容|简报|要約|まとめ|記事|ダイジェスト).{0,60}AI)",
    re.IGNORECASE,
)
_GREETING = re.compile("|".join(_GREETINGS), re.IGNORECASE)
_CLOSING = re.compile("|".join(_CLOSINGS), re.IGNORECASE)


def is_greeting(text: str) -> bool:
    """Whether a paragraph before the first article only announces what follows."""
    return _fits(text, _GREETING)


def is_closing(text: str) -> bool:
    """Whether a paragraph after the last article only takes leave, offers more, or says that a
    language model wrote the answer."""
    return _fits(text, _CLOSING) or is_disclaimer(text)


def is_disclaimer(text: str) -> bool:
    """Whether a paragraph says that a language model wrote the answer, and to mind that."""
    return _fits(text, _DISCLAIMER)


def _fits(text: str, phrases: re.Pattern[str]) -> bool:
    return len(text) <= MAX_LENGTH and "](" not in text and bool(phrases.search(text.strip()))
