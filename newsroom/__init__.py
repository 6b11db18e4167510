"""The Django project: settings, the entry point of the server, and the release number."""

__version__ = "0.9.0"
