"""Finds the articles of a digest that the articles of a post are."""

import uuid
from collections import deque
from collections.abc import Callable, Hashable

from articles.document import ArticleText, Document
from articles.rules.addresses import comparison_key
from articles.rules.lines import without_unread


def uids(post: Document, present: dict) -> list[str]:
    """The permanent id of each article of a post. Its article here is found by headline, else by a
    citation, else by position; an article that is not found gets a new id."""
    stored = present["articles"]
    places = {article["uid"]: place for place, article in enumerate(stored)}
    left = set(places)
    chosen: list[str | None] = [None] * len(post.articles)

    def choose(
        signs: Callable[[int, ArticleText], set], stored_signs: Callable[[int, dict], set]
    ) -> None:
        """Each article that has no id yet gets the first one left that shares a sign with it."""
        waiting: dict[Hashable, deque[str]] = {}
        for place, other in enumerate(stored):
            if other["uid"] in left:
                for sign in stored_signs(place, other):
                    waiting.setdefault(sign, deque()).append(other["uid"])
        for index, article in enumerate(post.articles):
            if chosen[index] is None:
                found = (_first(waiting.get(sign), left) for sign in signs(index, article))
                chosen[index] = min(filter(None, found), key=places.__getitem__, default=None)
                left.discard(chosen[index])

    choose(lambda _index, article: {article.headline}, lambda _place, other: {other["headline"]})
    choose(lambda _index, article: _keys(article), lambda _place, other: _stored_keys(other))
    choose(lambda index, _article: {index}, lambda place, _other: {place})
    return [uid or str(uuid.uuid4()) for uid in chosen]


def _first(waiting: deque[str] | None, left: set[str]) -> str | None:
    """The first of the waiting that is left. Those before it leave the queue for good."""
    while waiting and waiting[0] not in left:
        waiting.popleft()
    return waiting[0] if waiting else None


def _keys(article: ArticleText) -> set[str]:
    return {comparison_key(one.url) for one in article.citations if one.is_understood}


def _stored_keys(article: dict) -> set[str]:
    return {comparison_key(one["url"]) for one in without_unread(article["citations"])}
