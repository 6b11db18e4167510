"""Django's sessions in the database, with more precise errors."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError

from articles.rules import failures


class SessionStore(db.SessionStore):
    def save(self, must_create=False):
        """Save the session. Django treats every failure as a session that was deleted meanwhile,
        and answers 400. If the database temporarily accepts no writes, this raises the database's
        own error instead."""
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, Exception) and failures.passes(error.__context__):
                raise error.__context__  # noqa: B904 - it already has its own cause
            raise
