"""What one attack is."""

from dataclasses import dataclass

# What every script here does when it runs: setting it is what a browser listens for.
RUN = "window.__attacked=1"
# A host that must never be asked for anything.
HOST = "attacker.example"


@dataclass(frozen=True)
class Attack:
    """`text` goes into every field of text; if it `is_address`, it is meant for those of addresses
    and stands in Markdown as one too."""

    id: str
    text: str
    is_address: bool = False


def group(name: str, *texts: str, is_address: bool = False) -> list[Attack]:
    """Attacks of one kind, numbered."""
    return [Attack(f"{name}-{number}", text, is_address) for number, text in enumerate(texts, 1)]
