"""Errors of a page: those that an HTML parser reports, and rules beyond it.

Rules of the HTML standard (https://html.spec.whatwg.org/) on nesting, and of WCAG 2.2 on names,
headings and landmarks, as far as they can be checked without a browser.
"""

from collections import Counter

import html5lib

NAMESPACE = "{http://www.w3.org/1999/xhtml}"
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS = {
    *HEADINGS,
    *("address", "article", "aside", "blockquote", "dd", "details", "div", "dl", "dt", "fieldset"),
    *("figcaption", "figure", "footer", "form", "header", "hr", "li", "main", "nav", "ol", "p"),
    *("pre", "section", "table", "ul"),
}
ONLY_PHRASING = {
    *HEADINGS,
    *("abbr", "b", "button", "code", "del", "dt", "em", "i", "ins", "kbd", "label", "legend"),
    *("mark", "p", "pre", "small", "span", "strong", "time"),
}
ONLY_CHILDREN = {
    "ul": {"li"},
    "ol": {"li"},
    "dl": {"div", "dt", "dd"},
    "tr": {"th", "td"},
    "select": {"option", "optgroup"},
}
CONTROLS = ("input", "select", "textarea")
REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "for", "list")
# Classes of elements with editors' Markdown, which may skip a heading level.
WRITTEN = ("introduction", "other-text", "correction", "implications")


def errors(source: str) -> list[str]:
    """Each rule that a whole page breaks, in words; an empty list for a correct page."""
    parser = html5lib.HTMLParser()
    root = parser.parse(source)
    found = [f"{position}: {code} {detail}" for position, code, detail in parser.errors]
    page = Page(root)
    for rule in (page.names, page.references, page.headings, page.landmarks, page.nesting):
        found += rule()
    return found


class Page:
    """The elements of a parsed page."""

    def __init__(self, root):
        self.parents = {child: parent for parent in root.iter() for child in parent}
        self.all = [element for element in root.iter() if isinstance(element.tag, str)]
        self.ids = Counter(element.get("id") for element in self.all if element.get("id"))

    def named(self, *names):
        return [element for element in self.all if tag(element) in names]

    def above(self, element):
        while (element := self.parents.get(element)) is not None:
            yield element

    def names(self):
        """Each element that is read out or operated has a name, and each text a language."""
        for element in self.named("html"):
            if not element.get("lang"):
                yield "html has no lang"
        yield from (
            f"empty lang: {shown(element)}" for element in self.all if element.get("lang") == ""
        )
        yield from (f"no alt: {shown(img)}" for img in self.named("img") if img.get("alt") is None)
        for element in self.named("a", "button", "summary", "label", "title", "caption", "th"):
            if not text(element):
                yield f"empty: {shown(element)}"
        yield from (f"no type: {shown(b)}" for b in self.named("button") if not b.get("type"))
        labelled = {label.get("for") for label in self.named("label")}
        for control in self.named(*CONTROLS):
            inside = any(tag(above) == "label" for above in self.above(control))
            if not inside and control.get("id") not in labelled:
                yield f"no label: {shown(control)}"

    def references(self):
        """Each id is unique, and each reference has its target."""
        yield from (f"id twice: {name}" for name, count in self.ids.items() if count > 1)
        yield from (f"blank in id: {name}" for name in self.ids if name.split() != [name])
        for element in self.all:
            named = [one for name in REFERENCES for one in element.get(name, "").split()]
            if tag(element) == "a" and element.get("href", "").startswith("#"):
                named.append(element.get("href")[1:])
            yield from (f"no #{one}: {shown(element)}" for one in named if one not in self.ids)

    def headings(self):
        """One h1, and no skipped level, except in editors' texts."""
        found = [
            int(tag(heading)[1])
            for heading in self.named(*HEADINGS)
            if not any(above.get("class") in WRITTEN for above in self.above(heading))
        ]
        if found.count(1) != 1:
            yield f"{found.count(1)} h1"
        for before, after in zip([0, *found], found, strict=False):
            if after > before + 1:
                yield f"h{after} after h{before}"

    def landmarks(self):
        """One main, header and footer; regions and navigations have different names."""
        count = Counter(tag(element) for element in self.parents if tag(element) == "main")
        if count["main"] != 1:
            yield f"{count['main']} main"
        names = Counter()
        for nav in self.named("nav"):
            name = nav.get("aria-label") or nav.get("aria-labelledby")
            names[name] += 1
            if not name:
                yield "nav without a name"
        yield from (f"two nav: {name}" for name, count in names.items() if count > 1)

    def nesting(self):
        """Nesting that the parser accepts but the standard forbids."""
        for element in self.all:
            parent = self.parents.get(element)
            above = tag(parent) if parent is not None else ""
            if above in ONLY_PHRASING and tag(element) in BLOCKS:
                yield f"{tag(element)} in {above}: {text(parent)[:40]}"
            if above in ONLY_CHILDREN and tag(element) not in ONLY_CHILDREN[above]:
                yield f"{tag(element)} in {above}"
            if tag(element) in ("a", "button", "label", *CONTROLS):
                within = {tag(one) for one in self.above(element)}
                if within & {"a", "button"}:
                    yield f"control in a control: {shown(element)}"
        lists = self.named("ul", "ol", "dl")
        yield from (f"empty list: {shown(one)}" for one in lists if not len(one))


def tag(element):
    return str(element.tag).removeprefix(NAMESPACE)


def text(element):
    return " ".join("".join(element.itertext()).split())


def shown(element):
    return f"<{tag(element)} {dict(element.attrib)}> {text(element)[:40]}"
