"""Texts that cost more than their length: each is made as long as a field may be."""

from collections.abc import Callable

# What is said again and again.
REPEATED = (
    *("[", "]", "![", "[]", "](", "[a](", "[a](<", "[a][", "[a]: ", "![a](b", "[[a]"),
    *("*", "**", "_", "*a", "a*", "*a ", "**a", "_a_", "*_", "***a ", "~~", "~a"),
    *("`", "`a", "a`", "``a", "\\", "\\`", "\\["),
    *("<", "<a", "<a ", "<a b='", "<!--", "<![CDATA[", "<?", "<!A", "</", "<a@", "<http:"),
    *("&", "&#", "&#x", "&lt", "&lt;", "&amp;", "&CounterClockwiseContourIntegral;"),
    *("> ", ">", "> - ", "- ", "* ", "+ a\n", "1. ", "1) a\n", "  - ", "- a\n  "),
    *("# ", "#", "#\n", "=\n", "a\n=\n", "-\n", "---\n", "```\n", "~~~", "    a\n", "\n", " \n"),
    *("|", "|a", "|a|\n", "|-|\n", "a|b\n-|-\n", "| ", "\\|"),
    *(
        "(",
        ")",
        "(사진",
        "[사진",
        "(사진=",
        "/사진",
        "사진 ",
        "[서울=",
        "(서울=",
        "가나 기자",
        "가",
    ),
    *(
        "가나다라 ",
        "한 ",
        "ᄀ",
        "ᄀ\u1161",
        "\u0301",
        "e\u0301",
        "\u200b",
        "\u202e",
        "\ufdfa",
        "漢",
    ),
    *("カ", "漢カ ", "1", "1,", "1,000", "1.", "1억 ", "1만 1천 ", "1 ", "12:", "-1%", "99999999"),
    *("20260103", "2026-01-", "2026", "1월 ", "jan 1 ", "/2026/01/03"),
    *("a@", "@a", "a.a@", "a@a.", "{{", "{%", "<%", "${a", "TODO", "©", "전재"),
    *("'", '"', "“", "‘a", "'a' ", "a'", "  ", "a  b", "\u00a0\u3000 ", "\t", "a ", "aA", ". "),
    *("<!-- -->", "`<!--`", "`<!-- `-->", "{% comment %}", "`{% comment %}`", "{% a %}", "{:.a}"),
    *("https://a.example/", "www.a.", "a://", "-", "- -", ".", "…", "=", "{", "a_", "x]"),
)
# What opens and is closed as often, and what begins one thing and goes on as another.
PAIRED = (
    *(("[", "]"), ("(", ")"), ("[a](", ")"), ("*", "*"), ("**a", "**"), ("<", ">"), ("`", "``")),
    *(("> ", "- "), ("- ", "> "), ("{", "}"), ("[", "("), ("*", "_"), ("|a", "\n|-")),
    *(("<a ", ">"), ("a", "\u0301"), ("\u1100", "\u1161"), ("1", ","), ("'", "’"), ("\\", "`")),
    *(("가", "기자"), ("(", "사진"), (" ", "a"), ("a", "@"), ("\n", "a"), ("![", "](a)")),
)


def repeated(text: str, length: int) -> str:
    return (text * (length // len(text) + 1))[:length]


def _repeating(text: str) -> Callable[[int], str]:
    return lambda length: repeated(text, length)


def _nesting(start: str, end: str) -> Callable[[int], str]:
    return lambda length: repeated(start, length // 2) + repeated(end, length - length // 2)


def _deepening(length: int) -> str:
    """A list in a list in a list, with the blanks that they need."""
    lines, used = [], 0
    while used < length:
        lines.append(" " * 2 * len(lines) + "- a")
        used += len(lines[-1]) + 1
    return "\n".join(lines)[:length]


def _differing(length: int) -> str:
    """No two words are the same."""
    return "".join(chr(0x4E00 + number % 20_000) for number in range(length))


def _growing(length: int) -> str:
    """Runs of backticks, of which each is longer than the one before."""
    runs, used = [], 0
    while used < length:
        runs.append("`" * (len(runs) + 1) + "a")
        used += len(runs[-1])
    return "".join(runs)[:length]


def _referring(length: int) -> str:
    """As many references as there is room for, each to the longest text."""
    link = "[a]: https://a.example/" + "b" * (length // 4) + "\n\n"
    return (link + repeated("[a]", length))[:length]


# A text by the length that it shall have, by name.
COSTLY: dict[str, Callable[[int], str]] = {
    **{f"repeated {text!r}": _repeating(text) for text in REPEATED},
    **{f"nested {start!r} {end!r}": _nesting(start, end) for start, end in PAIRED},
    "lists in lists": _deepening,
    "all different": _differing,
    "backticks": _growing,
    "references": _referring,
}
