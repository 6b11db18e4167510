"""The text of posts for tests of the parser and the importer."""

HEAD = """---
layout: post
title: "2026-01-03 AI 뉴스"
date: 2026-01-03 00:31:05 +0900
categories: news
---
"""

ARTICLE = """
## 온디바이스 모델, 지역 병원에 도입

[한빛일보](https://hanbit.example/2026/01/03/77) - 발행일: 2026-01-03
[晨光科技报](https://chenguang.example/a?id=1) - 발행일: 2026-01-02

### 요약
- 병원 세 곳이 **온디바이스(기기 내)**를 시험
- 응답 시간 40% 단축

### 주요 내용 및 시사점
- **기술적 의미**: 작은 모델로 충분하다는 증거
- **산업적 영향**: 의료기기 회사의 새 시장
- **향후 전망**: 연말까지 스무 곳으로 확대 전망.

---
"""

POST = HEAD + ARTICLE


def post(date="2026-01-03", time="07:00:00 +0900", headline="온디바이스 모델, 지역 병원에 도입"):
    """A conforming post for a day."""
    text = POST.replace("2026-01-03 00:31:05 +0900", f"{date} {time}")
    text = text.replace('"2026-01-03 AI 뉴스"', f'"{date} AI 뉴스"')
    return text.replace("온디바이스 모델, 지역 병원에 도입", headline)
