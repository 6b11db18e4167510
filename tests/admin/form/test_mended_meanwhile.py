"""One editor mends a draft and publishes it while another has the faulty text open."""

from articles.digests import revisions
from tests.support.desk import DeskTestCase, filled
from tests.support.factories import make_digest, publish, record

FAULTY = "한빛일보"
MENDED = "한빛일보 | https://hanbit.example/9 | 2026-01-02"
OTHER = "가온뉴스 | https://gaon.example/1 | 2026-01-02"


class MendedMeanwhileTests(DeskTestCase):
    def setUp(self):
        super().setUp()
        self.digest = make_digest(articles=2, published=False)
        record(self.digest)
        lines = f"{FAULTY}\r\n{OTHER}"
        faulty = filled(self.digest, title="", articles_0_citation_lines=lines)
        self.assertSaved(self.save(self.digest, faulty))
        self.digest.refresh_from_db()
        self.opened = filled(self.digest, articles_0_citation_lines=lines)
        mended = filled(
            self.digest, title="고친 호", articles_0_citation_lines=f"{MENDED}\r\n{OTHER}"
        )
        self.assertSaved(self.save(self.digest, mended))
        publish(self.digest)
        self.digest.refresh_from_db()

    def addresses(self):
        first = revisions.snapshot(self.digest)["articles"][0]
        return [citation["url"] for citation in first["citations"]]

    def test_what_the_other_mended_need_not_be_mended_again(self):
        changed = self.opened | {"articles-0-outlook": "새 전망."}
        self.assertSaved(self.save(self.digest, changed))
        self.digest.refresh_from_db()
        self.assertEqual(self.digest.title, "고친 호")
        self.assertEqual(self.digest.articles.get(position=1).outlook, "새 전망.")
        self.assertEqual(self.addresses(), ["https://hanbit.example/9", "https://gaon.example/1"])

    def test_a_new_fault_is_refused(self):
        changed = self.opened | {"articles-0-citation_lines": f"{FAULTY}\r\n{OTHER}\r\n나래"}
        response = self.save(self.digest, changed)
        self.assertEqual(response.status_code, 200)
        row = response.context["inline_admin_formsets"][0].formset.forms[0]
        [error] = row.errors["citation_lines"]
        self.assertIn("3번째 줄", error)

    def test_choosing_the_faulty_text_is_refused_at_its_field(self):
        lines = f"{OTHER}\r\n{FAULTY}"
        response = self.save(self.digest, self.opened | {"articles-0-citation_lines": lines})
        self.assertEqual(response.status_code, 409)
        data = dict(response.context["typed"])
        data |= {"chosen-version": response.context["version"]}
        data |= {each["name"]: "mine" for each in response.context["questions"]}
        response = self.save(self.digest, data)
        self.assertEqual(response.status_code, 200)
        self.assertContains(response, FAULTY)
        row = response.context["inline_admin_formsets"][0].formset.forms[0]
        self.assertTrue(row.errors["citation_lines"])
        self.assertIn("https://hanbit.example/9", self.addresses())
