"""A small site in one language with every kind of page that readers see, and its addresses."""

import datetime as dt
from urllib.parse import quote

import time_machine

from articles.digests import diffing, preview_links, publishing, revisions
from articles.models import Digest, Imprint, PlannedGap, Publisher, Storyline, Tag
from tests.support.factories import make_article, make_digest, make_picture, publish

FIRST, LAST = dt.date(2024, 6, 1), dt.date(2026, 1, 3)
NOON = dt.datetime(2026, 1, 3, 3, 0, tzinfo=dt.UTC)  # in Seoul
WEEKS = 8
# The texts of the site: Korean without Latin letters, English without Korean ones.
WORDS = {
    "ko": {
        "title": "오늘의 인공지능 소식",
        "headline": "새 가속기, 전력 절반으로",
        "long": "‘알고리즘 설명법’ 첫 공청회, 영업비밀 범위 두고 학계와 업계 이견",
        "text": "연구진은 같은 작업을 **절반의 전력**으로 마쳤다고 밝혔다.",
        "fixed": "연구진은 같은 작업을 **삼분의 일 전력**으로 마쳤다고 밝혔다.",
        "name": "김민지",
        "paper": "한빛일보",
        "portal": "다산포털",
        "rising": "로봇",
        "falling": "반도체",
        "old": "위성",
        "closed": "옛날신문",
        "holiday": "설날",
        "unknown": "없는 말",
        "story": "가속기 경쟁",
    },
    "en": {
        "title": "Today in artificial intelligence",
        "headline": "New accelerator at half the power",
        "long": "First hearing on the bill that makes algorithms explain themselves to applicants",
        "text": "The team finished the same work with **half the power**.",
        "fixed": "The team finished the same work with **a third of the power**.",
        "name": "Minji Kim",
        "paper": "Morning Paper",
        "portal": "Noon Portal",
        "rising": "Robots",
        "falling": "Chips",
        "old": "Satellites",
        "closed": "Evening Paper",
        "holiday": "New Year",
        "unknown": "nowhere",
        "story": "The race of accelerators",
    },
}
# Markdown texts, besides that of a correction.
MARKDOWN = """\
{0}

- {0}
- {0}

> {0}

| {1} | {2} |
| --- | --- |
| 1 | 75.82% |

    1 + 1
"""


