"""A letter as the template language of a service reads it.

Services run what is in double braces for each reader. A text of a digest must be shown there as it
is, not be run; only the link of the service is put in.
"""

import re
from dataclasses import replace

from articles.mail.letters import UNSUBSCRIBE, Letter
from articles.models import MailService

Kind = MailService.Kind
# The link with which a reader leaves the list (listmonk: docs/templating; Buttondown: docs,
# "Naked mode").
LINKS = {Kind.LISTMONK: "{{ UnsubscribeURL }}", Kind.BUTTONDOWN: "{{ unsubscribe_url }}"}

# What starts something in the templates of Go and of Django.
_STARTS = re.compile(r"\{(?=[{%#])")
# listmonk counts clicks on `https://…@TrackLink`.
_TRACK = re.compile("@(?=TrackLink)")
# listmonk reads plain texts with Go's html/template, for which such a text begins an element.
_TAGS = re.compile(r"<(?=[A-Za-z/!?])")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_JOINER = "\u2060"  # invisible, and no line breaks at it


def link_of(service: MailService) -> str:
    """What a service puts its unsubscribe link in place of; empty if the mail has none."""
    return LINKS.get(Kind(service.kind), service.unsubscribe)


def put_in(letter: Letter, service: MailService) -> Letter:
    """The letter for a service."""
    link = link_of(service)
    html = _TRACK.sub("&#64;", _STARTS.sub("&#123;", letter.html))
    if service.kind == Kind.LISTMONK:  # its templates drop comments, also those for Outlook
        html = _COMMENT.sub(lambda match: f"{{{{ Safe `{match[0]}` }}}}", html)
    return replace(
        letter,
        subject=_quiet(letter.subject),
        preheader=_quiet(letter.preheader),
        html=html.replace(UNSUBSCRIBE, link),
        text=_quiet(letter.text).replace(UNSUBSCRIBE, link),
    )


def _quiet(text: str) -> str:
    """A plain text in which nothing is run; it looks the same."""
    text = _STARTS.sub("{" + _JOINER, text)
    return _TAGS.sub("<" + _JOINER, _TRACK.sub("@" + _JOINER, text))
