"""One file that holds the whole site, and the site back from that file.

`creating.create`, `restoring.restore` and `verifying.verify` are what the commands call;
`docs/backup.md` describes the file.
"""
