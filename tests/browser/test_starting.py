"""Beginning a day in a real browser: one click, a pasted post, a day that comes back."""

from django.contrib.auth.models import User
from django.urls import reverse

from articles.digests import trash
from articles.models import Digest, DigestTemplate, Publisher, PublisherDomain
from tests.browser.axe import serious
from tests.browser.test_desk import LIST, article, desk, save, shown, stored, unfold
from tests.browser.waiting import wait_until
from tests.support.desk import change_url
from tests.support.factories import make_article, make_digest
from tests.support.posts import HEAD

__all__ = ["desk"]  # a fixture
PASTE = """(element, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    const event = new ClipboardEvent('paste', {clipboardData, bubbles: true, cancelable: true});
    return element.dispatchEvent(event);
}"""


def article_text(number):
    return f"""
## {number}번째 소식: “온디바이스” 모델

[한빛일보](https://hanbit.example/{number}) - 발행일: 2026-01-03
https://chenguang.example/a?id={number}

### 요약
- 병원 **{number}곳**이 시험
- 응답 시간 40% 단축

### 주요 내용 및 시사점
- **기술적 의미**: 작은 모델로 충분하다는 증거
- **향후 전망**: 연말까지 스무 곳으로 확대 전망.

---
"""


POST = HEAD + "\n**머리글** 한 줄\n" + "".join(map(article_text, range(1, 7)))
HEADLINES = [f"{number}번째 소식: “온디바이스” 모델" for number in range(1, 7)]


def fill_in(page, text):
    page.click("[data-paste-open]")
    page.fill("[data-paste-text]", text)
    page.click("[data-paste-fill]")


def test_a_day_starts_with_one_click(desk):
    DigestTemplate.objects.create(name="평일", title_pattern="{date} AI 뉴스", slots=3)
    make_digest(articles=1)
    desk.goto(LIST)
    with desk.expect_navigation():
        desk.click(".start button.default")
    digest = Digest.objects.newest_first().first()
    assert digest.status == "draft"
    assert desk.input_value("#id_title") == f"{digest.date} AI 뉴스"
    assert shown(desk) == ["", "", ""]
    save(desk)  # empty articles are no articles
    assert stored(digest) == []


def test_a_pasted_post_fills_six_articles(desk):
    name = Publisher.objects.create(name="晨光科技报", slug="chenguang")
    PublisherDomain.objects.create(publisher=name, domain="chenguang.example")
    digest = make_digest(articles=0, published=False, title="이미 쓴 제목")
    desk.goto(f"{change_url(digest)}?extra=2")
    fill_in(desk, POST)
    desk.wait_for_selector("[data-paste-done]:not(:empty)")
    assert "6" in desk.inner_text("[data-paste-done]")
    assert shown(desk) == HEADLINES
    assert desk.input_value("#id_title") == "이미 쓴 제목"
    assert desk.input_value("#id_introduction") == "**머리글** 한 줄"
    points = article(desk, 6).locator("[name$='-points']").input_value()
    assert points == "병원 **6곳**이 시험\n응답 시간 40% 단축"
    citations = "articles-5-citation_lines"
    wait_until(desk, f"document.querySelector('[name={citations}]').value.includes('晨光')")
    save(desk)
    assert stored(digest) == HEADLINES
    publishers = [c.publisher.name for c in digest.articles.last().citations.order_by("position")]
    assert publishers == ["한빛일보", "晨光科技报"]


def test_pasting_overwrites_nothing(desk):
    digest = make_digest(articles=1, published=False)
    desk.goto(f"{change_url(digest)}?extra=1")
    unfold(desk)
    article(desk, 2).locator("[name$='-outlook']").fill("먼저 쓴 전망")
    fill_in(desk, article_text(7))
    desk.wait_for_selector("[data-paste-done]:not(:empty)")
    assert shown(desk) == [*stored(digest), "", "7번째 소식: “온디바이스” 모델"]
    assert article(desk, 2).locator("[name$='-outlook']").input_value() == "먼저 쓴 전망"


