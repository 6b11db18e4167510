"""After a restore everybody logs in as before: with both steps, never with the password alone."""

from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse

from articles.backup import creating, restoring
from articles.backup.archive import Archive
from articles.login.second_factor import recovery
from tests.backup.sites import PASSWORD, SiteTestCase, new_database, site_of
from tests.backup.test_restoring import OTHER
from tests.login.second_factor.authenticator import (
    Authenticator,
    code_for,
    give_app,
    options_of,
    with_passkeys,
)
from tests.support.factories import make_user

LOGIN, INDEX = reverse("admin:login"), reverse("admin:index")
VERIFY, ADD = reverse("admin:second_factor_verify"), reverse("admin:second_factor_add")


@with_passkeys
class SecondFactorTests(SiteTestCase):
    def setUp(self):
        super().setUp()
        user = make_user("minji")
        self.passkey = Authenticator()
        client = self.log_in(Client())
        answer = self.passkey.create(options_of(client.get(ADD)))
        client.post(ADD, {"credential": answer, "name": "열쇠"})
        self.app = give_app(user)
        self.codes = recovery.make(user, by=user)
        creating.create(self.file)

    def log_in(self, client):
        client.post(LOGIN, {"username": "minji", "password": PASSWORD})
        return client

    def test_every_way_to_log_in_is_there_on_either_engine(self):
        for vendor in (connection.vendor, OTHER[connection.vendor]):
            with self.subTest(vendor), new_database(vendor) as database, site_of(database):
                restoring.restore(self.file)
                self.assertFalse(self.opens(lambda client: {}))
                self.assertTrue(self.opens(lambda client: {"code": code_for(self.app.key)}))
                self.assertTrue(self.opens(lambda client: {"recovery_code": self.codes[0]}))
                self.assertTrue(self.opens(self.answer))

    def test_recovery_codes_end_with_the_secret_key_and_nothing_else_does(self):
        with (
            override_settings(SECRET_KEY="another"),
            new_database(connection.vendor) as database,
            site_of(database),
        ):
            restoring.restore(self.file)
            self.assertFalse(self.opens(lambda client: {"recovery_code": self.codes[0]}))
            self.assertTrue(self.opens(lambda client: {"code": code_for(self.app.key)}))
            self.assertTrue(self.opens(self.answer))

    def answer(self, client):
        return {"credential": self.passkey.get(options_of(client.get(VERIFY)))}

    def opens(self, shown):
        client = self.log_in(Client())
        client.post(VERIFY, shown(client))
        return client.get(INDEX).status_code == 200

    def test_recovery_codes_are_not_readable_in_it(self):
        content = self.everything()
        self.assertIn(self.app.key.encode(), content)
        for code in self.codes:
            self.assertNotIn(code.encode(), content)
            self.assertNotIn(code.replace("-", "").encode(), content)

    def everything(self):
        with Archive(self.file) as archive:
            return b"".join(archive.open(name).read() for name in archive.parts)
