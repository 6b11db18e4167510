"""How the cost of reading a post grows with its length, for usual posts and for hostile ones.

    python benchmarks/growth.py [--rounds 3] [--largest 1000] [--kind NAME]…

makes every kind of post in four sizes, each twice as long as the one before and the largest of so
many thousand bytes, and does with it all that an import does before it saves: it is read, made
ready for readers and for the search, checked before press, and every text of it is rendered, on the
(empty, migrated) database that the environment names. A kind is a sign that is said again and
again: in one article, which is refused where it is too long for one, or in as many articles as hold
it. Each line has the CPU seconds of the largest post, and how many times as much each size took as
half of it: the lowest, the median and the highest of the three steps in all rounds, and the highest
median of a step. More than 2.5 there is a fault. CPU time is this process's, so that the rounds
come out alike on a machine that is shared.
"""

import argparse
import gc
import os
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

from benchmarks import goals

SIZES = 4
HEAD = "---\ntitle: t\ndate: 2026-03-02 07:00:00 +0900\n---\n\n"
CITATION = "[가](https://a.example/a) - 발행일: 2026-03-01\n"
USUAL = (
    f"## ‘여울2’ 공개, 추론 비용 40% 절감\n\n{CITATION}\n### 요약\n"
    + "- 한빛은 2일 새 모델 ‘여울2’를 공개했다. 추론 비용은 **40%** 줄었다.\n" * 6
    + "\n### 시사점\n- **기술적 의미**: "
    + "작은 모델로 [큰 것](https://a.example/b)과 같은 성능을 낸다." * 12
    + "\n- **전망**: "
    + "하반기에 널리 쓰인다." * 20
    + "\n\n---\n\n"
)
ARTICLE = f"## 제목\n\n{CITATION}\n### 요약\n\n- 글 {{point}}\n\n글\n{{other}}\n\n---\n\n"
A_TEXT = 15_000  # characters of an article's other text, of which it holds 20,000
# What stands in front, and what is said again and again after it, in one article.
ALONE = {
    "usual articles": ("", USUAL),
    "`## h`": ("", "## h\n"),
    "`- a`": ("## h\n\n### 요약\n\n", "- a\n"),
    "`- a` nested twice": ("## h\n\n### 요약\n\n", "- a\n  - b\n"),
    "a line a paragraph": ("## h\n\n", "글\n\n"),
    "one long line": ("## h\n\n", "가나다라 "),
    "one long paragraph": ("## h\n\n", "가나다라 마바사 아자차카\n"),
    "`<!-- a -->`": ("## h\n\n", "<!-- a -->\n"),
    "`<!-- a`": ("## h\n\n", "<!-- a\n"),
    "a fence of one line": ("## h\n\n", "```\na\n"),
    "citations": ("## h\n\n", CITATION),
    "tags": ("## h\n\n주제: a", ", 가나"),
    "blank lines": ("## h\n", "\n"),
    "an introduction": ("", "가나다라\n"),
    "an implication": ("## h\n\n### 시사점\n\n- **기술적 의미**: a\n", "  a\n"),
    "corrections": ("## h\n\n### 정정\n", "- 2026-01-03T09:00:00+09:00 a\n"),
}
# What is said again and again in the text of as many articles as hold it.
SHARED = {
    "`- a` in lists": "- a\n  - a\n    - a\n      - a\n        - a\n",
    "closed comments": "<!-- a -->\n",
    "comments in text": "가 <!-- a --> 나\n",
    "Liquid tags": "{% a %}{{ b }}\n",
    "Liquid comments": "{% comment %}a{% endcomment %}\n",
    "attribute lists": "{:.a}\n",
    "links": "[가](https://a.example/b) ",
    "pictures": "![가](/b.png) ",
    "brackets": "[",
    "link starts": "](",
    "quotes": "> ",
    "quoted lines": "> 가\n",
    "quotation marks": '‘가’ "나" ',
    "entities": "&lt;&#x27;",
    "stars": "*a **",
    "underscores": "_a __",
    "backticks": "`a ``",
    "tables": "|a|b|\n|-|-|\n|1|2|\n\n",
    "HTML": "<b a='b'>가</b>",
    "HTML without an end": "<b>",
    "HTML that ends nothing": "가</b>",
    "HTML across emphasis": "<b>*가</b>*",
    "tags in tags": "<abbr title=",
    "long forms": "<abbr title='가'>나</abbr>",
    "tags without effect": "<div>\n",
    "line breaks": "가<br>",
    "links within the site": "[가](../b) ",
    "pictures without a text": "![](/b.png) ",
    "footnotes": "[^1]: 가\n",
    "tags cut short": "<a b='",
    "headings": "#### a\n",
    "numbers": "1,000억 12.5% 2026-01-03 ",
    "combining signs": "e\u0301\u0302\u0303",
    "half Hangul": "\u1100\u1161",
    "blanks": "a  \t\u3000",
    "addresses": "https://a.example/b?c=d#e a@b.example ",
}


