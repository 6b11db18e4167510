"""Portals that are cited as publishers although they only carry articles of others."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.preflight.checked import CheckedDigest
from articles.preflight.findings import Found, Severity, rule
from articles.rules.text import fold

# News pages of portals and aggregators; publishers marked as a portal are added.
DOMAINS = frozenset(
    {
        *("news.naver.com", "n.news.naver.com", "entertain.naver.com", "sports.naver.com"),
        *("v.daum.net", "news.daum.net", "news.v.daum.net", "news.nate.com", "news.zum.com"),
        *("msn.com", "news.yahoo.com", "finance.yahoo.com", "news.yahoo.co.jp"),
        *("news.google.com", "apple.news", "flipboard.com", "smartnews.com", "newsbreak.com"),
        *("toutiao.com", "baijiahao.baidu.com", "mbd.baidu.com", "news.qq.com", "new.qq.com"),
    }
)
NAMES = frozenset(
    {
        *("naver", "naver news", "네이버", "네이버 뉴스", "네이버뉴스"),
        *("daum", "daum news", "다음", "다음 뉴스", "다음뉴스"),
        *("nate", "nate news", "nate 뉴스", "네이트", "네이트 뉴스", "네이트뉴스"),
        *("msn", "msn 뉴스", "yahoo news", "yahoo!", "google news", "구글 뉴스", "구글뉴스"),
    }
)


@rule(
    "publisher-is-portal",
    Severity.WARNING,
    gettext_lazy("Publisher is a portal"),
    gettext_lazy("Name the publisher that wrote it, with the address on its own site."),
)
def publisher_is_portal(digest: CheckedDigest) -> Iterator[Found]:
    stored = {domain for domain, is_portal in digest.archive.domains.items() if is_portal}
    named = {fold(name) for name in digest.archive.portals} | NAMES
    for citation in digest.citations:
        domain = _portal_domain(citation.domain, stored | DOMAINS)
        if citation.is_line:
            continue
        if fold(citation.publisher) in named:
            sentence = _("“%(publisher)s” is a portal: it carries the article of another.")
            params = {"publisher": citation.publisher}
        elif domain:
            sentence = _("%(domain)s is a portal: it carries the article of another.")
            params = {"domain": domain}
        else:
            continue
        yield Found(citation.place, sentence % params, f"{citation.publisher} {citation.url}")


def _portal_domain(domain: str, portals: set[str] | frozenset[str]) -> str:
    labels = domain.split(".")
    above = (".".join(labels[start:]) for start in range(len(labels)))
    return next((name for name in above if name in portals), "")
