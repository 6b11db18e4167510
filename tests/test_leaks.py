"""What is hidden changes no byte of what anybody outside the desk can ask for."""

import base64
import datetime as dt
import json
import logging
import re
import unicodedata
from contextlib import contextmanager
from urllib.parse import quote

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from django.test import Client, SimpleTestCase, TestCase, override_settings
from django.urls import reverse

from articles.digests import preview_links, publishing
from articles.models import Digest, Webhook
from articles.notices.events import KINDS
from articles.rules.text import slugify
from tests.admin.matrix import patterns
from tests.support import leaks
from tests.support.address_kinds import some_of_each
from tests.support.canaries import canary
from tests.support.factories import make_user
from tests.support.hidden_site import DAYS, HOUR, NO_DAY, NOON, Site, now
from tests.support.receivers import THIS_MACHINE, Receiver, deliver, make_webhook, running

SECOND = dt.timedelta(seconds=1)


class LeakTestCase(TestCase):
    def setUp(self):
        logging.disable(logging.CRITICAL)  # thousands of addresses that are none
        self.addCleanup(logging.disable, logging.NOTSET)
        traveller = time_machine.travel(NOON, tick=False)
        traveller.start()
        self.addCleanup(traveller.stop)
        # Today's issue was due at seven. Readers may know that it is missing, but not its draft.
        settings = override_settings(DIGEST_DEADLINE={weekday: dt.time(7) for weekday in range(7)})
        settings.enable()
        self.addCleanup(settings.disable)
        self.visitors = self.make_visitors()

    @contextmanager
    def site(self, make=Site, **options):
        """A site that is gone afterwards."""
        with transaction.atomic():
            yield make(**options)
            transaction.set_rollback(True)

    def make_visitors(self):
        """Those who have no business with hidden digests, by what they are."""
        expired, clerk = Client(), Client()
        store = SessionStore()
        store["_auth_user_id"] = "1"
        store.set_expiry(-60)
        store.create()
        expired.cookies["sessionid"] = store.session_key
        clerk.force_login(make_user("clerk"))
        return {"an expired session": expired, "staff without permissions": clerk}

    def assertNothingLeaks(self, answers, places):
        found = {
            f"{method} {address}": list(leaks.leaks(answer, address, places))
            for (method, address, _headers), answer in answers.items()
        }
        self.assertEqual({question: what for question, what in found.items() if what}, {})

    def assertSame(self, answers, twins):
        """The whole of every answer, named by its question where it differs."""
        answers, twins = (
            {q: leaks.known_by(a, q[1]) for q, a in s.items()} for s in (answers, twins)
        )
        different = [question for question in answers if answers[question] != twins[question]]
        for question in different[:5]:
            self.assertEqual(answers[question], twins[question], question)


