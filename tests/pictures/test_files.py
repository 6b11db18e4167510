"""Taking pictures in: what is refused, what is left of a file, and what is forgotten."""

import datetime as dt
import struct
import uuid
import zlib
from io import BytesIO
from unittest.mock import patch

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.test import SimpleTestCase, TestCase
from django.utils import timezone, translation
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase
from PIL import Image, ImageCms

from articles.digests import trash
from articles.models import Article, AuditEntry, Picture, WorkingCopy
from articles.pictures import files
from articles.pictures.files import Refused, file_name, store
from tests.support.factories import (
    image_file,
    make_article,
    make_digest,
    make_picture,
    make_user,
    record,
)

# One of each kind, to be damaged.
FILES = {kind: image_file((240, 160), kind=kind) for kind in ("JPEG", "PNG", "WEBP", "GIF", "AVIF")}
WEEK = dt.timedelta(days=7)


def opened(picture, width=None):
    with default_storage.open(file_name(picture.uid, width or picture.width)) as file:
        image = Image.open(BytesIO(file.read()))
        image.load()
        return image


def png_of_size(width, height):
    """A PNG that says it is so large, with hardly any data."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


# What becomes of a file is decided in Python; both engines forget rows in `PurgeTests`.
@pytest.mark.one_engine
class StoredTests(TestCase):
    def test_a_picture_is_kept_in_every_width_up_to_its_own(self):
        for width, widths in (
            (200, [200]),
            (480, [480]),
            (700, [480, 700]),
            (1600, [480, 800, 1200, 1600]),
            (2000, [480, 800, 1200, 1600]),
        ):
            with self.subTest(width):
                picture = make_picture(size=(width, width // 2))
                self.assertEqual(picture.widths, widths)
                self.assertEqual((picture.width, picture.height), (widths[-1], widths[-1] // 2))
                for known in widths:
                    image = opened(picture, known)
                    self.assertEqual((image.format, image.size), ("WEBP", (known, known // 2)))

    def test_every_kind_that_is_promised_is_taken(self):
        for kind, content in FILES.items():
            with self.subTest(kind):
                self.assertEqual(opened(store(content)).size, (240, 160))

    def test_who_uploaded_it_is_recorded(self):
        user = make_user()
        picture = store(FILES["PNG"], by=user)
        self.assertEqual(picture.uploaded_by, user)
        entry = AuditEntry.objects.get(action="picture-uploaded")
        self.assertEqual((entry.actor_id, entry.target), (user.pk, str(picture.uid)))

    def test_a_photo_lies_as_its_camera_says(self):
        exif = Image.Exif()
        exif[0x0112] = 6  # the camera was turned: show it 90 degrees clockwise
        image = Image.new("RGB", (400, 200), "white")
        image.paste("red", (0, 0, 400, 100))  # the upper half
        file = BytesIO()
        image.save(file, "JPEG", exif=exif, quality=95)
        shown = opened(store(file.getvalue()))
        self.assertEqual(shown.size, (200, 400))
        red, white = shown.getpixel((150, 200)), shown.getpixel((50, 200))
        self.assertGreater(red[0] - red[1], 150)
        self.assertGreater(min(white), 200)

    def test_nothing_of_the_file_is_left_but_what_it_shows(self):
        exif = Image.Exif()
        exif[0x010E] = "Kq-secret-place"
        script = b"<script>alert('Kq-script')</script>"
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        jpeg = image_file(kind="JPEG", exif=exif, comment=script, icc_profile=profile)
        self.assertIn(script, jpeg)
        picture = store(jpeg + script)
        for width in picture.widths:
            with default_storage.open(file_name(picture.uid, width)) as file:
                data = file.read()
            for word in (b"Kq-", b"script", b"Exif", b"EXIF", b"ICCP", b"XMP"):
                self.assertNotIn(word, data)

    def test_transparent_parts_become_white(self):
        for mode, kind in (("RGBA", "PNG"), ("RGBA", "WEBP"), ("LA", "PNG")):
            with self.subTest(mode=mode, kind=kind):
                content = image_file(mode=mode, kind=kind, color=(0,) * len(mode))
                self.assertEqual(opened(store(content)).convert("RGB").getpixel((9, 9)), (255,) * 3)

    def test_colours_of_print_and_of_grey_become_those_of_screens(self):
        for mode, kind in (("CMYK", "JPEG"), ("L", "PNG"), ("P", "GIF"), ("1", "PNG")):
            with self.subTest(mode):
                self.assertEqual(
                    opened(store(image_file(mode=mode, kind=kind, color=0))).mode, "RGB"
                )

    def test_of_a_moving_picture_the_first_frame_is_kept(self):
        file = BytesIO()
        frames = [Image.new("RGB", (200, 100), color) for color in ("white", "black")]
        frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
        self.assertGreater(min(opened(store(file.getvalue())).getpixel((9, 9))), 240)

    def test_a_disk_that_is_full_leaves_nothing_behind(self):
        calls, save_anyway = [], default_storage.save

        def save(name, content):
            calls.append(name)
            if len(calls) > 1:
                raise OSError(28, "No space left on device")
            return save_anyway(name, content)

        is_full = patch.object(files.default_storage, "save", save)
        with is_full, self.assertLogs("articles"), self.assertRaises(Refused):
            store(image_file())
        self.assertFalse(Picture.objects.exists())
        self.assertFalse(any(map(default_storage.exists, calls)))


class RefusedTests(SimpleTestCase):
    """Nothing is written, so no database is needed."""

    def refused(self, content, sentence):
        with translation.override("en"), self.assertRaisesMessage(Refused, sentence):
            store(content)

    def test_what_is_no_picture(self):
        svg = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
        html = b"<!doctype html><script>alert(1)</script>"
        others = [image_file(kind=kind) for kind in ("BMP", "TIFF", "PPM", "ICO", "PDF")]
        for content in (svg, html, b"GIF89a", b"\0" * 100, "글".encode(), *others):
            with self.subTest(content[:20]):
                self.refused(content, "No picture can be read from this file.")

    def test_an_empty_file(self):
        self.refused(b"", "The file is empty.")

    def test_too_many_bytes(self):
        self.refused(FILES["PNG"] + b"\0" * files.MAX_BYTES, "larger than 10 MB")

    def test_too_many_pixels_are_never_decoded(self):
        for side in (7_000, 12_000, 60_000):  # a limit of ours, a warning and an error of Pillow's
            with self.subTest(side), patch.object(files, "_plain") as decode:
                self.refused(png_of_size(side, side), "more than 20 million pixels")
                decode.assert_not_called()

    def test_a_picture_that_is_cut_off(self):
        for kind in ("JPEG", "PNG"):
            whole = image_file((300, 200), kind=kind)
            with self.subTest(kind):
                self.refused(whole[: len(whole) * 2 // 3], "damaged or cut off")
        self.refused(FILES["WEBP"][:-20], "No picture can be read")

    def test_too_small_and_too_tall(self):
        self.refused(image_file((99, 300)), "too small")
        self.refused(image_file((100, 301)), "3 times as tall")


@pytest.mark.one_engine
class AnyBytesTests(HypothesisTestCase):
    @settings(max_examples=60)
    @given(
        st.sampled_from([b"", *FILES.values()]),
        st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=12)), max_size=6),
        st.floats(0, 1),
    )
    def test_any_bytes_are_kept_or_refused_with_a_sentence(self, content, damages, kept):
        data = bytearray(content)
        for place, piece in damages:
            start = int(place * len(data))
            data[start : start + len(piece)] = piece
        data = bytes(data[: max(int(kept * len(data)), len(data) // 2)])
        try:
            picture = store(data)
        except Refused as refusal:
            self.assertTrue(str(refusal).endswith("."))
        else:
            self.assertEqual(opened(picture).width, picture.width)


class PurgeTests(TestCase):
    def setUp(self):
        self.picture = make_picture()
        self.files = [file_name(self.picture.uid, width) for width in self.picture.widths]

    def purge(self, after=WEEK):
        later = timezone.now() + after + dt.timedelta(minutes=1)
        with time_machine.travel(later, tick=False), self.captureOnCommitCallbacks(execute=True):
            return files.purge()

    def assertKept(self):
        self.assertEqual(self.purge(), 0)
        self.assertTrue(Picture.objects.exists())
        self.assertTrue(all(map(default_storage.exists, self.files)))

    def test_what_nobody_used_for_a_week_goes_with_its_files(self):
        self.assertEqual(self.purge(WEEK - dt.timedelta(minutes=2)), 0)
        self.assertEqual(self.purge(), 1)
        self.assertFalse(Picture.objects.exists())
        self.assertFalse(any(map(default_storage.exists, self.files)))
        self.assertEqual(AuditEntry.objects.latest("pk").action, "picture-deleted")

    def test_files_go_only_when_the_row_is_gone_for_certain(self):
        with time_machine.travel(timezone.now() + 2 * WEEK, tick=False):
            self.assertEqual(files.purge(), 1)  # in the test's transaction, which never ends
        self.assertTrue(all(map(default_storage.exists, self.files)))

    def test_what_an_article_shows_stays(self):
        digest = make_digest(articles=0, published=False)
        make_article(digest, picture=self.picture, picture_alt="칩")
        self.assertKept()

    def test_what_the_history_shows_stays(self):
        digest = make_digest(articles=0, published=False)
        make_article(digest, picture=self.picture, picture_alt="칩")
        record(digest)
        Article.objects.update(picture=None)
        self.assertKept()

    def test_what_the_trash_holds_stays_until_it_is_emptied(self):
        digest = make_digest(articles=0, published=False)
        make_article(digest, picture=self.picture, picture_alt="칩")
        kept = trash.delete(digest)
        self.assertKept()
        restored = trash.restore(kept)
        self.assertEqual(restored.articles.get().picture, self.picture)
        trash.delete(restored)
        with time_machine.travel(timezone.now() + dt.timedelta(days=31), tick=False):
            trash.purge()
        self.assertEqual(self.purge(), 1)

    def test_what_somebody_is_typing_stays(self):
        fields = [["articles-0-picture", str(self.picture.uid)]]
        WorkingCopy.objects.create(user=make_user(), fields=fields, sequence=1)
        self.assertKept()

    def test_another_uid_keeps_nothing(self):
        fields = [["articles-0-picture", str(uuid.uuid4())]]
        WorkingCopy.objects.create(user=make_user(), fields=fields, sequence=1)
        self.assertEqual(self.purge(), 1)
