import socket
import threading
from urllib.request import urlopen

import pytest
from django.test import SimpleTestCase

from tests.support.network import NetworkUse, is_local


class NetworkTests(SimpleTestCase):
    def test_an_address_elsewhere_is_refused(self):
        for family, address in (
            (socket.AF_INET, ("192.0.2.1", 80)),
            (socket.AF_INET6, ("2001:db8::1", 80, 0, 0)),
        ):
            with self.subTest(address=address), socket.socket(family) as client:
                with pytest.raises(NetworkUse, match="connect to"):
                    client.connect(address)
                with pytest.raises(NetworkUse, match="connect to"):
                    client.connect_ex(address)

    def test_a_name_elsewhere_is_not_even_looked_up(self):
        with pytest.raises(NetworkUse, match=r"look up news\.example\.com"):
            urlopen("https://news.example.com/")

    def test_loopback_is_reachable(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            answer = threading.Thread(target=lambda: server.accept()[0].close())
            answer.start()
            socket.create_connection(("localhost", server.getsockname()[1])).close()
            answer.join()

    def test_local_hosts(self):
        for host in ("localhost", b"localhost", "127.0.0.1", "127.9.9.9", "::1", "", None):
            with self.subTest(host=host):
                self.assertIs(is_local(host), True)
        for host in ("localhost.example.com", "10.0.0.1", "::ffff:192.0.2.1"):
            with self.subTest(host=host):
                self.assertIs(is_local(host), False)
