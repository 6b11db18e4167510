"""SQLite: a connection that was opened while the file was not writable stays read-only.

It is closed as soon as the file is writable, but not earlier: closing it may remove the files
beside the database, and nothing could create them again, even for reading.
"""

import os
from pathlib import Path

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    _was_writable = True

    def get_new_connection(self, conn_params):
        self._was_writable = self._is_writable()
        return super().get_new_connection(conn_params)

    def is_usable(self):
        return super().is_usable() and (self._was_writable or not self._is_writable())

    def _is_writable(self):
        """Whether the file, the files beside it and their folder are writable. An in-memory
        database always is."""
        if self.is_in_memory_db():
            return True
        path = Path(self.settings_dict["NAME"])
        files = [path, Path(f"{path}-wal"), Path(f"{path}-shm")]
        needed = [path.parent, *(file for file in files if file.exists())]
        return all(os.access(place, os.W_OK) for place in needed)
