"""No test reaches another machine: connections and name look-ups stay on this one."""

import ipaddress
import socket


class NetworkUse(Exception):
    """A test tried to reach another machine.

    It is not an OSError, since code that handles failed connections must not catch it.
    """


def is_local(host):
    """Tell whether `host`, a name or an address as the socket module takes it, is this machine."""
    if isinstance(host, bytes):
        host = host.decode()
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_remote(family, address):
    """Raise NetworkUse if a socket of `family` would connect to another machine at `address`."""
    if family in (socket.AF_INET, socket.AF_INET6) and not is_local(address[0]):
        raise NetworkUse(f"A test tried to connect to {address[0]}:{address[1]}.")


def block(monkeypatch):
    """Restrict sockets to loopback and Unix addresses until `monkeypatch` is undone."""
    real_connect, real_connect_ex = socket.socket.connect, socket.socket.connect_ex
    real_getaddrinfo = socket.getaddrinfo

    def connect(self, address):
        refuse_remote(self.family, address)
        return real_connect(self, address)

    def connect_ex(self, address):
        refuse_remote(self.family, address)
        return real_connect_ex(self, address)

    def getaddrinfo(host, *args, **kwargs):
        # IP addresses pass: they need no look-up, and connecting to them is refused above.
        if not is_local(host) and not is_address(host):
            raise NetworkUse(f"A test tried to look up {host}.")
        return real_getaddrinfo(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket.socket, "connect_ex", connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def is_address(host):
    """Tell whether `host` is written as an IP address."""
    try:
        ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host)
    except ValueError:
        return False
    return True
