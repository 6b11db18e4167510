"""A draft full of faults is typed, saved, mended and published in a real browser."""

from articles.models import Digest
from tests.browser.axe import serious
from tests.browser.test_desk import article, desk, save, unfold
from tests.support.desk import add_url, change_url
from tests.support.factories import make_digest

__all__ = ["desk"]  # a fixture

FAULTY = "한빛일보\n가온뉴스 | https://gaon.example/1 | 어제\n나래신문 https://narae.example/2"
MENDED = (
    "한빛일보 | https://hanbit.example/9 | 2026-01-02\n"
    "가온뉴스 | https://gaon.example/1 | 1월 2일\n"
    "나래신문 https://narae.example/2"
)
LINES = "#id_articles-0-citation_lines"
FAULTS = "[data-article] [data-fault]"


def faults(page):
    return page.locator(FAULTS).all_inner_texts()


def test_faults_are_saved_told_beside_their_fields_mended_and_published(desk):
    digest = make_digest(articles=1, published=False)
    desk.goto(change_url(digest))
    unfold(desk)
    desk.fill("#id_title", "")
    desk.fill("#id_articles-0-headline", "")
    desk.fill(LINES, FAULTY)
    save(desk)
    unfold(desk)
    assert desk.locator(LINES).input_value() == FAULTY.replace(" https://narae", " | https://narae")
    desk.locator(FAULTS).nth(2).wait_for()
    told = faults(desk)
    assert len(told) == 3
    assert serious(desk, also_in_the_dark=True) == []
    assert any(text.startswith("1번째 줄: 이 줄에는 주소가 없습니다.") for text in told)
    assert any(text.startswith("2번째 줄: 날짜 “어제”") for text in told)
    with desk.expect_navigation():
        desk.click("[name=_publish]")
    assert Digest.objects.get().status == "draft"
    assert "어제" in desk.inner_text("main")

    desk.goto(change_url(digest))
    unfold(desk)
    desk.fill("#id_title", "2026-01-03 소식")
    desk.fill("#id_articles-0-headline", "새 칩 공개")
    desk.fill(LINES, MENDED)
    desk.locator(FAULTS).first.wait_for(state="detached")
    save(desk)
    assert faults(desk) == []
    citations = article(desk, 1).locator(LINES).input_value().split("\n")
    assert citations[1] == "가온뉴스 | https://gaon.example/1 | 2026-01-02"
    with desk.expect_navigation():
        desk.click("[name=_publish]")
    for field in desk.locator("[name^=own_reason-]").all():  # each kind of warning needs a reason
        field.fill("확인했습니다.")
    with desk.expect_navigation():
        desk.click("[name=_publish_now]")
    assert Digest.objects.get().status == "published"


def test_a_new_form_does_not_begin_with_reproaches(desk):
    desk.goto(add_url())
    desk.fill("#id_articles-0-headline", "새 칩 공개")
    desk.fill(LINES, "한빛일보")
    desk.locator(FAULTS).first.wait_for()
    assert desk.locator(".form-row [data-fault]").count() == 0
    assert len(faults(desk)) == 1
