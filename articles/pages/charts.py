"""Positions of the lines and ticks of a chart, in the units of an SVG drawing.

Only positions are computed here. The style sheet sets colours, lines and type.
"""

from collections.abc import Sequence
from dataclasses import dataclass

STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Frame:
    """The rectangle of the chart: its `left` and `top`, `width` and `height`."""

    left: float
    top: float
    width: float
    height: float

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def right(self) -> float:
        return self.left + self.width

    def x(self, place: int, places: int) -> float:
        """The x of a place, counted from 0. The first is at the left, the last at the right; a
        single one is in the middle."""
        share = place / (places - 1) if places > 1 else 0.5
        return round(self.left + self.width * share, 1)

    def y(self, value: float, highest: float) -> float:
        """The y of a value between 0, at the bottom, and `highest`, at the top."""
        return round(self.bottom - self.height * value / highest, 1)

    def line(self, values: Sequence[float], highest: float) -> str:
        """The `points` of a polyline through the values."""
        places = len(values)
        points = ((self.x(n, places), self.y(value, highest)) for n, value in enumerate(values))
        return " ".join(f"{x},{y}" for x, y in points)


def ticks(highest: int, most: int = 5) -> list[int]:
    """Whole numbers from 0 to the first tick at or above `highest`. The step is 1, 2 or 5 times a
    power of ten, so that at most `most` ticks are above 0."""
    step, power = 1, 1
    while step * most < highest:
        for factor in STEPS:
            step = factor * power
            if step * most >= highest:
                break
        power *= 10
    count = max(1, -(-highest // step))
    return [step * number for number in range(count + 1)]


def spread(count: int, most: int) -> list[int]:
    """At most `most` places out of `count`, evenly spaced, including the first and the last."""
    if count <= most:
        return list(range(count))
    return [round(number * (count - 1) / (most - 1)) for number in range(most)]
