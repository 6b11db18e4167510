"""PostgreSQL: a connection that accepts no writes is closed.

After a failover, connections to the old server stay open for CONN_MAX_AGE. So do sessions that
started while `default_transaction_read_only` was on. A new connection may reach a server that
accepts writes. If it does not, it is used for reading.
"""

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self):
        """Whether the connection accepts writes. Like Django's `SELECT 1` this takes one query. On
        a standby, `transaction_read_only` is on too."""
        if self.connection is None:
            return False
        try:
            with self.connection.cursor() as cursor:
                cursor.execute("SHOW transaction_read_only")
                return cursor.fetchone()[0] == "off"
        except self.Database.Error:
            return False
