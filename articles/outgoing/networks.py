"""Which addresses a request may go to whose receiver somebody chose at the desk.

Such a request must not reach what only this machine or its network can reach: its database, a
router, the metadata of a cloud. So a name is looked up once, every address that it has is checked,
and the connection goes to a checked address, whatever the name means a moment later.
"""

import ipaddress
import socket
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http.client import IncompleteRead

from django.utils.translation import gettext as _

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Both translate to an IPv4 address at their end (RFC 6052 and 8215).
NAT64 = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48")))

# For protocols (RFC 6890). Older versions of Python call a part of it global.
PROTOCOLS = ipaddress.IPv4Network("192.0.0.0/24")


class Refused(Exception):
    """The request may not go there. The text is a sentence for the desk."""


@dataclass(frozen=True)
class Place:
    """An address to connect to, as `socket.getaddrinfo` gives it."""

    family: int
    address: tuple[str | int, ...]

    @property
    def ip(self) -> Ip:
        return ipaddress.ip_address(self.address[0])


def look_up(host: str, port: int) -> list[Place]:
    """All addresses of a host. Raises OSError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # a name that the rules of domain names do not allow
        raise socket.gaierror(str(error)) from error
    return [Place(family, address) for family, _kind, _protocol, _name, address in found]


def reason_of(error: Exception) -> str:
    """Why a request got no answer: the usual reasons in the language of the site, others as the
    system has them."""
    if isinstance(error, socket.gaierror):
        return _("no server of this name is found. Check the spelling of the address")
    if isinstance(error, ConnectionRefusedError):
        return _("Connection refused")
    if isinstance(error, ConnectionResetError):
        return _("the connection ended without an answer")
    if isinstance(error, IncompleteRead | zlib.error):
        return _("what arrived is damaged")
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def refuse_private(places: Iterable[Place], allowed: Sequence[Network], *, is_plain: bool) -> None:
    """Raise Refused if one of the places is neither public nor in an allowed network.

    A request without encryption (`is_plain`) may only go to an allowed network.
    """
    for place in places:
        if is_allowed(place.ip, allowed):
            continue
        if not is_public(place.ip):
            sentence = _(
                "The address leads into a private network (%(address)s), which is refused. The "
                "operator can allow it with WEBHOOK_PRIVATE_NETWORKS."
            )
            raise Refused(sentence % {"address": place.ip})
        if is_plain:
            raise Refused(_("Only an https address may be used outside the own network."))


def is_allowed(ip: Ip, allowed: Sequence[Network]) -> bool:
    """Whether an address, or the IPv4 address that it stands for, is in one of the networks."""
    return any(each in network for network in allowed for each in (ip, _meant(ip)))


def is_public(ip: Ip) -> bool:
    """Whether an address belongs to a machine on the public Internet."""
    meant = _meant(ip)
    if meant != ip and not is_public(meant):
        return False
    return meant.is_global and not (
        meant in PROTOCOLS
        or meant.is_private
        or meant.is_loopback
        or meant.is_link_local
        or meant.is_multicast
        or meant.is_reserved
        or meant.is_unspecified
        or getattr(meant, "is_site_local", False)
    )


def _meant(ip):
    """The IPv4 address that an IPv6 address carries, if it does; else the address itself."""
    if ip.version == 4:
        return ip
    if any(ip in network for network in NAT64):
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    teredo = ip.teredo[1] if ip.teredo else None
    return ip.ipv4_mapped or ip.sixtofour or teredo or ip
