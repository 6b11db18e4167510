"""Django's database backends with another answer to one question: is a connection worth keeping?

Django asks it after errors, and at the beginning of a request if CONN_HEALTH_CHECKS is on.
"""
