"""All attacks."""

from tests.attacks import addresses, characters, contexts, elements, markdown
from tests.attacks.costly import COSTLY

ATTACKS = [
    *elements.ATTACKS,
    *markdown.ATTACKS,
    *addresses.ATTACKS,
    *contexts.ATTACKS,
    *characters.ATTACKS,
]
TEXTS = [attack for attack in ATTACKS if not attack.is_address]
ADDRESSES = [attack for attack in ATTACKS if attack.is_address]

__all__ = ["ADDRESSES", "ATTACKS", "COSTLY", "TEXTS"]
