"""The mail of a digest on a phone."""

from articles.mail.letters import letter_of
from tests.support.factories import make_article, make_digest

WIDEST = "document.documentElement.scrollWidth"


def test_words_without_blanks_are_not_wider_than_a_phone(page):
    digest = make_digest(articles=0, published=False)
    make_article(
        digest,
        headline=f"‘온누리’가 {'Super' * 20}을 공개",
        points=[f"`thermal_log_{'0123456789_' * 9}` 기록을 썼다.", f"https://a.example/{'a' * 90}"],
    )
    page.set_viewport_size({"width": 360, "height": 740})
    page.set_content(letter_of(digest).html)
    assert page.evaluate(WIDEST) == 360
