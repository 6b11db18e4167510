from django.contrib.auth.models import User
from django.test import TestCase
from django.urls import reverse

from articles.changes import site_version
from articles.models import Citation, Digest, Publisher, PublisherDomain
from tests.admin.test_roles import FORBIDDEN, FOUND, LOGIN, OK, RoleTestCase
from tests.support.factories import make_digest, make_user, publish

LIST = reverse("admin:articles_publisher_changelist")
ADD = reverse("admin:articles_publisher_add")
DOMAINS = {"domains-TOTAL_FORMS": 1, "domains-INITIAL_FORMS": 0}


class PublisherTests(TestCase):
    def setUp(self):
        self.client.force_login(User.objects.create_superuser("editor", password="x"))

    def test_a_blank_slug_is_made_from_the_name(self):
        Publisher.objects.create(name="다른 신문", slug="한빛-신문")
        data = DOMAINS | {
            "name": "한빛 신문",
            "slug": "",
            "domains-0-domain": "News.Hanbit.example",
        }
        self.assertEqual(self.client.post(ADD, data).status_code, 302)
        publisher = Publisher.objects.get(name="한빛 신문")
        self.assertEqual(publisher.slug, "한빛-신문-2")
        self.assertEqual(publisher.domains.get().domain, "news.hanbit.example")

    def test_a_typed_slug_stays(self):
        self.client.post(ADD, DOMAINS | {"name": "한빛", "slug": "hanbit"})
        self.assertEqual(Publisher.objects.get().slug, "hanbit")

    def test_a_domain_with_a_scheme_is_refused(self):
        data = DOMAINS | {"name": "한빛", "slug": "", "domains-0-domain": "https://hanbit.example"}
        self.assertEqual(self.client.post(ADD, data).status_code, 200)
        self.assertEqual(Publisher.objects.count(), 0)

    def test_the_list(self):
        Publisher.objects.create(name="한빛", slug="hanbit")
        self.assertContains(self.client.get(LIST), "한빛")

    def test_the_list_counts_citations_also_in_a_search(self):
        make_digest(articles=2)
        PublisherDomain.objects.create(publisher=Publisher.objects.get(), domain="hanbit.test")
        for query in ({}, {"q": "hanbit"}, {"is_portal__exact": "0"}):
            [publisher] = self.client.get(LIST, query).context["cl"].result_list
            self.assertEqual(publisher.use_count, 2)

    def test_a_cited_publisher_is_not_deleted_and_the_page_says_what_to_do(self):
        make_digest(articles=2)
        publisher = Publisher.objects.get()
        url = reverse("admin:articles_publisher_delete", args=[publisher.pk])
        self.assertContains(self.client.get(url), "2")
        self.assertNotContains(self.client.get(url), 'name="post"')
        self.client.post(url, {"post": "yes"})
        self.assertTrue(Publisher.objects.exists())

    def change(self, publisher, **changes):
        url = reverse("admin:articles_publisher_change", args=[publisher.pk])
        domains = publisher.domains.get()
        data = {
            "name": publisher.name,
            "slug": publisher.slug,
            "domains-TOTAL_FORMS": 1,
            "domains-INITIAL_FORMS": 1,
            "domains-0-id": domains.pk,
            "domains-0-publisher": publisher.pk,
            "domains-0-domain": domains.domain,
        }
        self.assertEqual(self.client.post(url, data | changes).status_code, 302)

    def test_a_new_address_leaves_the_old_one_leading_to_it(self):
        make_digest(articles=1)
        publisher = Publisher.objects.get()
        old = publisher.get_absolute_url()
        self.change(publisher, slug="hanbit")
        self.assertRedirects(self.client.get(old), "/publishers/hanbit/", status_code=301)

    def test_readers_see_another_page_of_a_cited_publisher(self):
        digest = make_digest(articles=1, published=False)
        publisher = Publisher.objects.get()
        before = site_version.current()
        self.change(publisher, home_page="https://hanbit.example/")
        self.assertEqual(site_version.current(), before)
        publish(digest)
        before = site_version.current()
        self.change(publisher, home_page="https://www.hanbit.example/")
        self.assertGreater(site_version.current().number, before.number)

    def test_renaming_is_noted_in_the_histories(self):
        digest = make_digest(articles=1, published=False)
        self.change(Publisher.objects.get(), name="한빛신문")
        self.assertEqual(Digest.objects.get().version, 2)
        self.assertIn("한빛신문", digest.revisions.get().note)


class OfAddressTests(RoleTestCase):
    url = reverse("admin:articles_publisher_of_address")

    def setUp(self):
        publisher = Publisher.objects.create(name="한빛", slug="hanbit")
        PublisherDomain.objects.create(publisher=publisher, domain="hanbit.example")

    def name(self, url):
        return self.client.get(self.url, {"url": url}).json()["name"]

    def test_who_may(self):
        self.assertEqual(
            self.answers(lambda: self.client.get(self.url)), [LOGIN, FORBIDDEN, OK, OK]
        )
        self.assertEqual(self.client.post(self.url).status_code, 405)

    def test_domains_and_those_below(self):
        self.client.force_login(self.writer)
        for url, name in (
            ("https://hanbit.example/1", "한빛"),
            ("https://www.hanbit.example/1", "한빛"),
            ("https://news.hanbit.example/1?a=1", "한빛"),
            ("https://www.nothanbit.example/1", "nothanbit.example"),
            ("javascript:alert(1)", ""),
            ("https://[", ""),
            ("", ""),
        ):
            with self.subTest(url):
                self.assertEqual(self.name(url), name)


class MergingTests(RoleTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        permissions = [f"{verb}_publisher" for verb in ("view", "change", "delete")]
        cls.editor = make_user("outlets", permissions=[*permissions, "publish_digest"])
        cls.writer = make_user("reporter", permissions=permissions)

    def test_who_may(self):
        make_digest(articles=1)
        target = Publisher.objects.create(name="한빛", slug="hanbit")
        chosen = [target.pk, Publisher.objects.get(name="한빛일보").pk]
        data = {"action": "merge_selected", "_selected_action": chosen, "target": target.pk}
        left = []

        def ask():
            response = self.client.post(LIST, data)
            left.append(Publisher.objects.count())
            return response

        answers = self.answers(ask)
        self.assertEqual(answers, [LOGIN, FORBIDDEN, OK, FOUND])
        self.assertEqual(left, [2, 2, 2, 1])
        self.assertEqual(Citation.objects.get().publisher, target)
