"""Texts written to do harm, and what a page, a feed or a file shows if one of them did."""
