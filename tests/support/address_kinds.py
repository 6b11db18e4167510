"""Which page an address is for."""

from urllib.parse import unquote

from django.urls import Resolver404, resolve


def kind_of(address):
    """The name of the pattern that an address is for; None if no page has it."""
    try:
        return resolve(unquote(address.partition("?")[0])).url_name
    except Resolver404:
        return None


def some_of_each(addresses, most=12):
    """At most so many of each kind of address, from all over the list."""
    kinds = {}
    for address in addresses:
        kinds.setdefault(kind_of(address), []).append(address)
    step = {kind: -(-len(found) // most) for kind, found in kinds.items()}
    return [address for kind, found in kinds.items() for address in found[:: step[kind]]]
