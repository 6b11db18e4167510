"""How long texts may be, in characters."""

# What can be stored. Nothing longer is saved.
LONGEST_TEXT = 200_000
LONGEST_LINE = 1_000
LONGEST_TAG = 100
LONGEST_STORYLINE = 100

# What readers get along with. A longer text is stored, and preflight reports it.
TITLE = 200
HEADLINE = 300
INTRODUCTION = 10_000
IMPLICATION = 5_000
OTHER = 20_000
POINT = 1_000
TAG = 50
