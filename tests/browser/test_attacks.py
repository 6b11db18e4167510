"""Nothing that anybody writes runs, loads or leads anywhere in a browser.

The browser reports what violates a page's policy (Content-Security-Policy) and lets it happen, so
that what is shown is the cleaning itself. A script that ran, a request to another host, a question
of the browser or a violation of the policy is a problem, and a test with one fails.
"""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from articles.digests import preview_links
from articles.models import Article
from tests.attacks.attacked_site import ARTICLES, AttackedSite, published
from tests.attacks.corpus import ATTACKS
from tests.browser.test_live_preview import INSIDE
from tests.browser.waiting import wait_until
from tests.support.desk import change_url

# Every attack sets this when it runs.
LISTEN = """
Object.defineProperty(window, '__attacked', {set() {
    console.error(`an attack ran at ${location.href}`);
}});
"""
# Everything is pointed at, focused and clicked, but for what the page itself does something with.
# Links are told not to be followed, once it is known that none of them is a script; one that the
# browser cannot read has the protocol “:”.
TOUCH = """
root => {
    const SCHEMES = ['http:', 'https:', 'mailto:', 'feed:', 'about:', ':'];
    const PUSHED = 'button, input, select, textarea, summary, label, option';
    const STYLED_BY_SCRIPT = '.live-preview, .live-preview iframe';
    const POINTED = ['pointerenter', 'mouseover', 'mouseenter', 'mousemove', 'mouseout'];
    const MORE = ['focusin', 'focus', 'blur', 'contextmenu', 'wheel', 'animationstart', 'toggle',
        'scrollend', 'click'];
    const all = [...root.querySelectorAll('*')];
    // Links of SVG have no protocol of their own.
    const schemeOf = one => one.protocol ?? new URL(one.href.baseVal, root.baseURI).protocol;
    const has = (one, names) => [...one.attributes].some(({name}) => names.test(name));
    const bad = all.filter(one => has(one, /^on/) ||
        (has(one, /^style$|^srcdoc$/) && !one.matches(STYLED_BY_SCRIPT)) ||
        (one.matches('a[href], area[href]') && !SCHEMES.includes(schemeOf(one))));
    root.defaultView.addEventListener('click', event => event.preventDefault(), true);
    for (const one of all) {
        if (one.matches('details')) one.open = true;
        const isPushed = one.matches(PUSHED) || one.closest('button');
        for (const name of isPushed ? POINTED : [...POINTED, ...MORE]) {
            one.dispatchEvent(new Event(name, {bubbles: name !== 'toggle', cancelable: true}));
        }
    }
    return bad.map(one => one.outerHTML.slice(0, 300));
}
"""
TOUCH_ALL = f"() => ({TOUCH})(document)"
TOUCH_FRAME = f"() => ({TOUCH})({INSIDE})"


@pytest.fixture
def site():
    return AttackedSite(ATTACKS)


@pytest.fixture(autouse=True)
def policy_that_only_reports(settings):
    """Send the policy of the site without enforcing it."""
    served = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    # Without an address to report to, the browser complains about the policy itself.
    reporting = {"DIRECTIVES": served | {"report-uri": "/reported"}}
    settings.CONTENT_SECURITY_POLICY, settings.CONTENT_SECURITY_POLICY_REPORT_ONLY = None, reporting


@pytest.fixture
def page(page, page_problems):
    """One open page, in which attacks are noticed."""
    page.add_init_script(LISTEN)
    page.on("dialog", lambda dialog: (page_problems.append(dialog.message), dialog.accept()))
    return page


def log_in(page, editor, url):
    client = Client()
    client.force_login(editor)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}
    page.context.add_cookies([cookie])


def walk(page, addresses):
    for address in addresses:
        assert page.goto(address).ok, address
        assert page.evaluate(TOUCH_ALL) == [], address


def test_nothing_that_is_written_is_active(page, site, live_server):
    """One site for all, since making it takes longer than looking at it."""
    walk(page, pages_of_readers(site))
    log_in(page, site.editor, live_server.url)
    walk(page, pages_of_the_desk(site))
    for digest in (site.digests[5], site.digests[8]):
        look_at_form(page, digest)


def pages_of_readers(site):
    """Every digest, and of the pages that say the same again some."""
    articles = Article.objects.published().select_related("digest").order_by("pk")[::100]
    words = ("img", "script", "onerror", "javascript", "%3Cimg%20src=x%20onerror=a%3E", "%22%27")
    _link, token = preview_links.make(site.draft)
    yield from ("/", "/archive/", "/2026/01/", "/corrections/", "/subscribe/", "/2026/01/01.json")
    yield from ("/tags/", "/publishers/", "/topics/", f"/preview/{token}/")
    yield from (digest.get_absolute_url() for digest in published())
    yield from (article.get_absolute_url() for article in articles)
    yield from (article.tags.first().get_absolute_url() for article in articles[::3])
    yield from (f"/search/?q={word}" for word in words)


def pages_of_the_desk(site):
    names = ("digest", "tag", "publisher", "digesttemplate", "plannedgap", "auditentry")
    yield from (reverse(f"admin:articles_{name}_changelist") for name in names)
    yield from (reverse("admin:index"), reverse("admin:auth_user_changelist"))
    for name in ("press", "preview_links", "delete", "history"):
        yield reverse(f"admin:articles_digest_{name}", args=[site.draft.pk])
    for digest in site.digests[::4]:
        history = reverse("admin:articles_digest_history", args=[digest.pk])
        newest = digest.revisions.order_by("-number").first()
        yield from (history, f"{history}{newest.number}/?with=current")


def look_at_form(page, digest):
    """The form, the previews of its fields, and the page beside it."""
    page.goto(change_url(digest))
    wait_until(page, f"{INSIDE}?.querySelectorAll('article').length === {ARTICLES}")
    assert page.locator("[data-preview-problem]").inner_text() == ""
    assert page.evaluate(TOUCH_FRAME) == []
    assert page.evaluate(TOUCH_ALL) == []
    page.goto("about:blank")


@pytest.mark.expects_console_errors
def test_what_an_attack_would_do_is_noticed(page, page_problems):
    """Both that it runs, and that the policy forbids it."""
    body = "<a href='javascript:1'>글</a><img src=x onerror='window.__attacked=1'>"
    policy = page.request.get("/about/").headers["content-security-policy-report-only"]
    headers = {"Content-Security-Policy-Report-Only": policy, "Content-Type": "text/html"}
    page.route("**/shown", lambda route: route.fulfill(body=body, headers=headers))
    page.goto("/shown")
    assert len(page.evaluate(TOUCH_ALL)) == 2
    for said in ("Content Security Policy: script-src", "an attack ran"):
        assert any(said in problem for problem in page_problems), (said, page_problems)
