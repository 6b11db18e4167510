"""Storylines: news over several days.

`following` puts an article into the storyline of an earlier one; `keeping` renames, merges, splits
and deletes storylines. Their pages are in `articles.pages.timelines` and `articles.pages.ties`.
"""
