"""Rules that need no database: text, addresses, times, Markdown. Those of preflight are there."""
