"""Digests and the whole public site as files that outlive this software.

`published()` decides what comes out. The files are the same for the same digests, and one that
would stay the same is not touched, so that a version control system shows what has changed.
"""

from articles.exporting.digests import (
    FORMATS,
    export_digests,
    markdown_of,
    public_markdown_of,
    with_one_article,
)
from articles.exporting.folder import ExportError, Report
from articles.exporting.site import copy_site

__all__ = [
    "FORMATS",
    "ExportError",
    "Report",
    "copy_site",
    "export_digests",
    "markdown_of",
    "public_markdown_of",
    "with_one_article",
]
