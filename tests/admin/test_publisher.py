from django.contrib.auth.models import User
from django.test import TestCase
from django.urls import reverse

from articles.models import Publisher

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
        self.assertContains(self.client.get(reverse("admin:articles_publisher_changelist")), "한빛")
