"""What a program handed in, as its reader understands it."""

from dataclasses import dataclass, field, replace
from typing import Any

from articles.document import ArticleText


@dataclass(frozen=True)
class PushedArticle:
    """An article of a push. `number` is its place there, from 1; articles without any text are left
    out. `key` is the program's own permanent id for it; it may be empty.
    `excerpts` are texts of cited pages, by the comparison keys of their addresses."""

    text: ArticleText
    number: int
    key: str = ""
    excerpts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PushedDigest:
    """A push that was read. `language` is empty if the push does not tell it. `reading` is the
    account of the reading as JSON. `notices` are sentences about what is not taken."""

    title: str
    introduction: str
    language: str
    articles: list[PushedArticle]
    reading: dict[str, Any]
    notices: list[str] = field(default_factory=list)
    front_matter: dict[str, Any] = field(default_factory=dict)


def own_text(article: ArticleText) -> ArticleText:
    """An article without what a program cannot say: who wrote or read it, corrections, a picture,
    and how its text was spelled."""
    return replace(
        article,
        picture=None,
        corrections=[],
        storyline="",
        drafted_by="",
        read_by="",
        layout={},
        line=0,
    )
