"""What axe finds on the pages of the desk: nothing, on a desktop in light and on a phone in dark.

The pages are those that the matrix of the desk's addresses declares: a new one is among them.
"""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from articles.models import Digest
from tests.admin.matrix import GET, OK, PAGES, SUPERUSER, THERE
from tests.admin.test_matrix import AddressesTestCase
from tests.browser import axe
from tests.browser.test_accessibility import RULES, WIDER
from tests.support.desk import sign_in

STRICT = {
    "runOnly": {"type": "tag", "values": RULES},
    "rules": {"target-size": {"enabled": True}},
}
# What may be different on a phone in the dark; all else is the same page.
ON_PHONES = {
    "runOnly": {
        "type": "rule",
        "values": [
            *("target-size", "color-contrast", "link-in-text-block", "scrollable-region-focusable"),
            *("button-name", "link-name", "heading-order", "label"),
        ],
    },
}
VIEWS = (
    ("light", {"width": 1280, "height": 900}, STRICT),
    ("dark", {"width": 390, "height": 800}, ON_PHONES),
)
# What is no page: it answers scripts, or is a file.
NO_PAGES = {
    *("jsi18n", "articles_tag_suggest", "articles_publisher_of_address"),
    # A mail, which has its own look; `tests/mail` has its rules.
    "articles_digest_mail_html",
    *("articles_push_text", "articles_tag_vocabulary_list", "(?P<url>.*)$"),
}
STATES = (THERE, Digest.Status.DRAFT, Digest.Status.IN_REVIEW, Digest.Status.PUBLISHED)
EMPTY = reverse("admin:articles_digest_changelist") + "?q=nothing"

# Who reads what lies below the row of buttons scrolls there; axe does not.
LET_GO = "document.querySelector('.dock')?.style.setProperty('position', 'static')"


def pages():
    """The address of every page that a superuser reads, and of a list without rows. Of the pages of
    digests, those of the first state in which there is one."""
    AddressesTestCase.setUpTestData()
    found = {}
    for key, state, address in AddressesTestCase("addresses").addresses():
        name = key.partition(" ")[0]
        is_page = PAGES[key].answer(SUPERUSER, GET, state) == OK and name not in NO_PAGES
        if is_page and state in STATES:
            found.setdefault(key, address)
    return [*found.values(), EMPTY]


@pytest.mark.parametrize("half", [0, 1])
def test_axe_finds_nothing_on_any_page_of_the_desk(page, context, client, live_server, half):
    addresses = pages()[half::2]
    assert len(addresses) > 20
    sign_in(client, User.objects.get(username=SUPERUSER))
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    context.add_cookies([cookie | {"url": live_server.url}])
    problems = []
    for address in addresses:
        answer = page.goto(address)
        assert answer.status == 200, address
        page.evaluate(LET_GO)
        for scheme, size, rules in VIEWS:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size(size)
            for violation in axe.violations(page, **rules):
                places = [node["html"][:160] for node in violation["nodes"]]
                problems.append((address, scheme, violation["id"], places))
        if (wider := page.evaluate(WIDER)) > 0:
            problems.append((address, "scrolls sideways", wider))
    assert problems == [], "\n".join(map(str, problems))
