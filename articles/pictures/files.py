"""Pictures of articles: checked, decoded and encoded again, so that only the visible picture of an
uploaded file is kept.

The rules on uploads (byte and pixel caps before decoding, an allow-list of raster formats, random
names, re-encoding) are those of the OWASP File Upload Cheat Sheet.
"""

import contextlib
import datetime as dt
import logging
import math
import struct
import threading
import zlib
from collections.abc import Callable
from io import BytesIO

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageCms, ImageOps

from articles.changes import audit
from articles.models import Article, Picture, Revision, WorkingCopy

logger = logging.getLogger(__name__)

MAX_BYTES = 10 * 1024 * 1024
MAX_DECODED = 100_000_000  # bytes of memory while a file is decoded
# Measured bytes per pixel that decoders need. JPEG is decoded at a reduced size.
BYTES_A_PIXEL = {"PNG": 5, "GIF": 5, "AVIF": 14, "WEBP": 16}
BYTES_A_PIXEL_OF_JPEG = 2.5
ROWS_AT_ONCE = 256
MIN_SIDE = 100  # pixels
MAX_TALLNESS = 3  # height divided by width
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
WIDTHS = (480, 800, 1200, 1600)
LINKED_WIDTH = 1200
QUALITY = 82  # of WebP, from 0 to 100
KEPT_FOR = dt.timedelta(days=7)
# Exceptions that a damaged or hostile picture can raise.
UNREADABLE = (
    *(OSError, EOFError, ValueError, TypeError, LookupError, AttributeError, SyntaxError),
    *(ArithmeticError, RuntimeError, MemoryError, AssertionError, struct.error, zlib.error),
    *(Image.DecompressionBombError, Image.DecompressionBombWarning, ImageCms.PyCMSError),
)
# EXIF orientations that swap width and height.
_ON_THEIR_SIDE = (5, 6, 7, 8)
_decoding = threading.Lock()


class Refused(ValueError):
    """The file is refused; the message is a sentence that says why."""


# Storing


def store(content: bytes, *, by=None) -> Picture:
    """Store the picture of a file in every width up to its own. Raises Refused.

    Do not call it in a transaction: the row must be committed before the files are written, so that
    `purge` finds what an interrupted upload leaves.
    """
    image = _decoded(content)
    widths = [*(width for width in WIDTHS if width < image.width), min(image.width, WIDTHS[-1])]
    widths = list(dict.fromkeys(widths))
    files = {width: _encoded(image, width) for width in widths}
    height = _height(image, widths[-1])
    with transaction.atomic():
        picture = Picture.objects.create(
            width=widths[-1], height=height, widths=widths, uploaded_by=by
        )
        size = {"width": widths[-1], "height": height}
        audit.record("picture-uploaded", by=by, target=str(picture), detail=size)
    try:
        for width, data in files.items():
            default_storage.save(file_name(picture.uid, width), ContentFile(data))
    except OSError as error:
        logger.exception("The picture %s could not be stored", picture)
        _delete_files(picture.uid, widths)
        # If the database's disk is full too, the row stays, and `purge` finds it.
        with contextlib.suppress(DatabaseError):
            picture.delete()
        raise Refused(
            _("The picture could not be stored. Try again later, or tell whoever runs this site.")
        ) from error
    return picture


