"""What was typed on the other keyboard: `qksehcp` for `반도체`, `ㅎㅔㅕ` for `GPU`.

The keys are those of the Korean standard layout with two sets (Dubeolsik, KS X 5002).
"""

import unicodedata

_KEYS = "rRseEfaqQtTdwWczxvgkoiOjpuPhynbml"
_LETTERS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎㅏㅐㅑㅒㅓㅔㅕㅖㅗㅛㅜㅠㅡㅣ"
_LETTER_OF = dict(zip(_KEYS, _LETTERS, strict=True))
_KEY_OF = {letter: key for key, letter in _LETTER_OF.items()}
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS = "\0ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
# Letters that are typed with two keys.
_TWO = {
    **{"ㅗㅏ": "ㅘ", "ㅗㅐ": "ㅙ", "ㅗㅣ": "ㅚ", "ㅜㅓ": "ㅝ", "ㅜㅔ": "ㅞ", "ㅜㅣ": "ㅟ"},
    **{"ㅡㅣ": "ㅢ", "ㄱㅅ": "ㄳ", "ㄴㅈ": "ㄵ", "ㄴㅎ": "ㄶ", "ㄹㄱ": "ㄺ", "ㄹㅁ": "ㄻ"},
    **{"ㄹㅂ": "ㄼ", "ㄹㅅ": "ㄽ", "ㄹㅌ": "ㄾ", "ㄹㅍ": "ㄿ", "ㄹㅎ": "ㅀ", "ㅂㅅ": "ㅄ"},
}
_APART = {one: two for two, one in _TWO.items()}
# Single letters become others under NFKC, in which texts are compared.
_SINGLE = {unicodedata.normalize("NFKC", each): each for each in (*_LETTERS, *_APART)}
_FIRST = 0xAC00


def in_hangul(word: str) -> str | None:
    """The Hangul that the keys of a Latin word type; None unless they type whole syllables only."""
    letters = [_LETTER_OF.get(key) or _LETTER_OF.get(key.lower()) for key in word]
    if not word or not word.isascii() or None in letters:
        return None
    found, rest = "", "".join(filter(None, letters))
    while rest:
        syllable, length = _syllable(rest)
        if not syllable:
            return None
        found, rest = found + syllable, rest[length:]
    return found


def in_latin(word: str) -> str | None:
    """The Latin letters, small ones, that the keys of a Hangul word type; None if a character is
    no Hangul."""
    found = []
    for character in word:
        for letter in apart(character):
            if letter not in _KEY_OF:
                return None
            found.append(_KEY_OF[letter].lower())
    return "".join(found) or None


def apart(text: str) -> str:
    """The text with every syllable as the letters that are typed for it."""
    return "".join(map(_letters, unicodedata.normalize("NFC", text)))


def _letters(character: str) -> str:
    place = ord(character) - _FIRST
    if not 0 <= place < len(_INITIALS) * len(_VOWELS) * len(_FINALS):
        letter = _SINGLE.get(character, character)
        return _APART.get(letter, letter)
    initial, rest = divmod(place, len(_VOWELS) * len(_FINALS))
    vowel, final = divmod(rest, len(_FINALS))
    letters = (_INITIALS[initial], _VOWELS[vowel], _FINALS[final] if final else "")
    return "".join(_APART.get(letter, letter) for letter in letters)


def _syllable(letters: str) -> tuple[str, int]:
    """The first syllable of letters and their number; an empty one if they do not begin with a
    syllable. A consonant before a vowel begins the next syllable."""
    if len(letters) < len("ㄱㅏ") or letters[0] not in _INITIALS or letters[1] not in _VOWELS:
        return "", 0
    vowel, at = letters[1], 2
    if vowel + letters[2:3] in _TWO:
        vowel, at = _TWO[vowel + letters[2]], 3
    final = ""
    if letters[at : at + 1] and letters[at] in _FINALS and not _is_vowel(letters[at + 1 : at + 2]):
        final, at = letters[at], at + 1
        both = final + letters[at : at + 1]
        if both in _TWO and not _is_vowel(letters[at + 1 : at + 2]):
            final, at = _TWO[both], at + 1
    number = _INITIALS.index(letters[0]) * len(_VOWELS) + _VOWELS.index(vowel)
    place = number * len(_FINALS) + (_FINALS.index(final) if final else 0)
    return chr(_FIRST + place), at


def _is_vowel(letter: str) -> bool:
    return bool(letter) and letter in _VOWELS