class ReaderSite:
    """A digest long ago, weekly ones up to LAST, which has everything a digest can have, and a
    draft.

    `addresses` maps the name of each URL pattern to the addresses of its public pages, and "" to
    addresses without a page.
    """

    def __init__(self, language="ko"):
        self.words, self.language = WORDS[language], language
        with time_machine.travel(NOON, tick=False):
            self._make_earlier_digests()
            self.digest = self._make_last_issue()
            self._correct()
            self._plan()
            self.token = self._make_draft()
        self.addresses = self._addresses()

    def pages(self):
        """Each address as (name of the pattern, address)."""
        return [(name, one) for name, several in self.addresses.items() for one in several]

    def _make_earlier_digests(self):
        first = self._make_digest(FIRST)
        cited = (self.words["closed"], "https://closed.example/1", None)
        self._make_article(first, tags=[self.words["old"]], citations=[cited])
        publish(first)
        for week in range(1, WEEKS):
            day = LAST - dt.timedelta(weeks=WEEKS - week)
            digest = self._make_digest(day)
            topic = self.words["rising" if week >= WEEKS / 2 else "falling"]
            for _number in range(2):
                self._make_article(digest, tags=[topic], storyline=self.words["story"])
            publish(digest)

    def _make_last_issue(self):
        introduction = MARKDOWN.format(*(self.words[name] for name in ("text", "paper", "name")))
        digest = self._make_digest(LAST, introduction=introduction)
        picture = {"picture_caption": self.words["headline"], "picture_credit": self.words["name"]}
        self._make_article(
            digest,
            headline=self.words["long"],
            tags=[self.words["rising"], self.words["falling"]],
            storyline=self.words["story"],
            picture=make_picture(),
            picture_alt=self.words["text"],
            drafted_by="ai",
            read_by=self.words["name"],
            other=[{"text": introduction, "after": "points"}],
            **picture,
        )
        self._make_article(digest, tags=[self.words["rising"]])
        self._make_article(digest, headline="新华社发布人工智能新规", citations=[])
        return publish(digest)

    def _make_digest(self, day, **fields):
        fields.setdefault("title", self.words["title"])
        return make_digest(day, articles=0, published=False, language=self.language, **fields)

    def _make_article(self, digest, **fields):
        text = self.words["text"]
        for name in ("technical_significance", "industry_impact", "outlook"):
            fields.setdefault(name, text)
        day = digest.date.isoformat()
        fields.setdefault("headline", self.words["headline"])
        fields.setdefault(
            "citations",
            [
                (self.words["paper"], f"https://paper.example/{day}", day),
                (self.words["portal"], f"https://portal.example/{day}", None),
            ],
        )
        return make_article(digest, points=[text, text], **fields)

    def _correct(self):
        """Add corrections of an article and of the whole digest, each with its changes."""
        before = revisions.snapshot(self.digest)
        articles = [article | {"outlook": self.words["fixed"]} for article in before["articles"]]
        changes = diffing.as_rows(diffing.compare(before, before | {"articles": articles}))
        for article in (self.digest.articles.first(), None):
            publishing.correct(self.digest, self.words["fixed"], article=article, changes=changes)

    def _plan(self):
        PlannedGap.objects.create(date="2026-01-01", reason=self.words["holiday"])
        PlannedGap.objects.create(date="2026-01-02")
        Imprint.objects.create(
            pk=1,
            publisher=self.words["paper"],
            editor=self.words["name"],
            registered_on="2024-06-01",
            email="desk@example.com",
            principles=MARKDOWN.format(*(self.words[name] for name in ("text", "paper", "name"))),
            ai_use=self.words["text"],
        )
        Publisher.objects.filter(name=self.words["portal"]).update(
            is_portal=True, home_page="https://portal.example/"
        )
        Tag.objects.filter(name=self.words["rising"]).update(description=self.words["headline"])

    def _make_draft(self):
        draft = self._make_digest(LAST + dt.timedelta(days=1))
        self._make_article(draft)
        link, token = preview_links.make(draft)
        type(link).objects.filter(pk=link.pk).update(expires_at="2999-01-01T00:00:00Z")
        return token

    def _addresses(self):
        tags = [Tag.objects.get(name=self.words[name]) for name in ("rising", "falling")]
        publisher = Publisher.objects.get(name=self.words["portal"])
        line = Storyline.objects.get(name=self.words["story"])
        searched, nothing = quote(self.words["headline"].split()[1]), quote(self.words["unknown"])
        compared = "&".join(f"{key}={quote(tag.slug)}" for key, tag in zip("ab", tags, strict=True))
        first = Digest.objects.published().order_by("date").first()
        older = "?before=2026-01-03"
        return {
            "home": ["/"],
            "day": [self.digest.get_absolute_url(), first.get_absolute_url()],
            "article": [
                article.get_absolute_url()
                for article in (*self.digest.articles.all(), first.articles.first())
            ],
            "archive": ["/archive/", "/archive/?before=2026"],
            "year": ["/2026/", "/2025/", "/2024/"],
            "month": ["/2026/01/", "/2025/12/"],
            "tags": ["/tags/", "/tags/?after=0"],
            "tag": [tags[0].get_absolute_url(), tags[1].get_absolute_url() + older],
            "topics": ["/topics/", f"/topics/?{compared}&weeks=52"],
            "publishers": ["/publishers/", "/publishers/?after=0"],
            "publisher": [publisher.get_absolute_url(), publisher.get_absolute_url() + older],
            "storyline": [line.get_absolute_url(), line.get_absolute_url() + older],
            "search": [
                "/search/",
                f"/search/?q={searched}",
                f"/search/?q={nothing}&from=2026-01-01",
                f"/search/?q={searched}&tag={quote(tags[0].name)}",
                f"/search/?q={searched}&from=2026-02-01&to=2026-01-01",
            ],
            "corrections": ["/corrections/", "/corrections/?before=2026-01-03T04:00:00.000000Z"],
            "subscribe": ["/subscribe/"],
            "about": ["/about/"],
            "preview-link": [f"/preview/{self.token}/"],
            "": ["/2026/02/30/", "/nowhere/"],
        }


# Addresses that have a page before anything is published.
EMPTY = (
    *("/", "/archive/", "/tags/", "/topics/", "/publishers/", "/search/"),
    *("/corrections/", "/subscribe/", "/nowhere/"),
)
