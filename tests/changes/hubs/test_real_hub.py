"""From a subscription to delivery, through a hub of others: Flask-WebSub's, on this machine.

It verifies the subscriber's intent, fetches the feed itself when it is told of a change, insists on
the Link headers, and signs what it delivers (W3C Recommendation WebSub, sections 5 to 7).
"""

import hashlib
import hmac
import io
import json
import re
import tempfile
import urllib.request
from pathlib import Path
from urllib.parse import parse_qsl, urlencode
from wsgiref.simple_server import WSGIRequestHandler, make_server

import celery
import feedparser
import flask
import pytest
from django.test import LiveServerTestCase, override_settings
from flask_websub.hub import Hub, SQLite3HubStorage

from articles.changes import hubs
from articles.digests import publishing
from articles.models import HubAttempt, HubPing
from tests.changes.hubs.servers import running
from tests.support.factories import make_article, make_digest
from tests.support.waiting import PATIENCE

SECRET = "between the two of us"


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *arguments):
        """Into no terminal."""


def make_hub(folder):
    """A Flask application that is a hub at `/hub`, whose tasks are done at once."""
    tasks = celery.Celery(broker="memory://")
    tasks.conf.update(task_always_eager=True, task_eager_propagates=True)
    hub = Hub(SQLite3HubStorage(str(folder / "hub.sqlite3")), tasks)
    app = flask.Flask("hub")
    app.config["PUBLISH_SUPPORTED"] = True
    app.register_blueprint(hub.build_blueprint(url_prefix="/hub"))
    return app


class Subscriber:
    """A WSGI application that agrees to what it asked for, and keeps what it gets."""

    def __init__(self, page_of):
        self.page_of = page_of
        self.asked, self.delivered, self.statuses = [], [], []

    def __call__(self, environ, start_response):
        if environ["REQUEST_METHOD"] == "GET":
            query = dict(parse_qsl(environ["QUERY_STRING"]))
            self.asked.append(query)
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [query["hub.challenge"].encode()]
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        self.delivered.append((body, environ))
        # Whoever gets the feed follows its links at once.
        self.statuses.append(self.page_of(body))
        start_response("204 No Content", [])
        return []


def fetch(address, data=None):
    with urllib.request.urlopen(address, data, timeout=PATIENCE) as response:
        return response.status, response.headers, response.read()


def newest_page(body):
    """The status of the page that the newest item of a feed leads to."""
    return fetch(feedparser.parse(io.BytesIO(body)).entries[0].link)[0]


def wsgi(app):
    return running(make_server("127.0.0.1", 0, app, handler_class=QuietHandler))


# The hub hears HTTP; what becomes a message, both engines keep in `test_queue.py`.
@pytest.mark.one_engine
class RealHubTests(LiveServerTestCase):
    serialized_rollback = True

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.subscriber = Subscriber(newest_page)
        self.hub = self.enterContext(wsgi(make_hub(self.folder))) + "/hub"
        self.callback = self.enterContext(wsgi(self.subscriber)) + "/callback"
        settings = override_settings(SITE_URL=self.live_server_url, WEBSUB_HUBS=[self.hub])
        self.enterContext(settings)

    def subscribe(self, path):
        """As a subscriber does: find hub and topic in the feed, then ask the hub."""
        _status, headers, _body = fetch(self.live_server_url + path)
        links = re.findall(r'<([^>]*)>; rel="(\w+)"', headers["Link"])
        found = {rel: address for address, rel in links}
        self.assertEqual(found, {"hub": self.hub, "self": self.live_server_url + path})
        form = {
            "hub.mode": "subscribe",
            "hub.topic": found["self"],
            "hub.callback": self.callback,
            "hub.secret": SECRET,
        }
        status, _headers, _body = fetch(found["hub"], urlencode(form).encode())
        self.assertEqual(status, 202)
        self.assertEqual(self.subscriber.asked[-1]["hub.topic"], found["self"])

    def delivered(self):
        """What came since the last time, each with a valid signature."""
        self.assertGreater(hubs.queue_pings(), 0)
        told = hubs.send_due()
        self.assertEqual(told, HubPing.objects.filter(state="accepted").count())
        self.assertFalse(HubAttempt.objects.exclude(error="").exists())
        HubPing.objects.all().delete()
        bodies = []
        for body, environ in self.subscriber.delivered:
            algorithm, _, signature = environ["HTTP_X_HUB_SIGNATURE"].partition("=")
            expected = hmac.new(SECRET.encode(), body, getattr(hashlib, algorithm)).hexdigest()
            self.assertEqual(signature, expected)
            bodies.append(body.decode())
        self.subscriber.delivered.clear()
        return bodies

    def test_publication_correction_and_withdrawal_reach_the_subscriber(self):
        make_digest("2026-01-02")
        self.delivered()
        self.subscribe("/feeds/digests.rss")
        digest = make_digest("2026-01-03", title="구독자에게 가는 소식")
        [feed] = self.delivered()
        self.assertIn("구독자에게 가는 소식", feed)
        publishing.correct(digest, "둘을 셋으로 바로잡습니다.")
        [feed] = self.delivered()
        self.assertIn("둘을 셋으로 바로잡습니다.", feed)
        publishing.withdraw(digest)
        [feed] = self.delivered()
        self.assertNotIn("구독자에게 가는 소식", feed)
        self.assertEqual(self.subscriber.statuses, [200, 200, 200])

    def test_every_format_is_delivered(self):
        make_digest("2026-01-02", articles=1)
        for form in ("rss", "atom", "json"):
            self.subscribe(f"/feeds/articles.{form}")
        self.subscriber.page_of = lambda body: None
        self.delivered()
        make_digest("2026-01-03", articles=1, title="모든 형식으로")
        rss, atom, feed = sorted(self.delivered(), key=lambda body: body[0] == "{")
        self.assertEqual(len(json.loads(feed)["items"]), 2)
        for document in (rss, atom):
            self.assertEqual(len(feedparser.parse(document).entries), 2)

    def test_only_the_feed_of_the_topic_that_changed_is_delivered(self):
        digests = [make_digest(f"2026-01-{day:02}", published=False) for day in (2, 3)]
        for digest, tag in zip(digests, ("chips", "robots"), strict=True):
            make_article(digest, headline=tag, tags=[tag])
            publishing.publish(digest, unchecked=True)
        self.delivered()
        self.subscribe("/tags/chips/feed.atom")
        self.subscribe("/tags/robots/feed.atom")
        publishing.correct(digests[1], "로봇 소식을 바로잡습니다.")
        [feed] = self.delivered()
        self.assertIn("/tags/robots/feed.atom", feed)
