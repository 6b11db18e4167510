"""What somebody typed at the desk leads to no machine that only this one can reach."""

import ipaddress
import socket
from contextlib import suppress
from unittest.mock import patch

from django.test import SimpleTestCase
from django.utils import translation

from articles.outgoing import networks, requests
from articles.outgoing.networks import look_up

PUBLIC = ("8.8.8.8", "211.249.220.24", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808")
PRIVATE = (
    *("127.0.0.1", "127.8.9.10", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.0.1"),  # noqa: S104
    *(
        "169.254.169.254",
        "100.64.0.1",
        "192.0.0.1",
        "192.0.0.8",
        "198.18.0.1",
        "224.0.0.1",
        "239.1.1.1",
    ),
    *("240.0.0.1", "255.255.255.255", "192.0.2.1", "203.0.113.1"),
    *("::", "::1", "::7f00:1", "fe80::1", "fe80::1%2", "fec0::1", "fc00::1", "fd12::1", "ff02::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"),
    *("64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:a00:1::"),
    *("2001:0:a00:1::", "2001:db8::1"),
)


def place(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return networks.Place(family, (address, 443))


class NetworkTests(SimpleTestCase):
    def test_public_addresses_are_reached_with_encryption(self):
        for address in PUBLIC:
            with self.subTest(address):
                networks.refuse_private([place(address)], [], is_plain=False)
                with self.assertRaises(networks.Refused):
                    networks.refuse_private([place(address)], [], is_plain=True)

    def test_private_addresses_are_refused_however_they_are_written(self):
        for address in PRIVATE:
            with self.subTest(address), self.assertRaises(networks.Refused):
                networks.refuse_private([place(address)], [], is_plain=False)

    def test_one_private_address_among_public_ones_is_enough(self):
        places = [place("8.8.8.8"), place("10.0.0.1")]
        with self.assertRaises(networks.Refused):
            networks.refuse_private(places, [], is_plain=False)

    def test_what_the_operator_allows_is_reached_also_without_encryption(self):
        allowed = [ipaddress.ip_network("10.1.0.0/16")]
        for address in ("10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::a01:203"):
            with self.subTest(address):
                networks.refuse_private([place(address)], allowed, is_plain=True)
        with self.assertRaises(networks.Refused):
            networks.refuse_private([place("10.2.0.1")], allowed, is_plain=False)


class RequestTests(SimpleTestCase):
    def post(self, address, **options):
        with translation.override("en"):
            return requests.post(address, b"{}", {}, **options)

    def test_spellings_of_this_machine_are_refused(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(0)
            port = server.getsockname()[1]
            for host in ("localhost", "127.0.0.1", "2130706433", "0x7f.1", "127.1", "[::1]"):
                with self.subTest(host), patch.object(networks, "look_up", wraps=as_it_is):
                    answer = self.post(f"http://{host}:{port}/", private=[])
                    self.assertIsNone(answer.status)
                    self.assertIn("private network", answer.error)
            with self.assertRaises(BlockingIOError):
                server.accept()  # nobody came

    def test_a_name_is_looked_up_once_and_the_checked_address_is_used(self):
        """A name that leads elsewhere at the second look-up, as an attacker's does."""
        public, private = [place("8.8.8.8")], [place("127.0.0.1")]
        with (
            patch.object(networks, "look_up", side_effect=[public, private]) as look_up,
            patch.object(requests, "connected", side_effect=ConnectionRefusedError) as connected,
        ):
            self.post("https://rebinding.example/", private=[])
        look_up.assert_called_once()
        connected.assert_called_once_with(public)

    def test_names_that_are_none_are_failures_of_the_request(self):
        for host in ("a" * 64 + ".example", "xn--.example", "."):
            with self.subTest(host), patch.object(networks, "look_up", wraps=as_it_is):
                self.assertFalse(self.post(f"https://{host}/", private=[]).is_ok)


def as_it_is(host, port):
    """The real look-up of numbers, in all spellings that the C library knows. Names have none."""
    if host.endswith(("example", ".")):
        host.encode("idna")
        raise OSError("no such name")
    with suppress(OSError):
        host = socket.inet_ntoa(socket.inet_aton(host))
    return look_up(host, port)
