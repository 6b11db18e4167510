"""How a feed announces its hubs (WebSub, section 4: discovery)."""

from django.conf import settings


def element_links() -> list[str]:
    """The addresses of all hubs, for the link elements of a feed; empty if there is no hub."""
    return list(settings.WEBSUB_HUBS)


def link_header(topic: str) -> str:
    """The value of the Link header (RFC 8288) for the feed at the absolute address `topic`; empty
    if there is no hub."""
    if not settings.WEBSUB_HUBS:
        return ""
    links = [*((hub, "hub") for hub in settings.WEBSUB_HUBS), (topic, "self")]
    return ", ".join(f'<{address}>; rel="{rel}"' for address, rel in links)
