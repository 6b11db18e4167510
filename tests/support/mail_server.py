"""A real SMTP server on this machine, which keeps what it gets and answers as it is told."""

import email.policy
import socket
from contextlib import contextmanager
from email import message_from_bytes

from aiosmtpd.controller import Controller


class MailServer:
    """`messages` has what was accepted, parsed. `refusals` are answers to the next mails, such as
    `451 Later`; `strangers` are recipients that it refuses."""

    def __init__(self):
        self.messages = []
        self.refusals = []
        self.strangers = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.strangers:
            return "550 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.refusals:
            return self.refusals.pop(0)
        self.messages.append(message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


class _Listener(Controller):
    """On a free port, taken before anybody else can."""

    def __init__(self, handler):
        self._socket = socket.create_server(("127.0.0.1", 0))
        super().__init__(handler, hostname="127.0.0.1", port=self._socket.getsockname()[1])

    def _create_server(self):
        return self.loop.create_server(self._factory_invoker, sock=self._socket)


@contextmanager
def mail_server():
    """The server with its settings (MAILERS) while the block runs."""
    server = MailServer()
    controller = _Listener(server)
    controller.start()
    options = {"host": "127.0.0.1", "port": controller.port, "timeout": 30}
    backend = "django.core.mail.backends.smtp.EmailBackend"
    try:
        yield server, {"default": {"BACKEND": backend, "OPTIONS": options}}
    finally:
        controller.stop()
