"""Pushes of programs, as Markdown and as JSON."""

import json

from articles.models import Program
from articles.posts.pushes.receiving import Handed, receive
from tests.support.factories import DAY

ARTICLE = """
## {headline}

[한빛일보](https://hanbit.example/{page}) - 발행일: 2026-01-03

### 요약
- {point}

### 주요 내용 및 시사점
- **기술적 의미**: {technical}
- **산업적 영향**: 산업이 바뀐다.
- **향후 전망**: 내년에 더 커질 전망.
"""


def article(page, headline=None, point="병원 세 곳이 시험", technical="작은 모델로 충분하다."):
    """An article of a post; its page tells it from others."""
    return ARTICLE.format(
        page=page, headline=headline or f"{page} 기사", point=point, technical=technical
    )


def post_of(*articles, title="2026-01-03 AI 뉴스", day=DAY):
    """A post with these articles; a text by itself is the page of an article."""
    head = f'---\ntitle: "{title}"\ndate: {day} 07:00:00 +0900\n---\n'
    return head + "\n---\n".join(text if "\n" in text else article(text) for text in articles)


def program(name="아침 수집기"):
    return Program.objects.get_or_create(name=name)[0]


def hand_in(*articles, by="아침 수집기", day=DAY, dry_run=False, text=None, title=None):
    """What becomes of a push of these articles."""
    title = title or f"{day} AI 뉴스"
    content = (text or post_of(*articles, title=title, day=day)).encode()
    return receive(Handed(program(by), day, "text/markdown", content), dry_run=dry_run)


def hand_in_json(document, by="아침 수집기", day=DAY, dry_run=False):
    """What becomes of a push of this JSON document, given as values or as bytes."""
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return receive(Handed(program(by), day, "application/json", content), dry_run=dry_run)


def fates(received):
    return [entry["fate"] for entry in received.account["articles"]]
