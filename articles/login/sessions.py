"""Sessions in the database, as Django keeps them, but for how a failure is told."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError

from articles.rules import failures


class SessionStore(db.SessionStore):
    def save(self, must_create=False):
        """Django takes every failure to save for a session that was deleted meanwhile, and the
        request for a bad one. A database that takes no writes at the moment is neither."""
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, Exception) and failures.passes(error.__context__):
                raise error.__context__  # noqa: B904 - with its own cause, which tells what it is
            raise
