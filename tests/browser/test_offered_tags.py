"""Tags of the text below the tags of an article, in a real browser."""

from articles.models import TaggedArticle
from articles.taxonomy import proposals, vocabulary, vocabulary_list
from tests.browser.axe import serious
from tests.browser.test_desk import COMPOSE, FINISH, article, desk, unfold
from tests.browser.waiting import wait_until
from tests.support.desk import change_url
from tests.support.factories import make_article, make_digest

__all__ = ["desk"]  # a fixture

CHIPS = "#articles-0 [data-take]"
FIELD = "#id_articles-0-tag_names"


def chips(page):
    return page.locator(CHIPS).evaluate_all("all => all.map(one => one.dataset.take)")


def test_tags_of_a_composed_text_are_taken_with_one_key_dismissed_and_saved(desk):
    vocabulary_list.store(vocabulary_list.read("인공지능 = AI\n반도체\n로봇\n드론\n클라우드"))
    digest = make_digest(articles=1, published=False)
    desk.goto(change_url(digest))
    unfold(desk)
    headline = desk.locator("#id_articles-0-headline")
    headline.evaluate(COMPOSE, "AI 반도체로 로봇과 드론")
    headline.evaluate(FINISH)
    desk.locator(f"{CHIPS}[data-take=드론]").wait_for()
    assert chips(desk) == ["인공지능", "반도체", "로봇", "드론"]
    assert serious(desk) == []
    # One is dismissed and one taken with the keyboard; the focus goes on to the next.
    desk.focus(f"{CHIPS}[data-take=인공지능] + button")
    desk.keyboard.press("Enter")
    wait_until(desk, "document.activeElement.dataset.take === '반도체'")
    desk.keyboard.press("Enter")
    wait_until(desk, "document.activeElement.dataset.take === '로봇'")
    assert desk.input_value(FIELD) == "반도체, "
    # A tag that is typed is not offered, and all the rest is taken with one key.
    headline.focus()
    desk.keyboard.press("Alt+t")
    wait_until(desk, "document.querySelector('#articles-0 [data-offered-tags]').hidden")
    assert desk.input_value(FIELD) == "반도체, 로봇, 드론, "
    assert "로봇" in desk.locator("#articles-0 [data-offered-told]").inner_text()
    # What is typed afterwards brings new ones, and the dismissed one stays away.
    headline.evaluate("(one) => one.focus()")
    desk.keyboard.press("End")
    desk.keyboard.type(" 클라우드")
    desk.locator(f"{CHIPS}[data-take=클라우드]").wait_for()
    assert chips(desk) == ["클라우드"]
    desk.set_viewport_size({"width": 390, "height": 800})
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with desk.expect_navigation():
        desk.click("[name=_continue]")
    names = TaggedArticle.objects.order_by("pk").values_list("tag__name", flat=True)
    assert list(names) == ["반도체", "로봇", "드론"]
    assert article(desk, 1).locator("[data-offered-tags]").count() == 1


def test_a_proposed_tag_is_given_to_the_ticked_articles(desk):
    vocabulary_list.store(vocabulary_list.read("반도체 = 칩셋"))
    digest = make_digest(articles=0, published=False)
    for headline in ("반도체 소식", "칩셋 소식"):
        make_article(digest, headline=headline)
    proposals.propose(vocabulary.named())
    desk.goto("/admin/articles/tag/vocabulary/")
    desk.fill("[name=list]", "로봇 = robot\n칩셋 = chip")
    with desk.expect_navigation():
        desk.click("[name=check]")
    assert serious(desk) == []
    desk.goto("/admin/articles/tag/proposals/")
    assert serious(desk) == []
    desk.click(".proposed-tags a")
    desk.locator("[name=article]").first.uncheck()
    button = desk.locator("[name=confirm]").first
    assert "1" in button.inner_text()
    assert serious(desk) == []
    with desk.expect_navigation():
        button.click()
    assert TaggedArticle.objects.filter(tag__name="반도체").count() == 1
