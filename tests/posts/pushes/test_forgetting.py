"""Refused pushes are kept for a while only; all others are the history of their digests."""

import datetime as dt
from io import StringIO

from django.core.management import call_command
from django.test import TestCase
from django.utils import timezone

from articles.models import Push
from articles.posts.pushes.problems import Refused
from tests.support.pushes import hand_in


class ForgettingTests(TestCase):
    def test_run_due_forgets_refused_pushes_after_ninety_days(self):
        hand_in("하나")
        for _twice in range(2):
            with self.assertRaises(Refused):
                hand_in(text="-\n")
        long_ago = timezone.now() - dt.timedelta(days=91)
        refused = Push.objects.filter(outcome="refused")
        Push.objects.exclude(pk=refused.latest("pk").pk).update(received_at=long_ago)
        call_command("run_due", stdout=StringIO())
        outcomes = Push.objects.order_by("pk").values_list("outcome", flat=True)
        self.assertEqual(list(outcomes), ["created", "refused"])
