"""The picture of an article at the desk: uploaded by itself, carried by the form, never lost."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _

from articles.models import Article, Picture
from tests.support.desk import DeskTestCase, add_url, change_url, filled, management, new_article
from tests.support.factories import image_file, make_digest, make_picture, make_user, record

UPLOAD = reverse("admin:articles_digest_pictures")


def file(content=None, name="chip.png", kind="image/png"):
    return SimpleUploadedFile(name, content or image_file(), kind)


class UploadTests(DeskTestCase):
    def upload(self, **fields):
        return self.client.post(UPLOAD, fields, headers={"accept": "application/json"})

    def test_a_picture_is_kept_and_shown_at_the_desk_alone(self):
        answer = self.upload(file=file()).json()
        picture = Picture.objects.get()
        self.assertEqual(
            (answer["uid"], answer["width"], answer["height"]), (str(picture.uid), 600, 300)
        )
        self.assertEqual(picture.uploaded_by, self.editor)
        shown = self.client.get(answer["src"])
        self.assertEqual((shown.status_code, shown["Content-Type"]), (200, "image/webp"))
        for word in ("no-store", "private"):
            self.assertIn(word, shown["Cache-Control"])
        self.assertEqual(self.client.get(f"/pictures/{picture.uid}/480.webp").status_code, 404)
        self.assertEqual(Client().get(answer["src"]).status_code, 302)

    def test_the_desk_gets_a_file_at_least_as_wide_as_asked_for(self):
        picture = make_picture(size=(150, 150))
        small = reverse("admin:articles_digest_picture", args=[picture.uid, 480])
        self.assertEqual(self.client.get(small).status_code, 200)
        nothing = reverse("admin:articles_digest_picture", args=[uuid.uuid4(), 480])
        self.assertEqual(self.client.get(nothing).status_code, 404)

    def test_what_is_no_picture_is_refused_with_a_sentence(self):
        svg = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
        for content in (svg, b"x", b"<script>alert(1)</script>"):
            response = self.upload(file=file(content, "chip.png"))
            self.assertEqual(response.status_code, 400)
            self.assertTrue(response.json()["error"].endswith("."))
        for fields in ({}, {"file": "chip.png"}):
            self.assertEqual(self.upload(**fields).status_code, 400)
        self.assertFalse(Picture.objects.exists())

    def test_only_who_may_change_digests_uploads(self):
        for permissions, status in (((), 403), (["view_digest"], 403), (["change_digest"], 200)):
            client = Client()
            client.force_login(
                make_user(f"user{status}{len(permissions)}", permissions=permissions)
            )
            self.assertEqual(client.post(UPLOAD, {"file": file()}).status_code, status)
        self.assertEqual(Picture.objects.count(), 1)

    def test_a_forged_upload_and_one_after_the_login_ended_are_told_apart(self):
        client = Client(enforce_csrf_checks=True)
        client.force_login(self.editor)
        accept = {"accept": "application/json"}
        self.assertEqual(client.post(UPLOAD, {"file": file()}, headers=accept).status_code, 403)
        self.client.logout()
        self.assertEqual(self.upload(file=file()).status_code, 401)
        self.assertFalse(Picture.objects.exists())


class FormTests(DeskTestCase):
    def setUp(self):
        super().setUp()
        self.digest = make_digest(articles=2, published=False)
        record(self.digest)
        self.picture = make_picture()

    def with_picture(self, **changes):
        return filled(
            self.digest,
            articles_0_picture=str(self.picture.uid),
            articles_0_picture_alt="칩 사진",
            articles_0_picture_caption="새 칩",
            articles_0_picture_credit="하루빛전자",
            **changes,
        )

    def first(self):
        return self.digest.articles.get(position=1)

    def assertErrorAt(self, response, field, sentence):
        self.assertEqual(response.status_code, 200)
        self.assertContains(response, f'href="#id_articles-0-{field}"')
        self.assertContains(response, sentence)

    def test_it_is_saved_shown_again_and_taken_away(self):
        self.assertSaved(self.save(self.digest, self.with_picture()))
        article = self.first()
        self.assertEqual(article.picture, self.picture)
        self.assertEqual(
            (article.picture_alt, article.picture_caption, article.picture_credit),
            ("칩 사진", "새 칩", "하루빛전자"),
        )
        page = self.client.get(change_url(self.digest)).content.decode()
        self.assertIn(f'src="{UPLOAD}{self.picture.uid}/480.webp"', page)
        self.digest.refresh_from_db()
        self.assertSaved(self.save(self.digest, filled(self.digest)))
        self.assertEqual(self.first().picture, self.picture)
        self.digest.refresh_from_db()
        names = ("picture", "picture_alt", "picture_caption", "picture_credit")
        gone = {f"articles_0_{name}": "" for name in names}
        self.assertSaved(self.save(self.digest, filled(self.digest, **gone)))
        self.assertIsNone(self.first().picture)
        self.assertEqual(self.digest.revisions.count(), 3)

    def test_saving_what_was_not_touched_keeps_no_revision(self):
        self.save(self.digest, self.with_picture())
        self.digest.refresh_from_db()
        before = self.digest.revisions.count()
        self.save(self.digest, filled(self.digest))
        self.assertEqual(self.digest.revisions.count(), before)

    def test_it_needs_a_description_and_everything_typed_stays(self):
        data = self.with_picture(title="바꾼 제목")
        response = self.save(self.digest, data | {"articles-0-picture_alt": "  "})
        self.assertErrorAt(response, "picture_alt", _("Say what the picture shows, or remove it."))
        self.assertContains(response, 'value="바꾼 제목"')
        self.assertContains(response, f'name="articles-0-picture" value="{self.picture.uid}"')
        self.assertContains(response, 'value="새 칩"')
        self.assertIsNone(self.first().picture)

    def test_words_about_no_picture_are_not_dropped(self):
        data = self.with_picture() | {"articles-0-picture": ""}
        response = self.save(self.digest, data)
        for name in ("picture_alt", "picture_caption", "picture_credit"):
            self.assertErrorAt(response, name, 'value="칩 사진"')

    def test_a_picture_that_is_gone_or_none_is_refused(self):
        for uid in (uuid.uuid4(), "../../etc/passwd", "x" * 5000):
            with self.subTest(str(uid)[:40]):
                data = self.with_picture() | {"articles-0-picture": str(uid)}
                self.assertEqual(self.save(self.digest, data).status_code, 200)
        self.assertIsNone(self.first().picture)

    def test_a_form_without_its_fields_leaves_it_alone(self):
        self.save(self.digest, self.with_picture())
        self.digest.refresh_from_db()
        data = {k: v for k, v in filled(self.digest, title="새 제목").items() if "picture" not in k}
        self.assertSaved(self.save(self.digest, data))
        article = self.first()
        self.assertEqual((article.picture, article.picture_alt), (self.picture, "칩 사진"))

    def test_two_editors_who_change_it_choose_it_with_its_texts(self):
        own = make_picture(color="blue")
        texts = {"articles_0_picture_alt": "내 사진", "articles_0_picture_credit": ""}
        mine = filled(self.digest, articles_0_picture=str(own.uid), **texts)
        self.save(self.digest, self.with_picture())
        response = self.save(self.digest, mine)
        for picture in (own, self.picture):
            self.assertContains(response, str(picture.uid)[:8], status_code=409)
            self.assertContains(response, f'src="{UPLOAD}{picture.uid}/480.webp"', status_code=409)
        [question] = response.context["questions"]
        chosen = {question["name"]: "mine", "chosen-version": response.context["version"]}
        self.assertSaved(self.save(self.digest, mine | chosen))
        article = self.first()
        self.assertEqual(
            (article.picture, article.picture_alt, article.picture_caption), (own, "내 사진", "")
        )

    def test_drafts_and_the_live_preview_carry_it(self):
        key = str(uuid.uuid4())
        url = reverse("admin:articles_digest_autosave")
        data = self.with_picture() | {"form_key": key}
        self.client.post(f"{url}?sequence=1&digest={self.digest.pk}", data)
        page = self.client.get(f"{change_url(self.digest)}?copy={key}").content.decode()
        self.assertIn(f'src="{UPLOAD}{self.picture.uid}/480.webp"', page)
        self.assertIn('value="하루빛전자"', page)
        preview = reverse("admin:articles_digest_preview", args=[self.digest.pk])
        shown = self.client.post(preview, self.with_picture()).json()["page"]
        self.assertIn(f'src="{UPLOAD}{self.picture.uid}/600.webp"', shown)
        self.assertIn('alt="칩 사진"', shown)
        self.assertNotIn('"/pictures/', shown)
        self.assertIsNone(self.first().picture)

    def test_findings_ask_for_a_credit(self):
        url = reverse("admin:articles_digest_findings", args=[self.digest.pk])
        data = self.with_picture() | {"articles-0-picture_credit": ""}
        found = {f["code"]: f for f in self.client.post(url, data).json()["findings"]}
        self.assertEqual(found["picture-credit-missing"]["anchor"], "id_articles-0-picture_credit")

    def test_a_pasted_post_brings_pictures_that_there_are(self):
        url = reverse("admin:articles_digest_paste")
        text = "## 제목\n\n![칩](http://testserver/pictures/{}/1200.webp)\n사진 제공: 나\n"
        [found] = self.client.post(url, {"text": text.format(self.picture.uid)}).json()["articles"]
        self.assertEqual(found["picture"], str(self.picture.uid))
        self.assertEqual((found["picture_alt"], found["picture_credit"]), ("칩", "나"))
        [other] = self.client.post(url, {"text": text.format(uuid.uuid4())}).json()["articles"]
        self.assertNotIn("picture", other)
        self.assertIn("![칩]", other["other_implications"])


# How a file comes in is the form's affair; both engines keep it in the classes above.
@pytest.mark.one_engine
class WithoutScriptTests(DeskTestCase):
    """Browsers without scripts send the file with the form."""

    def setUp(self):
        super().setUp()
        self.digest = make_digest(articles=2, published=False)
        record(self.digest)

    def test_the_form_can_carry_a_file(self):
        self.assertContains(self.client.get(change_url(self.digest)), "multipart/form-data")
        self.assertContains(self.client.get(add_url()), 'name="articles-0-picture_file"')

    def test_a_file_is_taken_in_with_the_save(self):
        data = filled(self.digest, articles_1_picture_alt="칩 사진")
        self.assertSaved(self.save(self.digest, data | {"articles-1-picture_file": file()}))
        self.assertEqual(self.digest.articles.get(position=2).picture, Picture.objects.get())

    def test_it_stays_when_the_form_comes_back(self):
        data = filled(self.digest) | {"articles-0-picture_file": file()}
        response = self.save(self.digest, data)
        uid = Picture.objects.get().uid
        self.assertContains(response, f'name="articles-0-picture" value="{uid}"')
        data = filled(self.digest, articles_0_picture=str(uid), articles_0_picture_alt="칩")
        self.assertSaved(self.save(self.digest, data))
        self.assertEqual(self.digest.articles.get(position=1).picture.uid, uid)

    def test_a_file_that_is_none_is_told_of_at_its_article(self):
        data = filled(self.digest, title="바꾼 제목") | {"articles-0-picture_file": file(b"<svg/>")}
        response = self.save(self.digest, data)
        self.assertEqual(response.status_code, 200)
        self.assertContains(response, 'value="바꾼 제목"')
        self.assertTrue(
            response.context["inline_admin_formsets"][0].formset.forms[0].errors["picture"]
        )
        self.assertFalse(Picture.objects.exists())

    def test_a_tick_takes_it_away(self):
        article = self.digest.articles.get(position=1)
        Article.objects.filter(pk=article.pk).update(picture=make_picture(), picture_alt="칩")
        data = filled(self.digest) | {"articles-0-picture_remove": "1"}
        self.assertSaved(self.save(self.digest, data))
        article.refresh_from_db()
        self.assertEqual((article.picture, article.picture_alt), (None, ""))

    def test_it_comes_with_a_new_digest(self):
        row = new_article(0, "새 기사", picture_alt="칩", picture_file=file())
        data = {"date": "2026-02-02", "title": "새", "language": "ko", "introduction": ""}
        response = self.client.post(add_url(), data | management(1) | row | {"_save": "1"})
        self.assertEqual(response.status_code, 302)
        self.assertEqual(Article.objects.get(headline="새 기사").picture, Picture.objects.get())

    def test_who_may_not_change_digests_uploads_nothing(self):
        self.client.force_login(make_user(permissions=["view_digest"]))
        data = filled(self.digest) | {"articles-0-picture_file": file()}
        self.assertEqual(self.save(self.digest, data).status_code, 403)
        self.assertFalse(Picture.objects.exists())