# That hidden rows are given by neither engine, `WorkTests` sees on both.
@pytest.mark.one_engine
class TwinTests(LeakTestCase):
    """The site is asked everything at five moments, and so is its twin that hides nothing: the
    twin by a stranger, and the site by those who have no business with what is hidden."""

    def setUp(self):
        super().setUp()
        self.passed = now() - SECOND
        guessed = {address for found in leaks.guesses().values() for address in found}
        with self.site(hidden=True) as site:
            site.publish_other()
            site.schedule(self.passed)  # all that ever comes out, so that its links are known
            self.addresses = sorted(guessed | leaks.crawl(Client()).keys())
        self.few = some_of_each(self.addresses)

    def twins(self):
        """What the site answers without anything hidden: at first, with another digest, and with
        the scheduled one, which is looked at closely where it shows. Returns where, too."""
        looks = leaks.Looks()
        with self.site(hidden=False) as site:
            plain = looks.look(self.addresses, self.few)
            with transaction.atomic():
                site.publish_other()
                with_other = looks.look(self.addresses)
                transaction.set_rollback(True)
            site.schedule(self.passed)
            with_scheduled = looks.look(self.addresses)
            moved = [q for q, answer in with_scheduled.items() if answer != plain[q]]
            moved = some_of_each([address for _method, address, _headers in moved])
            with_scheduled |= looks.look([], moved)
        return plain, with_other, with_scheduled, moved

    def test_no_answer_tells_of_hidden_things_at_any_moment(self):
        plain, with_other, with_scheduled, moved = self.twins()
        self.assertGreater(len(moved), 50)
        self.looks = leaks.Looks(self.visitors.values())
        with self.site(hidden=True) as site:
            answers = self.compare("before", site, plain, closely=self.few)
            self.assertNobodyIsAnsweredByWhoTheyAre(answers)
            site.schedule(now() + 2 * HOUR)
            self.compare("after another hour was chosen", site, plain)
            site.publish_other()
            self.compare("after another digest came out", site, with_other, "other")
            site.withdraw_other()
            self.compare("after it was withdrawn", site, plain)
            site.schedule(self.passed)
            self.compare(
                "in the second after the hour", site, with_scheduled, "scheduled", closely=moved
            )
            publishing.release(Digest.objects.get(date=DAYS["scheduled"]).pk)
            self.compare("after run_due", site, with_scheduled, "scheduled")

    def compare(self, moment, site, twins, *out, closely=()):
        with self.subTest(moment):
            answers = self.looks.look(self.addresses, closely)
            title = site.public.title.encode()
            self.assertIn(title, answers["GET", "/2026/01/03/", ()].body)
            for kind in out:
                page = answers["GET", f"/{DAYS[kind]:%Y/%m/%d}/", ()].body.decode()
                self.assertIn(canary(f"{kind} title"), page)
            # What the site without hidden things answers too tells of none.
            others = {q: answer for q, answer in answers.items() if answer != twins[q]}
            self.assertNothingLeaks(others, site.unseen(*out))
            self.assertSame(answers, twins)
        return answers

    def assertNobodyIsAnsweredByWhoTheyAre(self, answers):
        """The visitors were answered like a stranger; and `Vary` says that of all others."""
        for address in self.addresses:
            if not address.startswith("/admin"):
                headers = dict(answers["GET", address, ()].headers)
                self.assertNotIn("Cookie", headers.get("Vary", ""), address)


class WorkTests(LeakTestCase):
    """What is hidden costs the work of what never was: nobody tells them apart by time.

    All addresses are asked with SQLite. With PostgreSQL it is those of the search, which has
    statements of its own there, and some of each other kind, all over the list."""

    def addresses(self):
        guesses = leaks.guesses()
        addresses = sorted({address for found in guesses.values() for address in found})
        addresses = [address for address in addresses if not address.startswith("/admin")]
        if connection.vendor == "sqlite":
            return addresses
        return sorted({*some_of_each(addresses, most=8), *guesses["search"]})

    def test_every_address_asks_the_database_the_same_as_on_a_site_that_hides_nothing(self):
        addresses = self.addresses()
        with self.site(hidden=True):
            costs = {address: leaks.work(Client(), address) for address in addresses}
        self.assertGreater(sum(map(bool, costs.values())), 200)
        with self.site(hidden=False):
            for address in addresses:
                with self.subTest(address):
                    self.assertEqual(costs[address], leaks.work(Client(), address))


