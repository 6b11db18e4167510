"""What fails while nobody looks on: a line in the log, and by mail to ADMINS if mail is set up."""

import logging

logger = logging.getLogger(__name__)


def report(what: str) -> None:
    """Say that it has failed. Why is said in its own log, since that may repeat what somebody
    typed. Who says so again within a quarter of an hour sends no second mail."""
    logger.error(f"{what} has failed; its log says why.")
