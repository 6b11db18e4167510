"""`manage.py api_token`: the token alone on standard output, everything else beside it."""

from io import StringIO
from unittest import mock

from django.core.management import CommandError, call_command
from django.test import RequestFactory, TestCase
from django.utils import translation

from articles.api import tokens
from articles.models import ApiToken, AuditEntry, Program
from tests.support.factories import make_user
from tests.support.programs import bearer, make_program, make_token


def run(*arguments):
    """What the command writes on standard output and on standard error."""
    out, err = StringIO(), StringIO()
    with translation.override("en"):
        call_command("api_token", *arguments, stdout=out, stderr=err, no_color=True)
    return out.getvalue(), err.getvalue()


def found(plain):
    return tokens.of(RequestFactory().get("/api/", headers=bearer(plain)))


class MakingTests(TestCase):
    def test_standard_output_has_the_token_and_nothing_else(self):
        out, err = run("새벽 스크립트")
        self.assertRegex(out, r"\Anewsroom_[A-Za-z0-9_-]{43}\n\Z")
        token = found(out.strip())
        self.assertEqual(token.program.name, "새벽 스크립트")
        self.assertIn("새벽 스크립트", err)
        self.assertNotIn(out.strip(), err)

    def test_token_may_push_unless_something_else_is_asked_for(self):
        for arguments, granted in (
            ((), (True, False)),
            (("--scope", "push"), (True, False)),
            (("--scope", "read"), (False, True)),
            (("--scope", "push", "--scope", "read"), (True, True)),
        ):
            with self.subTest(arguments):
                token = found(run("새벽 스크립트", *arguments)[0].strip())
                self.assertEqual((token.may_push, token.may_read), granted)
                self.assertIsNone(token.expires_at)
        self.assertEqual(Program.objects.count(), 1)

    def test_token_ends_after_the_days(self):
        token = found(run("새벽 스크립트", "--days", "90")[0].strip())
        self.assertEqual((token.expires_at - token.created_at).days, 90)

    def test_token_belongs_to_its_owner(self):
        owner = make_user("minji", permissions=("change_digest",))
        token = found(run("새벽 스크립트", "--owner", "minji")[0].strip())
        self.assertEqual(token.owner, owner)

    def test_making_is_in_the_audit_trail(self):
        run("새벽 스크립트")
        entry = AuditEntry.objects.get()
        self.assertEqual((entry.action, entry.actor_id), ("api-token-made", None))

    def test_a_name_that_no_program_can_have_is_told_with_what_it_can(self):
        with self.assertRaisesMessage(CommandError, "a name of 1 to 50 characters."):
            run("x" * 51)

    def test_what_cannot_be_is_refused_and_leaves_nothing(self):
        make_user("clerk")
        for arguments in (
            (),
            ("",),
            ("x" * 51,),
            ("새벽", "--days", "0"),
            ("새벽", "--days", "1000000"),
            ("새벽", "--owner", "nobody"),
            ("새벽", "--owner", "clerk"),
            ("새벽", "--scope", "publish"),
            ("새벽", "--list", "--revoke", "newsroom_abcde"),
        ):
            with self.subTest(arguments), mock.patch("sys.stderr", StringIO()):
                self.assertRaises((CommandError, SystemExit), run, *arguments)
        self.assertFalse(ApiToken.objects.exists())
        self.assertFalse(Program.objects.exists())
        self.assertFalse(AuditEntry.objects.exists())


class EndingTests(TestCase):
    def test_token_is_ended_by_its_beginning_or_by_all_of_it(self):
        for length in (14, 52):
            with self.subTest(length):
                plain = make_token()
                out, err = run("--revoke", plain[:length])
                self.assertIsNone(found(plain))
                self.assertEqual(out, "")
                self.assertIn("Revoked", err)
                self.assertNotIn(plain[14:], err)

    def test_unknown_and_doubtful_beginnings_end_nothing(self):
        plain = make_token()
        ApiToken.objects.filter(beginning=plain[:14]).update(beginning="newsroom_abcde")
        make_token()
        ApiToken.objects.exclude(beginning="newsroom_abcde").update(beginning="newsroom_abcde")
        for beginning in ("newsroom_abcde", "newsroom_", "newsroom_xxxxx"):
            with self.subTest(beginning):
                self.assertRaises(CommandError, run, "--revoke", beginning)
        self.assertEqual(ApiToken.objects.filter(revoked_at=None).count(), 2)

    def test_list_tells_what_each_token_may_and_whether_it_works(self):
        plain = make_token(make_program("저녁"), read=True)
        dead = make_token(make_program("새벽"), days=3)
        run("--revoke", dead)
        lines = run("--list")[0].splitlines()
        self.assertEqual(len(lines), 2)
        self.assertIn("revoked", lines[0])
        self.assertEqual(
            lines[1].split("\t"), [f"{plain[:14]}…", "저녁", "push read", "-", "-", ""]
        )
        self.assertNotIn(plain, "".join(lines))
        self.assertEqual(run("저녁", "--list")[0].splitlines(), lines[1:])
