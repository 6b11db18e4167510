"""Says in a line what became of the lines of a post."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.recognising import Account, Fate

_FATES = {
    Fate.OTHER: gettext_lazy("not placed: lines %(lines)s"),
    Fate.GUESSED: gettext_lazy("guessed: lines %(lines)s"),
    Fate.LEFT_OUT: gettext_lazy("left out: lines %(lines)s"),
}


def line(account: Account) -> str:
    """How much of a post is in fields, and the numbers of the lines that are not."""
    told = [_("%(share)d %% recognised") % {"share": round(account.share * 100)}]
    for fate, words in _FATES.items():
        if numbers := account.numbers(fate):
            told.append(words % {"lines": numbers})
    return "; ".join(told)
