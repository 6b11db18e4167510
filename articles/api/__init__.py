"""The door for programs: HTTP under `/api/` with a bearer token.

A request passes these steps, in this order; each may end it with a problem (`problems`):

1. `entrance`: cookies are taken off. Nothing below knows sessions or users.
2. `admission`: HTTPS, a token that works, a turn for pushes, the requests of the token in this
   minute, the method, the scope.
3. `views`: the parameters and the body (`incoming`), then the call into `posts.pushes`.

docs/api.md describes it for those who write programs.
"""