class HiddenAddressTests(LeakTestCase):
    """Whatever hides something answers like what never was, however it is asked."""

    def test_hidden_days_and_topics_are_like_any_that_never_were(self):
        with self.site(hidden=True):
            nowhere = [f"/{NO_DAY:%Y/%m/%d}/"]
            never = leaks.answers(Client(), nowhere, nowhere)
            hidden = [f"/{day:%Y/%m/%d}/" for day in DAYS.values()]
            hidden += [f"/tags/{quote(word)}/" for word in leaks.words()]
            for address in hidden:
                for (method, _never, headers), answer in never.items():
                    with self.subTest(f"{method} {address}", headers=headers):
                        asked = leaks.ask(Client(), address, method, dict(headers))
                        self.assertEqual(asked, answer)
                        self.assertIn(answer.line[:3], ("404", "405"))

    def test_links_that_ended_are_like_any_that_never_were(self):
        with self.site(hidden=True):
            never = leaks.ask(Client(), f"/preview/{'A' * 43}/")
            for kind in ("draft", "scheduled", "withdrawn"):
                digest = Digest.objects.get(date=DAYS[kind])
                if kind == "withdrawn":
                    digest = publishing.submit(digest)
                link, token = preview_links.make(digest)
                if kind == "withdrawn":
                    publishing.send_back(digest, note="다시")
                else:
                    preview_links.revoke(link)
                for method in ("GET", "HEAD", "POST", "OPTIONS"):
                    with self.subTest(kind, method=method):
                        address = f"/preview/{token}/"
                        expected = leaks.ask(Client(), f"/preview/{'A' * 43}/", method)
                        self.assertEqual(leaks.ask(Client(), address, method), expected)
            self.assertEqual(never.line, "404 Not Found")


class PreviewLinkTests(LeakTestCase):
    def test_a_link_shows_its_digest_and_nothing_else(self):
        with self.site(hidden=True) as site:
            for kind in ("draft", "scheduled"):
                recipient = site.hidden_word(f"recipient of {kind}")
                digest = Digest.objects.get(date=DAYS[kind])
                _link, token = preview_links.make(digest, recipient=recipient)
                address = f"/preview/{token}/"
                addresses = [address, f"{address}?digest=1"]
                answers = leaks.answers(Client(), addresses, addresses)
                page = answers["GET", address, ()].body.decode()
                self.assertIn(canary(f"{kind} headline 2"), page)
                self.assertNothingLeaks(answers, site.unseen(kind))


@override_settings(WEBHOOK_PRIVATE_NETWORKS=THIS_MACHINE)
class WebhookTests(LeakTestCase):
    """Receivers learn days, counts, names of people and programs, and nothing that was written."""

    NAMES = ("author username", "author first_name", "author last_name", "program")
    TEMPLATE = '{"a": "{{ sentence }} {{ kind }} {{ date }} {{ articles }} {{ url }} {{ site }}"}'

    def test_no_receiver_learns_a_text_of_a_hidden_digest(self):
        receiver = Receiver()
        with running(receiver) as origin, self.site(hidden=True) as site:
            for form in Webhook.Form.values:
                fields = {"form": form, "chat": "@desk", "template": self.TEMPLATE}
                make_webhook(origin, *KINDS, **fields, active_since=NOON - 8 * 24 * HOUR)
            hidden = Digest.objects.get(date=DAYS["draft"])
            publishing.send_back(hidden, note=site.hidden_word("why it goes back"))
            publishing.submit(hidden, note=site.hidden_word("why it comes again"))
            deliver()
            bodies = [body for _headers, body in receiver.heard if body.startswith(b'{"type"')]
            told = {json.loads(body)["type"] for body in bodies}
            steps = {"digest.submitted", "digest.sent_back", "digest.commented", "push.arrived"}
            self.assertGreaterEqual(told, steps)
            places = [place for place in site.unseen() if place not in self.NAMES]
            for headers, body in receiver.heard:
                answer = leaks.Answer("", tuple(headers.items()), "", body)
                self.assertEqual(list(leaks.leaks(answer, "/", places)), [])