def _decoded(content: bytes) -> Image.Image:
    """The picture of a file: upright, in sRGB, opaque, without metadata, and at most twice as wide
    as it is shown. Raises Refused.

    One at a time per process: a small file can need a hundred megabytes.
    """
    if not content:
        raise Refused(_("The file is empty. Choose another one."))
    if len(content) > MAX_BYTES:
        message = _("The file is larger than %(limit)d MB. Choose a smaller picture.")
        raise Refused(message % {"limit": MAX_BYTES // 1024**2})
    try:
        image = Image.open(BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels(min(BYTES_A_PIXEL.values())) from error
    except UNREADABLE as error:
        raise Refused(
            _("No picture can be read from this file. Choose a JPEG, PNG, WebP, GIF or AVIF file.")
        ) from error
    bytes_a_pixel = _bytes_a_pixel(image)
    if image.width * image.height * bytes_a_pixel > MAX_DECODED:
        raise _too_many_pixels(bytes_a_pixel)
    try:
        with _decoding:
            return _checked(_plain(image))
    except Refused:
        raise
    except UNREADABLE as error:
        raise Refused(
            _("The picture is damaged or cut off. Open it, save it again and choose it anew.")
        ) from error


def _bytes_a_pixel(image: Image.Image) -> float:
    """The memory for decoding. A progressive JPEG keeps all coefficients in memory, two bytes
    each, for every component at its sampling rate (ITU-T T.81, G.1.1)."""
    if image.format != "JPEG":
        return BYTES_A_PIXEL[image.format]
    if not image.info.get("progressive"):
        return BYTES_A_PIXEL_OF_JPEG
    sampled = [across * down for _id, across, down, _table in image.layer]
    return 1 + 2 * sum(sampled) / max(sampled)


def _checked(image: Image.Image) -> Image.Image:
    if min(image.size) < MIN_SIDE:
        message = _("The picture is too small. It needs at least %(side)d pixels on each side.")
        raise Refused(message % {"side": MIN_SIDE})
    if image.height > MAX_TALLNESS * image.width:
        message = _("The picture is more than %(times)d times as tall as wide. Cut it to a part.")
        raise Refused(message % {"times": MAX_TALLNESS})
    return image


def _plain(image: Image.Image) -> Image.Image:
    """The first frame as readers see it. Transparent parts become white, so that pictures look
    the same on a dark page, in print and in a feed reader.

    A wide picture is scaled down a few rows at a time, so that memory never holds a second copy of
    the whole picture.
    """
    orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    to_srgb = _conversion(image)
    image.seek(0)
    image.draft(None, (WIDTHS[-1], WIDTHS[-1]))  # decodes JPEG no larger than needed
    image.load()
    width_of_upright = image.height if orientation in _ON_THEIR_SIDE else image.width
    factor = max(1, width_of_upright // WIDTHS[-1])
    size = (math.ceil(image.width / factor), math.ceil(image.height / factor))
    plain = Image.new("RGB", size)
    for top in range(0, image.height, ROWS_AT_ONCE * factor):
        bottom = min(top + ROWS_AT_ONCE * factor, image.height)
        rows = _opaque(image.crop((0, top, image.width, bottom)), to_srgb)
        plain.paste(rows.reduce(factor), (0, top // factor))
    plain.getexif()[ExifTags.Base.Orientation] = orientation
    plain = ImageOps.exif_transpose(plain)
    plain.info.clear()
    return plain


def _opaque(image: Image.Image, to_srgb: Callable | None) -> Image.Image:
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        image = Image.new("RGB", layer.size, "white")
        image.paste(layer, mask=layer.getchannel("A"))
    elif to_srgb:
        image = to_srgb(image)
    return image.convert("RGB")


def _conversion(image: Image.Image) -> Callable | None:
    """A function that converts a part of a picture from its own colour profile; None if it has no
    profile, or an unreadable one."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "CMYK", "L"):
        return None
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        transform = ImageCms.buildTransform(source, target, image.mode, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
    return lambda part: ImageCms.applyTransform(part, transform)


def _encoded(image: Image.Image, width: int) -> bytes:
    size = (width, _height(image, width))
    resized = image if image.size == size else image.resize(size, Image.Resampling.LANCZOS)
    file = BytesIO()
    resized.save(file, "WEBP", quality=QUALITY)
    return file.getvalue()


def _height(image: Image.Image, width: int) -> int:
    return max(1, round(image.height * width / image.width))


def _too_many_pixels(bytes_a_pixel: float) -> Refused:
    message = _("The picture has more than %(limit)d million pixels. Make it smaller first.")
    return Refused(message % {"limit": MAX_DECODED // bytes_a_pixel // 1_000_000})


# Serving


def file_name(uid, width: int) -> str:
    """The name of a picture's file of one width in the media storage."""
    return f"pictures/{uid}/{width}.webp"


def shown_to_readers(uid) -> Picture | None:
    """The picture, if an article of a published digest shows it."""
    showing = Article.objects.published().filter(picture__uid=uid)
    return Picture.objects.filter(uid=uid, articles__in=showing).first()


def read(picture: Picture, width: int) -> bytes | None:
    """A file of a picture; None, with a line in the log, if the storage has lost it."""
    try:
        with default_storage.open(file_name(picture.uid, width)) as file:
            return file.read()
    except FileNotFoundError:
        logger.error("The file %s is missing", file_name(picture.uid, width))
        return None


def link(uid: str) -> str:
    """The absolute address of a picture in documents. If the picture is narrower, the address
    redirects to its largest file."""
    return settings.SITE_URL + reverse("articles:picture", args=[uid, LINKED_WIDTH])


def exists(uid: str) -> bool:
    return Picture.objects.filter(uid=uid).exists()


def by_uid(uids) -> dict[str, Picture]:
    """The existing pictures with these uids, by uid as a string."""
    wanted = set(filter(None, uids))
    found = Picture.objects.filter(uid__in=wanted) if wanted else ()
    return {str(picture.uid): picture for picture in found}


# Deleting


def purge() -> int:
    """Delete pictures uploaded more than seven days ago to which nothing refers: no article, no
    revision (deleted digests are revisions, too) and no working copy. Returns their number."""
    old = Picture.objects.filter(uploaded_at__lt=timezone.now() - KEPT_FOR, articles=None)
    return sum(_forget(pk) for pk in old.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _forget(pk: int) -> bool:
    """Delete one picture unless something refers to it. The row lock makes other transactions
    that would use it wait, see `articles.digests.editing`. Files go after the commit."""
    picture = Picture.objects.select_for_update().filter(pk=pk).first()
    if picture is None or _is_referred_to(picture):
        return False
    uid, widths = picture.uid, picture.widths
    audit.record("picture-deleted", target=str(picture))
    picture.delete()
    transaction.on_commit(lambda: _delete_files(uid, widths))
    return True


def _is_referred_to(picture: Picture) -> bool:
    if picture.articles.exists():
        return True
    uid = str(picture.uid)
    typed = WorkingCopy.objects.alias(text=Cast("fields", TextField()))
    if typed.filter(text__contains=uid).exists():
        return True
    # In the order of primary keys, which usually finds a reference early.
    since = Revision.objects.filter(created_at__gte=picture.uploaded_at).order_by("pk")
    return since.filter(data__articles__icontains=uid).values("pk").first() is not None


def _delete_files(uid, widths: list[int]) -> None:
    for width in widths:
        default_storage.delete(file_name(uid, width))
    try:
        default_storage.delete(f"pictures/{uid}")
    except OSError:
        logger.warning("The folder of the picture %s is not empty", uid)
