"""A folder in place of a mail server: every mail is a file there, and nobody gets it.

For a site on one's own machine (`EMAIL_URL=file:///…`). The desk shows the newest.
"""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

KEPT = 200
ENDING = ".eml"


class MailFolder(BaseEmailBackend):
    """Writes mails into `folder`, which only its owner can read, and keeps the newest KEPT."""

    def __init__(self, folder: str, **options: Any) -> None:
        super().__init__(**options)
        self.folder = Path(folder)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Raises OSError if the folder cannot be written."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{timezone.now():%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
            self._write(name, message.message().as_bytes(linesep="\r\n"))
        for path in newest(self.folder)[KEPT:]:
            path.unlink(missing_ok=True)
        return len(email_messages)

    def _write(self, name: str, content: bytes) -> None:
        """In one step, so that nobody finds half a mail."""
        part = self.folder / f"{name}.part"
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        part.rename(self.folder / f"{name}{ENDING}")


def newest(folder: Path) -> list[Path]:
    """The mails in a folder, the newest first; none if there is no folder yet."""
    return sorted(folder.glob(f"*{ENDING}"), reverse=True)
