"""How often Python looks for objects that only refer to each other. No thread goes on meanwhile."""

import gc

# Python's own 700 are looked at a hundred times while a form of forty articles is answered.
NEW_OBJECTS = 5_000


def look_seldom() -> None:
    """Look only at objects that are made from now on, and after that many of them. What is loaded
    stays until the process ends: to look at all of a worker takes 80 ms."""
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)
    gc.enable()