def test_mistakes_are_named_by_line_and_fill_nothing(desk):
    digest = make_digest(articles=0, published=False)
    desk.goto(f"{change_url(digest)}?extra=1")
    fill_in(desk, "## 제목\n\n### 요약\n- 첫째 요점\n### 요약\n")
    desk.wait_for_selector("[data-paste-errors] li")
    assert "5" in desk.inner_text("[data-paste-errors] li")
    assert "첫째 요점" in desk.input_value("[data-paste-text]")
    assert shown(desk) == [""]
    assert serious(desk) == []
    desk.keyboard.press("Escape")
    assert not desk.is_visible("[data-paste-text]")


def test_a_post_pasted_into_an_empty_headline_is_offered(desk):
    digest = make_digest(articles=1, published=False)
    desk.goto(f"{change_url(digest)}?extra=1")
    unfold(desk)
    headline = article(desk, 2).locator("[name$='-headline']")
    assert headline.evaluate(PASTE, "그냥 제목") is True
    assert not desk.is_visible("[data-paste-text]")
    assert article(desk, 1).locator("[name$='-headline']").evaluate(PASTE, POST) is True
    assert headline.evaluate(PASTE, POST) is False
    assert desk.input_value("[data-paste-text]") == POST


def test_an_address_gets_its_publisher(desk):
    publisher = Publisher.objects.create(name="한빛일보", slug="hanbit")
    PublisherDomain.objects.create(publisher=publisher, domain="hanbit.example")
    digest = make_digest(articles=0, published=False)
    desk.goto(f"{change_url(digest)}?extra=1")
    lines = article(desk, 1).locator("[name$='-citation_lines']")
    lines.fill("https://news.hanbit.example/1 | 2026-01-03\nhttps://unknown.example/2\n")
    lines.press("Tab")
    wait_until(desk, "document.querySelector('[name$=citation_lines]').value.includes('한빛')")
    assert lines.input_value() == (
        "한빛일보 | https://news.hanbit.example/1 | 2026-01-03\nhttps://unknown.example/2\n"
    )


def test_a_deleted_day_comes_back(desk):
    digest = make_digest(articles=2, published=False)
    before = stored(digest)
    desk.goto(change_url(digest))
    with desk.expect_navigation():
        desk.click(".quiet-danger")
    assert before[1] in desk.inner_text("form.delete-digest")
    assert serious(desk) == []
    with desk.expect_navigation():
        desk.click("button.danger")
    with desk.expect_navigation():
        desk.click(".messagelist a")
    assert serious(desk) == []
    with desk.expect_navigation():
        desk.click(".trash-row button")
    assert shown(desk) == before


def test_an_article_moves_to_another_day(desk):
    digest = make_digest(articles=2, published=False)
    moved = stored(digest)[0]
    desk.goto(change_url(digest))
    unfold(desk)
    with desk.expect_navigation():
        article(desk, 1).locator(".article-more a").click()
    assert serious(desk) == []
    desk.fill("#id_date", "2026-01-09")
    with desk.expect_navigation():
        desk.click("form.choose-day button")
    assert shown(desk) == [moved]


def test_nothing_serious_or_too_wide(desk):
    digest = make_digest(articles=2, published=False)
    make_article(digest, headline="셋째", tags=["로봇", "아주 긴 이름의 태그"])
    trash.delete(make_digest("2026-02-01", published=False), by=User.objects.get())
    first = digest.articles.first()
    tag = first.tags.model.objects.first()
    for url in (
        LIST,
        reverse("admin:articles_digest_trash"),
        reverse("admin:articles_digest_duplicate", args=[digest.pk]),
        reverse("admin:articles_digest_move", args=[digest.pk, first.uid]),
        reverse("admin:articles_tag_delete", args=[tag.pk]),
        reverse("admin:articles_digesttemplate_add"),
    ):
        desk.goto(url)
        for width in (1280, 360):
            desk.set_viewport_size({"width": width, "height": 800})
            assert serious(desk) == [], (url, width)
            if url not in (LIST,):
                assert desk.evaluate("document.documentElement.scrollWidth") <= width, url
