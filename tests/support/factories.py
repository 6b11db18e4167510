"""Builders of test data. They use the project's own functions where possible."""

import datetime as dt
from io import BytesIO

from django.contrib.auth.models import Permission, User
from PIL import Image

from articles.digests import editing, naming, publishing, revisions
from articles.models import Article, Digest, Picture
from articles.pictures import files
from articles.rules.hidden_text import shown_line
from articles.rules.lines import CitationLine
from articles.rules.text import unique_slug

DAY = dt.date(2026, 1, 3)
STAMP = dt.datetime(2026, 1, 2, 22, 0, tzinfo=dt.UTC)  # 07:00 on DAY in Seoul
CITATION = ("한빛일보", "https://hanbit.example/2026/01/03/1", "2026-01-03")


def make_digest(date=DAY, *, articles=2, published=True, **fields):
    """A digest with so many articles, by default published at 07:00 in Seoul on its day."""
    if isinstance(date, str):
        date = dt.date.fromisoformat(date)
    fields.setdefault("title", f"{date} AI 뉴스")
    digest = Digest.objects.create(date=date, **fields)
    for number in range(1, articles + 1):
        url = f"https://hanbit.example/{date:%Y/%m/%d}/{number}"
        citations = [("한빛일보", url, date.isoformat())]
        make_article(digest, headline=f"{number}번째 기사의 제목", citations=citations)
    if published:
        digest = publish(digest)
    return digest


def publish(digest):
    at = STAMP + (digest.date - DAY)
    return publishing.publish(digest, at=at, unchecked=True)


def make_article(
    digest, *, headline="새 가속기 공개", citations=(CITATION,), tags=(), storyline="", **fields
):
    """An article at the end of the digest; citations are (publisher, url, ISO date or None),
    `storyline` is a name."""
    fields.setdefault("points", ["첫째 요점", "둘째 요점"])
    fields.setdefault("technical_significance", "기술적으로 뜻있는 일.")
    fields.setdefault("industry_impact", "산업이 바뀐다.")
    fields.setdefault("outlook", "내년에 더 커질 전망.")
    slugs = list(digest.articles.values_list("slug", flat=True))
    fields.setdefault("slug", unique_slug(shown_line(headline), slugs))
    position = len(slugs) + 1
    article = Article.objects.create(digest=digest, position=position, headline=headline, **fields)
    editing.set_citations(article, [citation_line(*citation) for citation in citations])
    if tags:
        editing.set_tags(article, tags)
    if storyline:
        editing.set_storyline(article, storyline)
    if digest.status in (Digest.Status.PUBLISHED, Digest.Status.SCHEDULED):
        naming.settle()
    return article


def make_picture(color="navy", **fields):
    """A small picture with its files."""
    return Picture.objects.get(pk=files.store(image_file(color=color, **fields)).pk)


def image_file(size=(600, 300), color="navy", *, mode="RGB", kind="PNG", **options):
    """The bytes of a picture of one colour."""
    file = BytesIO()
    Image.new(mode, size, color).save(file, kind, **options)
    return file.getvalue()


def citation_line(publisher, url, published_on=None):
    return CitationLine(publisher, url, published_on and dt.date.fromisoformat(published_on))


def record(digest, **options):
    """Keep a revision of the present state, as a save does, but without a new version."""
    return revisions.keep(digest, revisions.snapshot(digest), **options)


def make_user(username="minji", *, permissions=(), **fields):
    """A staff user with exactly the named permissions of this app."""
    fields.setdefault("is_staff", True)
    user = User.objects.create_user(username, password="correct horse", **fields)
    found = Permission.objects.filter(content_type__app_label="articles", codename__in=permissions)
    assert len(found) == len(set(permissions)), permissions
    user.user_permissions.set(found)
    return user
