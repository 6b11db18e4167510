"""The Python with which tests start the server: their own, or the one in SERVE_WITH.

`make test-serving SERVE_WITH=python3.13` sets it to a Python that has everything the site needs.
"""

import os
import sys
from pathlib import Path

PYTHON = Path(os.environ.get("SERVE_WITH") or sys.executable)
GRANIAN = PYTHON.with_name("granian")
