"""What is in `deploy/` is true: the parts that can be started are, the others are compared."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from io import StringIO
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from django.test import LiveServerTestCase, SimpleTestCase, override_settings
from dotenv.parser import parse_stream

from articles.management.commands.backup import Command as Backup
from newsroom.run import MEMORY, serving
from tests.support import served
from tests.support.nginx import DEPLOY

ROOT = Path(__file__).parent.parent
DOCUMENTED_COMPOSE = "docker compose -f deploy/compose.yaml --env-file deploy/newsroom.env up -d"


def options_of(command):
    """The words after each option of a granian command, by the option's name."""
    words = command[1:-1]
    names = [i for i, word in enumerate(words) if word.startswith("--")]
    return {words[i]: words[i + 1 : end] for i, end in pairwise([*names, len(words)])}


class ServerCommandTests(SimpleTestCase):
    """The unit, the image, the README and `make run` start the server in the same way."""

    MINE = {"--host", "--port", "--blocking-threads"}

    def shared(self, options):
        return {name: value for name, value in options.items() if name not in self.MINE}

    def expected(self):
        return self.shared(options_of(serving("127.0.0.1", 8000)))

    def test_the_unit_starts_the_server_as_make_run_does(self):
        self.assertEqual(self.shared(options_of(served.command_of_unit())), self.expected())

    def test_the_image_starts_the_server_as_make_run_does(self):
        self.assertEqual(self.shared(options_of(served.command_of_image())), self.expected())

    def test_the_readme_starts_the_server_as_make_run_does(self):
        text = (ROOT / "README.md").read_text().replace("\\\n", " ")
        (command,) = (line for line in text.splitlines() if line.strip().startswith(".venv/bin/gr"))
        self.assertEqual(self.shared(options_of(command.split())), self.expected())

    def test_the_unit_and_the_image_keep_memory_as_make_run_does(self):
        for name in ("systemd/newsroom.service", "../Dockerfile"):
            found = re.findall(r"\b(MALLOC_\w+)=(\d+)", (DEPLOY / name).read_text())
            with self.subTest(name):
                self.assertEqual(dict(found), MEMORY)

    def test_a_worker_that_dies_is_started_again(self):
        self.assertEqual(self.expected()["--respawn-failed-workers"], [])

    def test_everything_the_site_needs_is_in_the_image(self):
        text = (ROOT / "Dockerfile").read_text()
        for name in ("manage.py", "newsroom", "articles", "templates", "static", "locale"):
            self.assertRegex(text, rf"COPY {name} ")

    def test_variables_of_the_examples_are_ones_that_the_readme_explains(self):
        readme = (ROOT / "README.md").read_text()
        for example in DEPLOY.glob("*.env.example"):
            for binding in parse_stream(StringIO(example.read_text())):
                # PostgreSQL's own image needs one more.
                if binding.key and binding.key != "POSTGRES_PASSWORD":
                    with self.subTest(binding.key):
                        self.assertIn(f"| `{binding.key}` |", readme)

    def test_files_of_secrets_are_not_added_to_git(self):
        with TemporaryDirectory() as folder:
            shutil.copy(ROOT / ".gitignore", folder)
            subprocess.run(["git", "init", "-q", folder], check=True)
            for name, is_ignored in (
                ("deploy/newsroom.env", True),
                ("newsroom.env", True),
                ("deploy/newsroom.env.example", False),
            ):
                with self.subTest(name):
                    command = ["git", "-C", folder, "check-ignore", "-q", name]
                    self.assertIs(subprocess.run(command, check=False).returncode == 0, is_ignored)


class DocumentedFilesTests(SimpleTestCase):
    def test_every_file_that_operators_are_told_to_install_is_here(self):
        text = (ROOT / "docs/operations.md").read_text()
        found = re.findall(r"\n    install -m \d+ (?:-g \w+ )?(deploy/\S+)", text)
        self.assertGreater(len(found), 5)
        for path in found:
            with self.subTest(path):
                self.assertTrue(list(ROOT.glob(path)))

    def test_the_configuration_for_brotli_is_found_where_it_is_installed(self):
        text = (ROOT / "docs/operations.md").read_text()
        (told,) = re.findall(r"install -m 644 deploy/nginx/(\S*brotli\S*) /etc/nginx/(\S+)", text)
        site = (DEPLOY / "nginx/snippets/newsroom-site.conf").read_text()
        (included,) = re.findall(r"\ninclude (.*\*.*);", site)
        self.assertTrue(Path(told[1], told[0]).match(included))


