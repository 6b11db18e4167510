"""Tags in the form: those that occur in the text are offered, and an alias becomes its tag."""

from django.forms import Media
from django.utils.translation import gettext as _

from articles.recognising.tag_words import MAX_OFFERED
from articles.rules.text import fold
from articles.taxonomy import vocabulary

MEDIA = Media(css={"all": ["css/admin-offered-tags.css"]}, js=["js/admin-offered-tags.js"])
MISSING = "tags-missing"


def offered(data, prefixes):
    """The tags that occur in the articles of a snapshot, at most MAX_OFFERED each, the weightiest
    first. `prefixes` are those of the articles' rows by uid, and so are the keys of the result."""
    words = vocabulary.load()
    return {
        prefixes[article["uid"]]: [
            found.tag for found in vocabulary.missing_in(article, words)[:MAX_OFFERED]
        ]
        for article in data["articles"]
        if article["uid"] in prefixes
    }


def tell(findings, tags):
    """Let the findings about missing tags, as the form shows them, name the offered ones."""
    for finding in findings:
        if finding["code"] == MISSING and (names := tags.get(finding["row"])):
            words = {"tags": ", ".join(names)}
            finding["advice"] = _("In the text: %(tags)s. They can be taken there.") % words


def mark(inlines, tags):
    """Give the rows of the form the tags that are offered in them."""
    for inline in inlines:
        for form in inline.formset.forms:
            form.offered_tags = tags.get(form.prefix, [])


def without_aliases(articles):
    """The articles of a snapshot with the tags that their aliases mean, and the tag of each alias
    that was there. A tag's own name stays, so that only new names are replaced."""
    meant = vocabulary.meant_by({name for article in articles for name in article["tags"]})
    if not meant:
        return articles, {}
    replaced = [
        article | {"tags": _once(meant.get(name, name) for name in article["tags"])}
        for article in articles
    ]
    return replaced, meant


def alias_sentences(meant):
    """A sentence for each alias that was replaced by its tag, however many spellings it had."""
    sentence = _("“%(alias)s” is an alias. The tag is “%(tag)s”.")
    return [sentence % {"alias": alias, "tag": meant[alias]} for alias in _once(sorted(meant))]


def _once(names):
    kept = {}
    for name in names:
        kept.setdefault(fold(name), name)
    return list(kept.values())
