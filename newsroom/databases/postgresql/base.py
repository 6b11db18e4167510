"""PostgreSQL: a connection that takes no writes is given up.

After a failover, connections to the old server live on for as long as CONN_MAX_AGE says, and so do
sessions that began while `default_transaction_read_only` was on. A new connection may reach a
server that takes writes. If it does not, it is used for reading.
"""

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self):
        """Asks for more than `SELECT 1`, in one question as well. It is on at a standby, too."""
        if self.connection is None:
            return False
        try:
            with self.connection.cursor() as cursor:
                cursor.execute("SHOW transaction_read_only")
                return cursor.fetchone()[0] == "off"
        except self.Database.Error:
            return False
