"""Beginning a day in a real browser: one click, a pasted post, a day that comes back."""

from django.contrib.auth.models import User
from django.urls import reverse

from articles.digests import trash
from articles.models import Digest, DigestTemplate, Publisher, PublisherDomain
from tests.browser.axe import serious
from tests.browser.test_desk import LIST, article, desk, save, shown, stored, unfold
from tests.browser.waiting import let_pass, wait_until
from tests.support.desk import change_url
from tests.support.factories import make_article, make_digest
from tests.support.posts import HEAD

__all__ = ["desk"]  # a fixture
PASTE = """(element, text) => {
    const clipboardData = new DataTransfer();
    const [plain, html] = [text].flat();
    clipboardData.setData('text/plain', plain);
    if (html) clipboardData.setData('text/html', html);
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


ANSWER = """안녕하세요! 요청하신 소식을 정리해 드립니다. 🚀

### 1. 한빛전자, 배송 로봇 공개

**요약**
* 🤖 한 번 충전해 하루를 다닌다.
* 계단도 오른다.

### 배경

작년에 예고했다.

**시사점**
1. **기술적 의미:** 다리가 바퀴를 대신한다.
2. **향후 전망:** 봄에 시험한다.

출처: [한빛일보](https://hanbit.example/1) (1월 2일)

### 2. 새별시, 로봇 조례 마련

시속 6킬로미터로 묶는다.

출처: [새별신문](https://saebyeol.example/2)
"""
HTML = """<h3>1. 새 칩 공개</h3><p><strong>요약</strong></p><ul><li>값이 <b>반</b>이다.</li></ul>
<p>출처: <a href="https://hanbit.example/1">한빛일보</a></p><script>alert(1)</script>"""
PLAIN = "1. 새 칩 공개\n\n요약\n\n값이 반이다.\n\n출처: 한빛일보"
MARKDOWN = """### 1. 새 칩 공개

**요약**

- 값이 **반**이다.

출처: [한빛일보](https://hanbit.example/1)"""


def take_apart(page, text):
    page.click("[data-paste-open]")
    page.fill("[data-paste-text]", text)
    page.click("[data-paste-read]")
    page.wait_for_selector("[data-paste-heading]:focus")


def fill_in(page, text):
    take_apart(page, text)
    page.click("[data-paste-fill]")
    page.wait_for_selector("[data-paste-done]:not(:empty)")


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
    focused = "document.activeElement.name"
    wait_until(desk, f"{focused} === 'articles-0-headline'")
    desk.keyboard.type("한 줄")
    length = article(desk, 1).locator("[data-length]")
    assert length.inner_text() == "3자 (최대 300자)"
    for number in (1, 1):  # the first empty article, as long as nothing is written in it
        desk.keyboard.press("Alt+n")
        assert desk.evaluate(focused) == f"articles-{number}-headline"
    desk.fill("[name=articles-0-headline]", "가" * 301)
    assert "301" in desk.inner_text("[data-live]")
    desk.fill("[name=articles-0-headline]", "")
    save(desk)  # empty articles are no articles
    assert stored(digest) == []


def test_a_pasted_post_fills_six_articles(desk):
    name = Publisher.objects.create(name="晨光科技报", slug="chenguang")
    PublisherDomain.objects.create(publisher=name, domain="chenguang.example")
    digest = make_digest(articles=0, published=False, title="이미 쓴 제목")
    desk.goto(f"{change_url(digest)}?extra=2")
    asked = []
    desk.on("request", lambda request: asked.append(request.url.rstrip("/").rpartition("/")[2]))
    take_apart(desk, POST)
    asked.clear()
    desk.click("[data-paste-fill]")
    desk.wait_for_selector("[data-paste-done]:not(:empty)")
    assert desk.inner_text("[data-paste-done]") == (
        "기사 6건을 채웠습니다. 이미 쓴 내용이 있어 채우지 않은 칸: 제목."
    )
    assert shown(desk) == HEADLINES
    assert desk.input_value("#id_title") == "이미 쓴 제목"
    assert desk.input_value("#id_introduction") == "**머리글** 한 줄"
    points = article(desk, 6).locator("[name$='-points']").input_value()
    assert points == "병원 **6곳**이 시험\n응답 시간 40% 단축"
    citations = "articles-5-citation_lines"
    wait_until(desk, f"document.querySelector('[name={citations}]').value.includes('晨光')")
    let_pass(desk, 1_500)  # longer than any pause after which something is asked for
    for name in ("preview", "live-preview", "findings"):
        assert 1 <= asked.count(name) <= 2, (name, asked)
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
    assert shown(desk) == [*stored(digest), "", "7번째 소식: “온디바이스” 모델"]
    assert article(desk, 2).locator("[name$='-outlook']").input_value() == "먼저 쓴 전망"


def test_an_article_with_anything_written_is_not_filled(desk):
    digest = make_digest("2026-01-03", articles=0, published=False)
    desk.goto(f"{change_url(digest)}?extra=3")
    for number, name in enumerate(("read_by", "comment", "picture_caption")):
        field = desk.locator(f"[name=articles-{number}-{name}]")
        field.evaluate("field => { field.value = '먼저 쓴 글' }")
    fill_in(desk, article_text(7))
    assert shown(desk) == ["", "", "", "7번째 소식: “온디바이스” 모델"]


def test_a_day_that_is_chosen_already_stays_and_is_told(desk):
    digest = make_digest("2026-02-09", articles=0, published=False)
    desk.goto(f"{change_url(digest)}?extra=1")
    fill_in(desk, POST)
    assert desk.input_value("[name=date]") == "2026-02-09"
    assert "날짜" in desk.inner_text("[data-paste-done].is-partial")


def test_what_was_found_is_shown_before_anything_is_filled(desk):
    digest = make_digest("2026-01-03", articles=0, published=False)
    desk.goto(f"{change_url(digest)}?extra=1")
    take_apart(desk, ANSWER)
    assert shown(desk) == [""]
    account = desk.inner_text("[data-paste-stage=account]")
    for words in (
        "기사 2건을 찾았습니다",
        "한빛전자, 배송 로봇 공개",
        "요약 2 · 출처 1 · 기술적 의미 · 향후 전망",
        "시속 6킬로미터로 묶는다.",
        "작년에 예고했다.",
        "1번째 줄",
        "안녕하세요!",
        "🤖",
    ):
        assert words in account, words
    desk.click("[data-paste-fill]")
    desk.wait_for_selector("[data-paste-done].is-partial")
    assert desk.inner_text("[data-paste-done]") == (
        "기사 2건을 채웠습니다. 맞는 칸이 없는 글 1건은 “시사점 다음 추가 글”에 남겼습니다."
    )
    assert shown(desk) == ["한빛전자, 배송 로봇 공개", "새별시, 로봇 조례 마련"]
    first = article(desk, 1)
    for name, value in (
        ("points", "한 번 충전해 하루를 다닌다.\n계단도 오른다."),
        ("citation_lines", "한빛일보 | https://hanbit.example/1 | 2026-01-02"),
        ("technical_significance", "다리가 바퀴를 대신한다."),
        ("outlook", "봄에 시험한다."),
        ("other_implications", "### 배경\n\n작년에 예고했다."),
    ):
        assert first.locator(f"[name$='-{name}']").input_value().strip() == value, name
    assert not desk.is_visible("[data-paste-text]")


def test_articles_without_room_are_not_called_filled(desk):
    digest = make_digest(articles=0, published=False)
    desk.goto(f"{change_url(digest)}?extra=1")
    desk.evaluate("document.querySelector('[data-articles]').dataset.max = 1")
    fill_in(desk, ANSWER)
    assert "기사 2건 중 1건" in desk.inner_text("[data-paste-done].is-partial")
    assert shown(desk) == ["한빛전자, 배송 로봇 공개"]
    desk.click("[data-paste-open]")
    assert desk.input_value("[data-paste-text]") == ANSWER


def test_the_text_can_be_changed_and_read_again(desk):
    digest = make_digest(articles=0, published=False)
    desk.goto(f"{change_url(digest)}?extra=1")
    take_apart(desk, ANSWER)
    desk.keyboard.press("Escape")
    assert desk.evaluate("document.activeElement.id") == "paste-text"
    assert desk.input_value("[data-paste-text]") == ANSWER
    desk.click("[data-paste-read]")
    desk.wait_for_selector("[data-paste-heading]:focus")
    desk.click("[data-paste-change]")
    desk.fill("[data-paste-text]", "그냥 글")
    desk.click("[data-paste-read]")
    desk.wait_for_selector("[data-paste-errors] li")
    assert "기사가 없습니다" in desk.inner_text("[data-paste-errors] li")
    assert desk.input_value("[data-paste-text]") == "그냥 글"
    assert shown(desk) == [""]
    assert serious(desk) == []
    desk.keyboard.press("Escape")
    assert not desk.is_visible("[data-paste-text]")


def test_closing_the_box_gives_the_focus_back(desk):
    digest = make_digest(articles=0, published=False)
    desk.goto(change_url(digest))
    for key in ("Escape", "Enter"):
        desk.focus("[data-paste-open]")
        desk.keyboard.press("Enter")
        desk.wait_for_selector("[data-paste-text]:focus")
        if key == "Enter":
            desk.focus("[data-paste] [popovertargetaction=hide]")
        desk.keyboard.press(key)
        desk.wait_for_selector("[data-paste-open]:focus")


def test_the_account_is_for_everybody(desk):
    digest = make_digest(articles=0, published=False)
    desk.goto(f"{change_url(digest)}?extra=1")
    take_apart(desk, ANSWER)
    for width in (1280, 360):
        desk.set_viewport_size({"width": width, "height": 800})
        assert serious(desk, also_in_the_dark=True) == []
        assert desk.evaluate("document.documentElement.scrollWidth") <= width
        box = desk.evaluate(
            "(b => b.scrollWidth - b.clientWidth)(document.getElementById('paste-box'))"
        )
        assert box <= 0


def test_formatting_of_the_clipboard_becomes_markdown(desk):
    digest = make_digest(articles=0, published=False)
    desk.goto(f"{change_url(digest)}?extra=1")
    desk.click("[data-paste-open]")
    area = desk.locator("[data-paste-text]")
    assert area.evaluate(PASTE, [PLAIN, HTML]) is False
    desk.wait_for_selector("[data-paste-note]:not(:empty)")
    assert area.input_value() == MARKDOWN
    desk.keyboard.press("Control+z")
    assert area.input_value() == ""
    for plain, html in (
        (MARKDOWN, HTML),  # it is Markdown already
        (PLAIN, f"<div><span>{PLAIN}</span></div>"),  # nothing to keep
        (PLAIN, ""),
    ):
        assert area.evaluate(PASTE, [plain, html]) is True


def test_formatting_that_is_too_much_leaves_the_plain_text(desk):
    digest = make_digest(articles=0, published=False)
    desk.goto(f"{change_url(digest)}?extra=1")
    desk.click("[data-paste-open]")
    area = desk.locator("[data-paste-text]")
    assert area.evaluate(PASTE, [PLAIN, "<b>" * 20_000]) is False
    desk.wait_for_selector("[data-paste-note]:not(:empty)")
    assert area.input_value() == PLAIN


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
    desk.keyboard.press("Escape")
    for text in (ANSWER, "**새 칩**\n\n요약:\n- 값이 반이다.", [PLAIN, HTML]):
        assert headline.evaluate(PASTE, text) is False
        desk.wait_for_selector("[data-paste-text]")
        desk.keyboard.press("Escape")
    for text in (
        "새 칩: 값이 반",
        "- 값이 반\n- 속도는 같다\n- 색이 다르다",
        "제목\n부제",
        "**굵은 제목**",
        ["새 칩", "<h1>새 칩</h1>"],
    ):
        assert headline.evaluate(PASTE, text) is True, text


def test_an_address_gets_its_publisher(desk):
    publisher = Publisher.objects.create(name="한빛일보", slug="hanbit")
    PublisherDomain.objects.create(publisher=publisher, domain="hanbit.example")
    digest = make_digest(articles=0, published=False)
    desk.goto(f"{change_url(digest)}?extra=1")
    lines = article(desk, 1).locator("[name$='-citation_lines']")
    lines.fill("https://news.hanbit.example/1 | 2026-01-03\nhttps://unknown.example/2\n")
    lines.press("Tab")
    named = "document.querySelector('[name$=citation_lines]').value.match(/ \\| https/g)?.length"
    wait_until(desk, f"{named} === 2")
    assert lines.input_value() == (
        "한빛일보 | https://news.hanbit.example/1 | 2026-01-03\n"
        "unknown.example | https://unknown.example/2\n"
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
