"""What is in `deploy/` is true: the parts that can be started are, the others are compared."""

from configparser import RawConfigParser
from pathlib import Path

import yaml
from django.test import SimpleTestCase

from newsroom.run import serving
from tests.nginx import DEPLOY

ROOT = Path(__file__).parent.parent


def options_of(command):
    """The options of a granian command by name, whatever stands before them."""
    words = command.split() if isinstance(command, str) else list(command)
    words = words[next(i for i, word in enumerate(words) if word.endswith("granian")) + 1 : -1]
    return dict(zip(words[::2], words[1::2], strict=True))


class ServerCommandTests(SimpleTestCase):
    """The unit, the image and `make run` start the server in the same way."""

    MINE = {"--host", "--port", "--blocking-threads"}

    def shared(self, options):
        return {name: value for name, value in options.items() if name not in self.MINE}

    def expected(self):
        return self.shared(options_of(serving("127.0.0.1", 8000)))

    def test_the_unit_starts_the_server_as_make_run_does(self):
        unit = RawConfigParser(strict=False)
        unit.optionxform = str
        unit.read(DEPLOY / "systemd/newsroom.service")
        told = options_of(unit["Service"]["ExecStart"])
        self.assertEqual(self.shared(told), self.expected())

    def test_the_image_starts_the_server_as_make_run_does(self):
        text = (ROOT / "Dockerfile").read_text()
        command = text[text.rindex("CMD [") + 4 :].replace("\\\n", " ")
        told = options_of(yaml.safe_load(command))
        self.assertEqual(self.shared(told), self.expected())

    def test_everything_the_site_needs_is_in_the_image(self):
        text = (ROOT / "Dockerfile").read_text()
        for name in ("manage.py", "newsroom", "articles", "templates", "static", "locale"):
            self.assertRegex(text, rf"COPY {name} ")

    def test_the_composition_names_images_and_commands_that_there_are(self):
        services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
        self.assertEqual(set(services), {"migrate", "site", "due", "database"})
        self.assertEqual(services["due"]["command"][2], "run_due")

    def test_variables_of_the_example_are_ones_that_the_readme_explains(self):
        readme = (ROOT / "README.md").read_text()
        lines = (DEPLOY / "newsroom.env.example").read_text().splitlines()
        for name in (line.split("=")[0] for line in lines if "=" in line and line[0] != "#"):
            with self.subTest(name):
                self.assertIn(f"| `{name}` |", readme)
