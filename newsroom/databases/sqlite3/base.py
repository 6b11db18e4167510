"""SQLite: a connection that was opened while nobody could write the file is read-only for good.

It is given up as soon as the file can be written. Not before: without it, the files beside the
database may be gone, which nobody could make again, not even to read.
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
        """Whether the file, those beside it and the folder may be written; what is no file may."""
        if self.is_in_memory_db():
            return True
        path = Path(self.settings_dict["NAME"])
        files = [path, Path(f"{path}-wal"), Path(f"{path}-shm")]
        needed = [path.parent, *(file for file in files if file.exists())]
        return all(os.access(place, os.W_OK) for place in needed)
