"""What decoding a picture may need, however small its file: measured in a process of its own."""

import io
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.test import SimpleTestCase
from PIL import Image

from articles.pictures import files

MEGABYTES = 150  # above what the process has before
# The peak of a forked process begins with what its parent has at that moment.
PROGRAM = """
import os, sys, django; django.setup()
from pathlib import Path
from articles.pictures import files

def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024

for path in sys.argv[1:]:
    if not os.fork():
        content = Path(path).read_bytes()
        before = peak()
        image = files._decoded(content)
        print(peak() - before, *image.size, flush=True)
        os._exit(0)
    os.wait()
"""


class MemoryTests(SimpleTestCase):
    def setUp(self):
        if not Path("/proc/self/status").exists():
            self.skipTest("There is no /proc that tells how much memory a process had.")

    def megabytes(self, pictures):
        """What decoding took of each, in a process of its own, and the size of the result."""
        told = subprocess.run(
            [sys.executable, "-c", PROGRAM, *pictures],
            capture_output=True,
            text=True,
            check=True,
            cwd=settings.BASE_DIR,
        )
        for line in told.stdout.splitlines():
            needed, width, height = line.split()
            yield float(needed), (int(width), int(height))

    def test_the_largest_picture_of_every_kind_fits(self):
        folder, pictures = Path(self.enterContext(TemporaryDirectory())), {}
        for kind, mode, bytes_a_pixel, options in (
            ("JPEG", "RGB", 7, {"progressive": True, "subsampling": 0}),
            ("JPEG", "RGB", 4, {"progressive": True, "subsampling": 2}),
            ("JPEG", "CMYK", 9, {"progressive": True}),
            ("JPEG", "RGB", 2.5, {"subsampling": 0}),
            ("PNG", "RGBA", 5, {"compress_level": 1}),
            ("PNG", "P", 5, {"compress_level": 1, "transparency": 0}),
            ("GIF", "P", 5, {}),
            ("WEBP", "RGBA", 16, {"method": 0}),
            ("AVIF", "RGBA", 14, {"speed": 10, "subsampling": "4:4:4"}),
        ):
            side = int((files.MAX_DECODED / bytes_a_pixel) ** 0.5)
            path = folder / f"{len(pictures)}"
            Image.new(mode, (side, side)).save(path, kind, **options)
            pictures[path] = f"{kind} {mode} {options}"
        told = self.megabytes(pictures)
        for name, (needed, size) in zip(pictures.values(), told, strict=True):
            with self.subTest(name):
                self.assertLess(needed, MEGABYTES)
                self.assertGreaterEqual(min(size), files.WIDTHS[-1])

    def test_more_pixels_are_refused_before_they_are_decoded(self):
        file = io.BytesIO()
        Image.new("1", (6300, 6300)).save(file, "PNG")
        self.assertLess(len(file.getvalue()), 200_000)
        with self.assertRaises(files.Refused):
            files._decoded(file.getvalue())
