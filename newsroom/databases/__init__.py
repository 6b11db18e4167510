"""Django's database backends with a stricter check whether a connection is still usable.

Django checks after errors, and at the start of a request if CONN_HEALTH_CHECKS is on.
"""
