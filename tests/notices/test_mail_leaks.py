"""Mails leave the house, so they have no text of a hidden digest."""

from django.test import override_settings

from articles.digests import assigning, publishing
from articles.models import Digest
from articles.notices import events, mailing
from tests.support import leaks
from tests.support.hidden_site import DAYS, HOUR, NOON, Site
from tests.test_leaks import LeakTestCase


@override_settings(SITE_URL="https://news.example")
class MailLeakTests(LeakTestCase):
    # Who did something may be told.
    NAMES = ("author username", "author first_name", "author last_name", "program")

    def test_no_mail_has_a_text_of_a_hidden_digest(self):
        with self.site(make=Site, hidden=True) as site:
            hidden = Digest.objects.get(date=DAYS["draft"])
            publishing.send_back(hidden, note=site.hidden_word("why it goes back"))
            publishing.submit(hidden, note=site.hidden_word("why it comes again"))
            comment = {"comment": site.hidden_word("a new comment")}
            uid = str(hidden.articles.first().uid)
            assigning.apply(hidden, {uid: comment}, by=site.author)
            told = events.fresh(NOON - 8 * 24 * HOUR)
            kinds = {event.kind for event in told}
            self.assertGreaterEqual(kinds, {"submitted", "sent-back", "commented", "push-arrived"})
            mails = [mailing.written([event]) for event in told] + [mailing.written(told)]
            text = "\n".join(part for mail in mails for part in mail)
            self.assertIn(f"{hidden.date:%Y-%m-%d}", text)
            places = tuple(place for place in site.unseen() if place not in self.NAMES)
            self.assertGreater(len(places), 50)
            self.assertEqual(leaks.spoken_in(text.encode(), places), [])
