"""The project: settings, the entry point of the server, logins, and the number of the release."""

__version__ = "0.9.0"
