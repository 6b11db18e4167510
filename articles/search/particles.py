"""Takes the particle off the end of a Korean word, so that `반도체를` also asks for `반도체`.

Without a dictionary nobody can tell every particle from the end of a noun (`전문가`, `제주도`).
These rules take off what agrees with the syllable before it, and less from short words. What they
miss is found as it is typed.
"""

import re

# What follows any syllable, and what depends on the final consonant before it.
_ANYWHERE = frozenset(
    [
        *("에", "에서", "에게", "한테", "께서", "까지", "부터", "처럼", "마다", "조차", "의", "도"),
        *("만", "에는", "에도", "에서는", "에서도", "에게는", "에게도", "까지는", "부터는"),
    ]
)
_AFTER_FINAL = frozenset(("을", "은", "이", "과", "으로", "이나", "으로는", "이라는", "이라고"))
_AFTER_VOWEL = frozenset(("를", "는", "가", "와", "로", "로는", "로도", "라는", "라고"))
_ALL = _ANYWHERE | _AFTER_FINAL | _AFTER_VOWEL
_LONGEST = max(map(len, _ALL))
# Also the last syllable of many nouns of three, so three must be left.
_DOUBTFUL = frozenset(("도", "만"))
LEAST_LEFT = 2
# Nouns that end like a noun with its particle.
_NOUN = re.compile(
    r"..(?:회의|주의|협의|합의|논의|심의|강의|결의|문의)|민주주의|(?:전문|주치|공보)의|.+학과"
    r"|(?:어린|젊은|늙은|고양|호랑|손잡|길잡|지킴)이|산부인과|정신과"
    r"|(?:원자|활주|교차|산책|용광|전기|핵융합|경수|중수)로"
)
_FIRST, _LAST, _FINALS, _RIEUL = 0xAC00, 0xD7A3, 28, 8


def without_particle(word: str) -> str:
    """The word without its particle; the word itself if it has none. `word` is a folded run."""
    if _NOUN.fullmatch(word):
        return word
    for length in range(min(_LONGEST, len(word) - LEAST_LEFT), 0, -1):
        stem, particle = word[:-length], word[-length:]
        if particle in _ALL and _agrees(stem, particle):
            return stem
    return word


def is_particle(run: str) -> bool:
    """Whether a run is nothing but a particle, as after a Latin word: `GPU는`."""
    return run in _ALL


def _agrees(stem: str, particle: str) -> bool:
    """Whether the particle may follow what is left."""
    if particle in _DOUBTFUL and len(stem) <= LEAST_LEFT:
        return False
    if particle in _ANYWHERE:
        return True
    if not _FIRST <= ord(stem[-1]) <= _LAST:
        return False
    final = (ord(stem[-1]) - _FIRST) % _FINALS
    if particle.startswith(("로", "으로")) and final == _RIEUL:
        return particle.startswith("로")
    return bool(final) == (particle in _AFTER_FINAL)
