"""A backup of the whole site in one file, and the way back.

The commands call `creating.create`, `restoring.restore` and `verifying.verify`.
`docs/backup.md` describes the file.
"""
