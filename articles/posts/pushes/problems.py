"""Why a push is refused."""

from dataclasses import dataclass

MALFORMED, TOO_LARGE, UNKNOWN_TYPE, UNUSABLE = 400, 413, 415, 422


@dataclass(frozen=True)
class Problem:
    """A sentence for whoever runs the program, and its place: a line of the text from 1, or a JSON
    pointer (RFC 6901)."""

    detail: str
    line: int | None = None
    pointer: str | None = None

    def as_json(self) -> dict[str, str | int]:
        places = {"line": self.line, "pointer": self.pointer}
        return {name: place for name, place in places.items() if place is not None} | {
            "detail": self.detail
        }

    def told(self) -> str:
        """The sentence, after its place in JSON, without which it names nothing."""
        return f"{self.pointer}: {self.detail}" if self.pointer else str(self.detail)


@dataclass(eq=False)
class Refused(Exception):
    """Nothing of the push is taken. `status` is the HTTP status code (RFC 9110)."""

    status: int
    problems: list[Problem]
