"""Several nodes at once: each page is one candidate, and each feed is polled by one."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connections
from django.test import TransactionTestCase

from articles.inbox import arriving, polling
from articles.models import Arrival, Candidate, FollowedFeed, OriginDay
from tests.inbox.candidates import make_feed, page

NODES = 4


def at_once(job):
    """All that a job returned for each of several nodes, each with its own connection."""

    def run(number):
        try:
            return job(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(NODES) as pool:
        return [each for found in pool.map(run, range(NODES)) for each in found]


class RaceTests(TransactionTestCase):
    serialized_rollback = True

    def test_origins_that_have_the_same_pages_make_one_candidate_of_each(self):
        pages = [page(number) for number in range(20)]

        def bring(number):
            found = pages if number % 2 else pages[::-1]
            return [outcome.fate for outcome in arriving.take(found, f"feed:{number}")]

        fates = at_once(bring)
        self.assertEqual((fates.count("new"), fates.count("known")), (20, 60))
        self.assertEqual((Candidate.objects.count(), Arrival.objects.count()), (20, 80))
        counts = OriginDay.objects.exclude(origin="").values_list("came", flat=True)
        self.assertEqual(list(counts), [20] * NODES)

    def test_one_origin_from_several_nodes_keeps_its_limit(self):
        def bring(number):
            found = [page(1_000 * number + n) for n in range(200)]
            return [outcome.fate for outcome in arriving.take(found, "program:1")]

        fates = at_once(bring)
        self.assertEqual(fates.count("new"), arriving.MOST_A_DAY)
        self.assertEqual(Candidate.objects.count(), arriving.MOST_A_DAY)

    def test_each_feed_is_taken_by_one_node(self):
        for number in range(10):
            make_feed(f"https://feeds.example/{number}")

        def take(_number):
            taken = []
            while feed := polling.take():
                taken.append(feed.pk)
            return taken

        taken = at_once(take)
        self.assertEqual(sorted(taken), sorted(FollowedFeed.objects.values_list("pk", flat=True)))
