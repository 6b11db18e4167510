"""Who gets which answer from every address for programs: the declared table.

A page has a row in `PAGES` under the name of its URL pattern. `tests/api/test_matrix.py` asks every
address with every method and every token in every state of the digest.
"""

from dataclasses import dataclass, field

from articles.models import Digest

Status = Digest.Status

# Tokens. Those after BOTH do not work; their scopes are both.
NONE, WRONG, PUSH, READ, BOTH = "none", "wrong", "push", "read", "both"
REVOKED, EXPIRED, INACTIVE, RIGHTLESS, ORPHAN, COOKIE = DEAD = (
    *("revoked", "expired", "inactive owner", "owner without rights", "deleted owner"),
    "the session of a superuser",
)
WORKING = (PUSH, READ, BOTH)
TOKENS = (NONE, WRONG, *WORKING, *DEAD)

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
FOR_READING = ("GET", "HEAD")

# States of the digest of the day that the address names. HIDDEN is what nobody may learn of.
DELETED, NEVER = "deleted", "never"
STATES = (*Status.values, DELETED, NEVER)
WITHDRAWN = Status.WITHDRAWN.value
HIDDEN = (WITHDRAWN, DELETED, NEVER)

NO_TOKEN, WRONG_SCOPE, NOT_FOUND, METHOD, MALFORMED = 401, 403, 404, 405, 400


@dataclass(frozen=True)
class Page:
    """`answers` has the status code of each method by the state of the digest; "" stands for all
    states that it does not name. Tokens with the scope get it. `posts` has the scopes and the
    answer of POST where they are others."""

    scopes: tuple
    methods: tuple
    answers: dict = field(default_factory=dict)
    posts: tuple | None = None

    def answer(self, token, method, state):
        """The declared status code."""
        if token not in WORKING:
            return NO_TOKEN
        if method not in self.methods:
            return METHOD
        scopes, status = self.scopes, None
        if method == "POST" and self.posts:
            scopes, status = self.posts
        if token not in scopes:
            return WRONG_SCOPE
        return status or self.answers.get(state, self.answers.get(""))


PAGES = {
    "api-digests": Page((READ, BOTH), FOR_READING, {"": 200}),
    "api-digest": Page((READ, BOTH), FOR_READING, {"": 200} | dict.fromkeys(HIDDEN, NOT_FOUND)),
    # A draft is written or made. Whatever a person has handed in or put out gets suggestions.
    "api-pushes": Page(
        (PUSH, BOTH),
        ("POST",),
        {"": 202} | dict.fromkeys((Status.DRAFT.value, DELETED, NEVER), 201),
    ),
    # The days that the matrix names are for reading; handing in takes no parameters.
    "api-candidates": Page(
        (READ, BOTH), (*FOR_READING, "POST"), {"": 200}, posts=((PUSH, BOTH), MALFORMED)
    ),
    "api-nowhere": Page(WORKING, METHODS, {"": NOT_FOUND}),
}