def main():
    options = arguments()
    import django

    django.setup()
    kinds = {**alone(), **shared()}
    sizes = [options.largest * 1000 // 2**step for step in reversed(range(SIZES))]
    write = sys.stdout.write
    write(f"| {options.largest} kB of | CPU s (low/median/high) | times as much | of a step |\n")
    write("|---|---|---|---|\n")
    worst = []
    for name in options.kind or kinds:
        seconds, ratios, highest = figures(kinds[name], sizes, options.rounds)
        write(f"| {name} | {spread(seconds)} | {spread(ratios)} | {highest:.2f} |\n")
        sys.stdout.flush()
        worst.append(highest)
    goals.tell("a post of twice the length ÷ the post", worst)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--largest", type=int, default=1000, help="thousand bytes")
    parser.add_argument("--kind", action="append", help="only this kind of post")
    return parser.parse_args()


# Posts, by their size in bytes


def alone() -> dict[str, Callable[[int], str]]:
    def made(start: str, more: str) -> Callable[[int], str]:
        return lambda size: HEAD + start + filled(more, size) + "\n"

    return {name: made(*parts) for name, parts in ALONE.items()} | {
        "keys": front_matter,
        "lists in lists": lambda size: HEAD + "## h\n\n### 요약\n\n" + deepening(size),
    }


def shared() -> dict[str, Callable[[int], str]]:
    return {name: lambda size, more=more: articles(more, size) for name, more in SHARED.items()}


def filled(text: str, size: int) -> str:
    return text * (size // len(text.encode()))


def articles(more: str, size: int) -> str:
    """A post in which every article has a point of the text, and more of it below."""
    point = more.replace("\n", " ") * (200 // len(more))
    other = (more * (A_TEXT // len(more))).rstrip()
    return HEAD + filled(ARTICLE.format(point=point.strip(), other=other), size)


def front_matter(size: int) -> str:
    """It is refused if it has more than 50,000 characters."""
    start = HEAD.removesuffix("---\n\n")
    lines = [f"key{number}: [a, 'b']\n" for number in range(size // 20)]
    return f"{start}{''.join(lines)}---\n\n## h\n"


def deepening(size: int) -> str:
    """A list in a list in a list, fifty deep, again and again."""
    return filled("".join(f"{'  ' * depth}- a\n" for depth in range(50)), size)


# What is done with one


def spent(text: str) -> float:
    """The CPU seconds of all that an import does with a post before it saves it."""
    from articles.document import DocumentError

    gc.collect()
    start = time.process_time()
    with suppress(DocumentError):
        take(text)
    return time.process_time() - start


def take(text: str) -> None:
    from django.conf import settings

    from articles import document, preflight
    from articles.posts import importing, json_document
    from articles.posts.first_import import NewDigest
    from articles.rules import hidden_text

    importing.media_of(text)
    hidden_text.find(text)
    post = document.parse(text, ZoneInfo(settings.TIME_ZONE))
    data = NewDigest(post, publish=True).data
    preflight.check(data)
    render(data)
    unsaved = {"feed_id": "", "published_at": None, "revised_at": None}
    json_document.write(data | unsaved)


def render(data: dict) -> None:
    from articles.fields import IMPLICATION_FIELDS
    from articles.rules import rendering

    rendering.render(data["introduction"])
    for article in data["articles"]:
        for point in article["points"]:
            rendering.render_inline(point)
        for text in [article[name] for name in IMPLICATION_FIELDS]:
            rendering.render(text)
        for other in article["other"]:
            rendering.render(other["text"])


def figures(
    make: Callable[[int], str], sizes: list[int], rounds: int
) -> tuple[list[float], list[float], float]:
    """Seconds for the largest post, all ratios of a size to half of it, and the highest median
    ratio of a step."""
    texts = [make(size) for size in sizes]
    for text in texts[:2]:  # what is made once, such as patterns, is no part of it
        spent(text)
    found = [[spent(text) for text in texts] for _round in range(rounds)]
    steps = [[row[step + 1] / row[step] for row in found] for step in range(len(sizes) - 1)]
    ratios = [ratio for step in steps for ratio in step]
    highest = max(statistics.median(step) for step in steps)
    seconds = [row[-1] for row in found]
    return seconds, ratios, highest


def spread(values: list[float]) -> str:
    return f"{min(values):.2f} / {statistics.median(values):.2f} / {max(values):.2f}"


if __name__ == "__main__":
    main()
