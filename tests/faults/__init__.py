"""Faults put to real processes: the server as it is deployed, PostgreSQL, nginx.

`make faults` runs them all, `python -m tests.faults NAME…` those of some modules. They take minutes
and depend on the machine, so pytest does not collect them. Every scenario is a module of this
package with a `NAME` and a function `run(folder)` that returns `Result`s; `site` has what they
share.
"""
