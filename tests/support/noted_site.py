"""A site with one digest that has an editor's note in each of its texts."""

import datetime as dt
import uuid

from articles.digests import diffing, preview_links, publishing, revisions
from articles.models import Article, Digest
from tests.support.canaries import canary
from tests.support.factories import make_article, make_digest
from tests.support.hidden_site import hidden_picture

DAY = dt.date(2026, 1, 3)
AT = dt.datetime(2026, 1, 2, 22, 0, tzinfo=dt.UTC)
# Spellings of notes. Those in LINES fit into a text of one line.
LINES = {
    "comment": "<!-- {} -->",
    "comment without end": "<!-- {}",
    "liquid": "{{% comment %}}{}{{%- endcomment -%}}",
    "liquid without end": "{{% comment %}}{}",
    "tag": "{{% include {} %}}{{{{ {} }}}}",
    "code in it": "<!-- `{}` -->",
}
BLOCKS = {
    "over lines": "<!--\n\n## {}\n\n- {}\n\n-->",
    "over lines without end": "<!--\n\n### {}\n",
    "liquid over lines": "{{% comment %}}\n## {}\n{{% endcomment %}}",
}
FIELDS = ("headline", "point", "technical", "industry", "outlook", "alt", "caption", "credit")


class NotedSite:
    """`style` is a key of LINES or BLOCKS; None makes the same site without notes."""

    def __init__(self, style=None):
        self.style, self.places = style, []
        self.digest = self._make()

    def noted(self, text, place, *, has_lines=False):
        """The text with a note at its end."""
        if self.style is None or (self.style in BLOCKS and not has_lines):
            return text
        place = f"{self.style} {place}"
        self.places.append(place)
        pattern = (LINES | BLOCKS)[self.style]
        return text + pattern.format(*[canary(place)] * pattern.count("{}"))

    def _make(self):
        many = {"has_lines": True}
        digest = make_digest(
            DAY,
            articles=0,
            published=False,
            title=self.noted("새해 첫 소식", "title"),
            introduction=self.noted("머리말입니다.", "introduction", **many),
        )
        for number in (1, 2):
            self._add_article(digest, number)
        before = revisions.snapshot(digest)
        publishing.publish(digest, at=AT, unchecked=True)
        Digest.objects.filter(pk=digest.pk).update(feed_id="tag:testserver,2026:digest/noted")
        self._correct(digest, before)
        return Digest.objects.get(pk=digest.pk)

    def _add_article(self, digest, number):
        many = {"has_lines": True}

        def noted(text, field, **options):
            return self.noted(text, f"{field} {number}", **options)

        article = make_article(
            digest,
            headline=noted(f"{number}번째 소식", "headline"),
            points=[noted("요점 하나", "point"), "요점 둘"],
            technical_significance=noted("기술.", "technical", **many),
            industry_impact=noted("산업.", "industry", **many),
            outlook=noted("전망.", "outlook", **many),
            other=[
                {"after": after, "text": noted(f"그 밖의 글 {after}", f"other {after}", **many)}
                for after in ("headline", "points", "rule")
            ],
            picture=hidden_picture("noted"),
            picture_alt=noted("그림의 설명", "alt"),
            picture_caption=noted("설명", "caption"),
            picture_credit=noted("제공", "credit"),
            read_by=noted("김하나", "reader"),
            tags=["반도체"],
        )
        uid = uuid.uuid5(uuid.NAMESPACE_URL, f"noted {number}")
        feed_id = f"tag:testserver,2026:article/{number}"
        Article.objects.filter(pk=article.pk).update(uid=uid, feed_id=feed_id)

    def _correct(self, digest, before):
        """Publish a correction whose change is shown to readers."""
        articles = [
            article | {"outlook": self.noted("전망이 바뀌었다.", "new outlook", has_lines=True)}
            for article in before["articles"]
        ]
        changes = diffing.as_rows(diffing.compare(before, before | {"articles": articles}))
        text = self.noted("둘을 셋으로 바로잡습니다.", "correction", has_lines=True)
        for article in (None, digest.articles.first()):
            publishing.correct(digest, text, article=article, changes=changes)

    def preview_address(self):
        """The preview link of a draft with the same texts."""
        draft = make_digest("2026-01-05", articles=0, published=False, title=self.digest.title)
        self._add_article(draft, 3)
        _link, token = preview_links.make(draft)
        return f"/preview/{token}/"
