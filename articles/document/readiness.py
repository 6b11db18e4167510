"""Whether a post marks itself as not for readers, as static site generators do."""

import re
from typing import Any

# Spellings of yes and no. A date counts as yes: some write the publication date here.
_YES = {"true", "yes", "on", "y", "1", "t"}
_NO = {"false", "no", "off", "n", "0", "f", "", "~", "null", "none"}
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}")
_READY = {
    "published",
    "publish",
    "public",
    "live",
    "발행",
    "발행됨",
    "게시",
    "게시됨",
    "공개",
    "완료",
}
# Where front matter may stand, and a line or a part of a line in it that holds a post back. YAML,
# TOML and JSON are alike here.
_LINES = 100
_MARK = re.compile(
    r"""(?:^|[{,])[ \t]*(?:-[ \t]+)?["']?
        (?P<mark>(?:draft|is_?draft|private|hidden|unlisted|unpublished)["']?
            [ \t]*[:=][ \t]*["']?(?:true|yes|on|y|t|1)
        |(?:published|is_?published|publish|public)["']?[ \t]*[:=][ \t]*["']?(?:false|no|off|n|f|0)
        |status["']?[ \t]*[:=][ \t]*["']?(?:draft|private|hidden|unpublished|pending|future)
        |visibility["']?[ \t]*[:=][ \t]*["']?(?:private|password|hidden|members|paid|tiers|draft))
        (?=["']?[ \t]*(?:$|[}#]|,[ \t]*(?:$|["'\w-]+[ \t]*:)))""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)


def not_for_readers(front_matter: dict[str, Any]) -> str:
    """The key and value that mark a post as not for readers, such as `published: false`; empty
    if there is none. An unknown value keeps the post from readers."""
    for key, value in front_matter.items():
        check = _CHECKS.get(key.strip().casefold().replace("_", ""))
        if check and not check(value):
            return f"{key}: {value}"[:80]
    return ""


def not_for_readers_by_lines(text: str) -> str:
    """The same for the text of a post whose front matter is missing or not valid: a mark in one of
    its first lines."""
    start = "\n".join(text.removeprefix("\ufeff").splitlines()[:_LINES])
    found = _MARK.search(start)
    return found["mark"] if found else ""


def _is_published(value: object) -> bool:
    word = _word(value)
    return word in _YES or bool(_DATE.match(word))


def _is_no(value: object) -> bool:
    return _word(value) in _NO


def _is_ready(value: object) -> bool:
    return _word(value) in _READY


def _is_visible(value: object) -> bool:
    return _word(value) in {*_READY, ""}


def _word(value: object) -> str:
    return value.strip().casefold() if isinstance(value, str) else str(value)


_CHECKS = {
    **dict.fromkeys(("published", "ispublished", "publish", "public"), _is_published),
    **dict.fromkeys(("draft", "isdraft", "private", "hidden", "unlisted", "unpublished"), _is_no),
    **dict.fromkeys(("status", "상태"), _is_ready),
    "visibility": _is_visible,
}