class UnitTests(SimpleTestCase):
    def test_units_are_shut_in(self):
        analyze = needed("systemd-analyze", "systemd")
        units = list((DEPLOY / "systemd").glob("*.service"))
        self.assertGreater(len(units), 2)
        for unit in units:
            with self.subTest(unit.name):
                command = [analyze, "security", "--offline=yes", "--threshold=40", str(unit)]
                told = subprocess.run(command, capture_output=True, text=True, check=False)
                self.assertEqual(told.returncode, 0, told.stdout.splitlines()[-1:])

    def test_every_unit_reads_the_same_file_of_settings(self):
        for unit in (DEPLOY / "systemd").glob("*.service"):
            with self.subTest(unit.name):
                text = unit.read_text()
                self.assertIn("\nEnvironment=NEWSROOM_ENV=/etc/newsroom.env\n", text)
                self.assertNotIn("EnvironmentFile", text)

    def test_a_reload_with_settings_that_cannot_be_used_changes_nothing(self):
        """systemd stops at the first of the lines that fails."""
        unit = (DEPLOY / "systemd/newsroom.service").read_text()
        first, last = re.findall(r"\nExecReload=(.*)", unit)
        self.assertEqual(first, "/opt/newsroom/.venv/bin/python manage.py check")
        self.assertIn("-HUP", last)

    def test_a_backup_that_fails_tells_somebody(self):
        unit = (DEPLOY / "systemd/newsroom-backup.service").read_text()
        self.assertIn("\nOnFailure=newsroom-alert@%n.service\n", unit)
        alert = (DEPLOY / "systemd/newsroom-alert@.service").read_text()
        self.assertIn("\nSyslogLevel=alert\n", alert)
        (line,) = re.findall(r"\nExecStartPost=-(.*)", alert)
        program, manage, command, unit = line.split()
        self.assertEqual((program, manage), ("/opt/newsroom/.venv/bin/python", "manage.py"))
        self.assertEqual((command, unit), ("report_failure", "%i"))
        self.assertIn("\nWorkingDirectory=/opt/newsroom\n", alert)

    def test_the_backup_unit_verifies_before_it_deletes(self):
        (line,) = re.findall(
            r"\nExecStart=(.*)", (DEPLOY / "systemd/newsroom-backup.service").read_text()
        )
        program, manage, *arguments = line.split()
        self.assertEqual((program, manage), ("/opt/newsroom/.venv/bin/python", "manage.py"))
        asked = Backup().create_parser(manage, arguments[0]).parse_args(arguments[1:])
        self.assertEqual((arguments[0], asked.verify, asked.keep.days), ("backup", True, 30))
        self.assertEqual(asked.into, Path("/var/lib/newsroom/backups"))


class CopyElsewhereTests(SimpleTestCase):
    """The commands of the drop-in, as the shell gets them from systemd, in other folders."""

    FOLDER = "/var/lib/newsroom/backups"
    PUBLIC = "/etc/newsroom-backup.pub"

    def setUp(self):
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        self.backups, self.far = self.folder / "backups", self.folder / "far"
        self.backups.mkdir()
        self.far.mkdir()
        self.key = self.folder / "key"
        keygen = needed("age-keygen", "age")
        subprocess.run([keygen, "-o", self.key], check=True, capture_output=True)
        subprocess.run([keygen, "-y", "-o", self.folder / "pub", self.key], check=True)

    def run_drop_in(self):
        """Whether all commands succeeded; as with systemd, one that fails is the last one."""
        needed("rsync", "rsync")
        text = (DEPLOY / "backup-elsewhere.conf").read_text()
        for line in re.findall(r"^ExecStartPost=(.*)", text, re.MULTILINE):
            for name, other in (
                (self.FOLDER, str(self.backups)),
                (self.PUBLIC, str(self.folder / "pub")),
                ("vault@backup.example.com:", f"{self.far}/"),
                ("$$", "$"),
            ):
                line = line.replace(name, other)
            told = subprocess.run(shlex.split(line), capture_output=True, check=False)
            if told.returncode:
                return False
        return True

    def test_what_was_verified_goes_and_can_be_read_with_the_other_key(self):
        for name in ("a.zip", "b.zip"):
            (self.backups / name).write_bytes(b"the whole site")
        (self.backups / "a.zip.verified").touch()
        self.assertTrue(self.run_drop_in())
        (copy,) = self.far.iterdir()
        self.assertEqual(copy.name, "a.zip.age")
        self.assertNotIn(b"the whole site", copy.read_bytes())
        command = [needed("age", "age"), "--decrypt", "--identity", self.key, copy]
        told = subprocess.run(command, capture_output=True, check=True)
        self.assertEqual(told.stdout, b"the whole site")
        self.assertTrue(self.run_drop_in())

    def test_a_key_that_is_missing_is_a_failure(self):
        (self.folder / "pub").unlink()
        (self.backups / "a.zip").touch()
        (self.backups / "a.zip.verified").touch()
        self.assertFalse(self.run_drop_in())
        self.assertEqual(list(self.far.iterdir()), [])