# Who is let in, the views decide before they ask for rows.
@pytest.mark.one_engine
class DeskTests(LeakTestCase):
    """Staff without permissions may log in and change their password, and learn nothing."""

    def test_staff_without_permissions_see_nothing_of_the_desk(self):
        clerk = self.visitors["staff without permissions"]
        with self.site(hidden=True) as site:
            answers = {}
            for address in self.addresses():
                for method in ("GET", "POST"):
                    if (method, address) != ("POST", reverse("admin:logout")):
                        answers[method, address, ()] = leaks.ask(clerk, address, method)
            self.assertNothingLeaks(answers, site.unseen())
            self.assertGreater(len(answers), 500)
            logged_out = leaks.ask(clerk, reverse("admin:logout"), "POST")
            self.assertNothingLeaks({("POST", "", ()): logged_out}, site.unseen())

    def addresses(self):
        """Every address of the desk, with the numbers of what there is and one that never was."""
        rows = {content_type.model: pks for content_type, pks in self.rows()}
        uid = Digest.objects.get(date=DAYS["draft"]).articles.first().uid
        for _name, route in patterns():
            route = re.sub(r"\^?\(\?P<app_label>.*", "articles/", route)
            route = re.sub(r"\^?\(\?P.*", "nowhere/", route)
            route = re.sub(r"<uuid:\w+>", str(uid), route)
            route = route.replace("<slug:name>", "submit").replace("<int:number>", "1")
            model = "".join(route.split("/")[2:3])
            for pk in [*rows.get(model, []), 999_999] if "<" in route else [1]:
                address = "/" + re.sub(r"<[^>]*>", str(pk), route)
                yield address
        yield from self.lookups()
        for content_type, pks in self.rows():
            yield from (f"/admin/r/{content_type.pk}/{pk}/" for pk in pks)

    def rows(self):
        """The first and last primary keys of every table, with its content type."""
        for content_type in ContentType.objects.order_by("pk"):
            keys = content_type.model_class()._base_manager.order_by("pk")
            pks = [pk for pk in keys.values_list("pk", flat=True) if isinstance(pk, int)]
            yield content_type, [*pks[:4], *pks[-2:]]

    def lookups(self):
        """Questions to lists and suggestions."""
        for model in ("digest", "tag", "publisher", "auditentry", "plannedgap", "digesttemplate"):
            url = reverse(f"admin:articles_{model}_changelist")
            start = quote(canary("draft title")[:5])
            yield from (f"{url}?q={start}", f"{url}?articles__headline__startswith={start}")
            yield from (f"{url}?o=1", f"{url}?status__exact=draft", f"{url}?p=1")
        for model, name in (("article", "digest"), ("citation", "publisher"), ("article", "tags")):
            query = f"app_label=articles&model_name={model}&field_name={name}&term=Kq"
            yield f"{reverse('admin:autocomplete')}?{query}"
        yield f"{reverse('admin:articles_tag_suggest')}?q=kq"
        yield f"{reverse('admin:articles_publisher_of_address')}?url=https://kq.example/"
        for digest in Digest.objects.all():
            yield f"{reverse('admin:articles_digest_presence')}?digest={digest.pk}"
            yield f"{reverse('admin:articles_digest_autosave')}?digest={digest.pk}&sequence=1"


class CoverageTests(SimpleTestCase):
    def test_every_public_address_is_asked(self):
        known, asked = set(leaks.public_patterns()), set(leaks.guesses()) - {""}
        self.assertEqual(sorted(known - asked), [], "addresses that the crawler does not know")
        self.assertEqual(sorted(asked - known), [], "guesses for addresses that there are not")

    def test_a_canary_is_heard_in_every_spelling(self):
        text = canary("somewhere")
        for written in (
            *(text, text.upper(), slugify(text), quote(text), json.dumps(text), text[11:]),
            *(unicodedata.normalize("NFD", text), quote(unicodedata.normalize("NFD", text))),
            *(text.encode("ascii", "xmlcharrefreplace").decode(), text.encode().hex()),
            *(base64.b64encode(f"{before}{text}x".encode()).decode() for before in ("", "a", "ab")),
        ):
            with self.subTest(written):
                answer = leaks.Answer("200 OK", (("Link", written),), "", b"")
                heard = leaks.leaks(answer, "/", ["somewhere", "elsewhere"])
                self.assertEqual(heard, ["somewhere"])
