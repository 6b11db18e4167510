"""Fills in the page on which a digest is written."""

import time

from django.conf import settings
from django.contrib.auth.models import User
from django.test import TestCase
from django.urls import reverse

from articles.digests.editing import storyline_name
from articles.fields import TYPED_FIELDS
from articles.login import two_step_login
from articles.rules.lines import CitationLine, format_citations


def change_url(digest):
    return reverse("admin:articles_digest_change", args=[digest.pk])


def add_url():
    return reverse("admin:articles_digest_add")


def filled(digest, **changes):
    """The data that a browser posts for the untouched form of a digest, with changes by field name.

    `articles_2_headline` changes the third article. A change of a public digest is posted as a
    typo; for other digests the form does not ask.
    """
    articles = list(digest.articles.order_by("position"))
    data = {
        "version": digest.version,
        "date": digest.date.isoformat(),
        "title": digest.title,
        "language": digest.language,
        "introduction": typed(digest.introduction),
        "change_kind": "typo",
        **management(len(articles)),
    }
    for index, article in enumerate(articles):
        data |= article_fields(index, article)
    for name, value in changes.items():
        # articles_0_headline means articles-0-headline.
        data[name.replace("_", "-", 2) if name.startswith("articles_") else name] = value
    return data


def management(total):
    return {"articles-TOTAL_FORMS": total, "articles-INITIAL_FORMS": 0}


def article_fields(index, article):
    values = {name: typed(getattr(article, name)) for name in TYPED_FIELDS}
    citations = [
        CitationLine(c.publisher.name, c.url, c.published_on) for c in article.citations.all()
    ]
    values |= {
        "uid": str(article.uid),
        "picture": str(article.picture.uid) if article.picture else "",
        "points": typed("\n".join(article.points)),
        "citation_lines": typed(format_citations(citations)),
        "storyline": storyline_name(article),
        "tag_names": ", ".join(tag.name for tag in article.tags.all()),
        "ORDER": index + 1,
    }
    return {f"articles-{index}-{name}": value for name, value in values.items()}


def new_article(index, headline, order="", **values):
    """The fields of a row added to the form."""
    blank = dict.fromkeys(
        ["points", "citation_lines", "tag_names", "picture", *TYPED_FIELDS, "uid"], ""
    )
    values = blank | {"headline": headline, "ORDER": order} | values
    return {f"articles-{index}-{name}": value for name, value in values.items()}


def sign_in(client, user):
    """Log in as a user who has just confirmed the login."""
    client.force_login(user)
    session = client.session
    session[two_step_login.SHOWN_AT] = int(time.time())
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key


def typed(text):
    """Browsers send each line break as CR LF."""
    return text.replace("\n", "\r\n")


class DeskTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.editor = User.objects.create_superuser("editor", password="correct horse")

    def setUp(self):
        self.client.force_login(self.editor)

    def save(self, digest, data=None, button="_continue", **changes):
        data = (data or filled(digest)) | changes | {button: "1"}
        return self.client.post(change_url(digest), data)

    def assertSaved(self, response):
        if response.status_code != 302:
            context = response.context
            raise AssertionError((context["errors"], context["adminform"].form.errors))

    def headlines(self, digest):
        return list(digest.articles.order_by("position").values_list("headline", flat=True))
