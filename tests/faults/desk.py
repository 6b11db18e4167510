"""An editor at the desk: a browser without scripts, as far as forms need one."""

import http.client
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from tests.faults.site import EDITOR, PASSWORD, PATIENCE

LOGIN = "/admin/login/"


class FormReader(HTMLParser):
    """What a browser would send of the form whose `id` is given."""

    def __init__(self, form_id):
        super().__init__()
        self.form_id, self.fields = form_id, {}
        self._is_inside, self._area, self._select = False, None, None

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        name, value = found.get("name"), found.get("value") or ""
        if tag == "form":
            self._is_inside = found.get("id") == self.form_id
        elif not self._is_inside:
            return
        elif tag == "textarea" and name:
            self._area, self.fields[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in found:
            self.fields[self._select] = value
        elif tag == "input" and name and _is_sent(found):
            self._add(name, value)

    def _add(self, name, value):
        """A name that comes several times has a list of values."""
        before = self.fields.get(name)
        if before is not None:
            value = [*(before if isinstance(before, list) else [before]), value]
        self.fields[name] = value

    def handle_data(self, data):
        if self._area:
            self.fields[self._area] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self._is_inside = False
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._area:
            # The first line break of a textarea is not part of its text.
            self.fields[self._area] = self.fields[self._area].removeprefix("\n")
            self._area = None


def _is_sent(attributes):
    kind = attributes.get("type", "text")
    if kind in ("checkbox", "radio"):
        return "checked" in attributes
    return kind not in ("submit", "button", "file", "reset")


class Editor:
    """Somebody logged in at the node or proxy at a port; the session is good for all of them."""

    def __init__(self, port: int):
        self.port, self.cookies = port, {}

    def ask(self, path, data=None, timeout=PATIENCE, port=None):
        """(status, headers, text) of a GET, or of a POST of data; redirects are not followed.
        Raises OSError or HTTPException."""
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=timeout)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if data is not None:
            token = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", "")}
            body = urlencode(data | token, doseq=True)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request("GET" if data is None else "POST", path, body, headers)
            answer = connection.getresponse()
            for line in answer.headers.get_all("Set-Cookie", []):
                morsels = SimpleCookie(line).values()
                self.cookies |= {morsel.key: morsel.value for morsel in morsels}
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()

    def log_in(self, name=EDITOR, password=PASSWORD):
        self.ask(LOGIN)
        data = {"username": name, "password": password, "next": "/admin/"}
        status, _headers, _text = self.ask(LOGIN, data)
        assert status == 302, status
        return self

    def form(self, path, form_id="digest_form"):
        """The fields of the form at an address."""
        status, _headers, text = self.ask(path)
        assert status == 200, (path, status)
        return fields_of(text, form_id)

    def new_digest(self, date, title, headline="기사"):
        """Write a draft with one article; returns the address of its form."""
        add = "/admin/articles/digest/add/"
        changes = {"date": date, "title": title, "articles-0-headline": headline}
        data = self.form(add) | changes | {"_continue": "1"}
        status, headers, text = self.ask(add, data)
        assert status == 302, (status, text[-3000:])
        return headers["Location"]

    def withdraw(self, address):
        self._press(address, self.form(address) | {"_withdraw": "1"})

    def publish(self, address):
        """Publish at once, whatever warnings there are and of whatever day it is."""
        press = self._press(address, self.form(address) | {"_publish": "1"})
        data = self.reasoned(press) | {"_publish_now": "1"}
        status, _headers, text = self.ask(press, data)
        if status == 200:  # before its own day, which is asked about once
            self._press(press, data | {"early": fields_of(text, None)["early"]})

    def reasoned(self, press):
        """The fields of the form before publication, with a reason wherever it asks for one."""
        form = self.form(press, form_id=None)
        return form | {name: "As it is." for name in form if name.startswith("own_reason-")}

    def _press(self, address, data):
        status, headers, text = self.ask(address, data)
        assert status == 302, (address, status, text[-3000:])
        return headers["Location"]


def fields_of(text, form_id="digest_form"):
    reader = FormReader(form_id)
    reader.feed(text)
    assert reader.fields, f"There is no form {form_id}."
    return reader.fields
