"""The digest as a mail, and the services that have the list of those who get it."""
