"""The site as a node has it whose clock is so many seconds ahead as CLOCK_AHEAD says: granian is
started with `tests.faults.skewed:application`."""

import datetime as dt
import os

import time_machine

if ahead := int(os.environ.get("CLOCK_AHEAD", "0")):
    # To the end of the process. The runner, which imports every module here, keeps its clock.
    time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=ahead), tick=True).start()
    from newsroom.wsgi import application  # noqa: F401
