"""What came in and is in no digest yet: candidates, where they come from, and what becomes of them.

Everything comes in through `arriving.take`, and an editor decides through `deciding`. Feeds of
others are polled by `polling`. docs/inbox.md describes it for editors and operators.
"""
