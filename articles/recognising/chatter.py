"""Tells the phrases with which language models begin and end an answer."""

import re

MAX_LENGTH = 300
_GREETINGS = (
    r"안녕하세요|요청하신|요청에 따라|정리해\s?(?:드|보)|네,|물론(?:입니다|이죠)|알겠습니다",
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
    r"문의\s?(?:사항|주세요|바랍니다)|필요하시(?:면|다면)|원하시(?:면|는)|좋은 하루",
    r"다음에 (?:또|만나)|이상으로 .{0,40}(?:마치|전해|정리)|이상입니다|수정이 필요하",
    r"let me know|feel free|would you like|hope (?:this|that|it|you)|happy to|stay tuned|see you",
    r"if you(?:'d| would)? (?:like|need|want|have)|any (?:other )?questions|anything else",
    r"thanks? (?:you )?for reading",
    r"(?:必要|ご希望|ご質問|ご不明)な?.{0,20}(?:あれば|ありましたら|でしたら)",
    r"お気軽に|お知らせください|いかがでしょうか",
    r"如果(?:您|你)|如有|希望(?:这|這|以上|对|對)|需要我|请告诉我|請告訴我|随时告诉|感谢阅读|感謝閱讀",
)
_GREETING = re.compile("|".join(_GREETINGS), re.IGNORECASE)
_CLOSING = re.compile("|".join(_CLOSINGS), re.IGNORECASE)


def is_greeting(text: str) -> bool:
    """Whether a paragraph before the first article only announces what follows."""
    return _fits(text, _GREETING)


def is_closing(text: str) -> bool:
    """Whether a paragraph after the last article only takes leave or offers more."""
    return _fits(text, _CLOSING)


def _fits(text: str, phrases: re.Pattern[str]) -> bool:
    return len(text) <= MAX_LENGTH and "](" not in text and bool(phrases.search(text.strip()))