class AlertRulesTests(SimpleTestCase):
    def test_prometheus_understands_the_rules(self):
        command = [needed("promtool", "prometheus"), "check", "rules", DEPLOY / "alerts.yml"]
        told = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(told.returncode, 0, told.stderr)


class CompositionTests(SimpleTestCase):
    """compose.yaml, as a parser of it reads it."""

    PASSWORD = "a/b$c#d@e:f%20"

    def setUp(self):
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        shutil.copytree(DEPLOY, self.folder / "deploy")
        text = (self.folder / "deploy/compose.env.example").read_text()
        filled = text.replace("POSTGRES_PASSWORD=", f"POSTGRES_PASSWORD='{self.PASSWORD}'")
        (self.folder / "deploy/newsroom.env").write_text(filled)

    def parsed(self):
        """What the documented command reads, run where the documents say."""
        words = DOCUMENTED_COMPOSE.split()
        self.assertEqual(words[:2] + words[-2:], ["docker", "compose", "up", "-d"])
        command = [needed("docker-compose", "docker-compose"), *words[2:-2], "config"]
        told = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, check=False, env={}
        )
        self.assertEqual(told.returncode, 0, told.stderr)
        return yaml.safe_load(told.stdout)["services"]

    def test_the_documented_command_is_documented(self):
        text = (ROOT / "docs/operations.md").read_text()
        self.assertIn(f"\n    {DOCUMENTED_COMPOSE}\n", text)

    def test_backups_that_are_documented_are_ones_that_the_commands_understand(self):
        text = (ROOT / "docs/operations.md").read_text()
        started = DOCUMENTED_COMPOSE.removesuffix("up -d")
        found = re.findall(rf"{re.escape(started)}run (.*)", text)
        self.assertEqual(len(found), 2)
        program = needed("docker-compose", "docker-compose")
        told = subprocess.run(
            [program, "run", "--help"], capture_output=True, text=True, check=True, env={}
        )
        for line in found:
            options, command = line.split(" site python manage.py backup ")
            *switches, folder = options.split()
            for switch in switches:
                self.assertRegex(told.stdout, rf"(?m)^ +.*{switch}\b")
            asked = Backup().create_parser("manage.py", "backup").parse_args(command.split())
            self.assertEqual((asked.verify, asked.keep.days), (True, 30))
            self.assertEqual(folder, f"/srv/newsroom-backups:{asked.into}")
            self.assertIn("\n    install -d -o 10001 -g 10001 -m 750 /srv/newsroom-backups\n", text)
        kept = [
            volume for volume in self.parsed()["site"]["volumes"] if "newsroom.env" not in volume
        ]
        self.assertRegex(kept[0], r"^data:/var/lib/newsroom(:rw)?$")

    def test_any_password_reaches_the_database_and_the_site_as_it_is(self):
        services = self.parsed()
        # The parser writes what it would read again: "$" twice.
        escaped = self.PASSWORD.replace("$", "$$")
        self.assertEqual(services["database"]["environment"]["POSTGRES_PASSWORD"], escaped)
        for name in ("prepare", "site", "due"):
            environment = services[name]["environment"]
            self.assertEqual(environment["PGPASSWORD"], escaped)
            self.assertNotIn(self.PASSWORD, environment["DATABASE_URL"])

    def test_the_site_reads_the_file_and_waits_until_everything_is_prepared(self):
        services = self.parsed()
        for name in ("prepare", "site", "due"):
            mounted = services[name]["volumes"]
            target = services[name]["environment"]["NEWSROOM_ENV"]
            self.assertIn(f"{self.folder}/deploy/newsroom.env:{target}:ro", mounted)
        for name in ("site", "due"):
            self.assertEqual(list(services[name]["depends_on"]), ["prepare"])
        self.assertEqual(services["prepare"]["command"][2], "prepare")
        self.assertEqual(services["due"]["command"][2], "run_due")


class HealthCheckTests(LiveServerTestCase):
    serialized_rollback = True

    @override_settings(ALLOWED_HOSTS=["news.example.com"], SITE_URL="https://news.example.com")
    def test_the_image_is_healthy_under_the_names_of_the_example(self):
        text = (ROOT / "Dockerfile").read_text()
        (told,) = re.findall(r"HEALTHCHECK .*\\\n +CMD (\[.*\])", text)
        command = yaml.safe_load(told)
        self.assertEqual(command[0], "python")
        program = command[2].replace("http://127.0.0.1:8000", self.live_server_url)
        self.assertIn(self.live_server_url, program)
        subprocess.run(
            [sys.executable, "-c", program.replace("timeout=2", "timeout=600")], check=True
        )


def needed(program, package):
    """The path of a program; without it the test fails in CI and is skipped elsewhere."""
    path = shutil.which(program)
    if path is None:
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up(f"{program} was not found: apt-get install {package}.")
    return path
