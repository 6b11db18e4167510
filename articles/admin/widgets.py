"""Inputs of the desk. Their scripts use event delegation, so they work in added rows too."""

from django import forms
from django.conf import settings
from django.urls import reverse_lazy
from django.utils.html import format_html
from django.utils.translation import gettext as _
from markdownx.widgets import AdminMarkdownxWidget

from articles.rules import rendering
from articles.views.preview import MAX_PREVIEW_LENGTH

MARKDOWN = """\
<div class="markdown" data-markdown data-preview-url="{address}">
{area}

<div class="markdown-side" role="group" aria-label="{name}">
<p class="markdown-caption" aria-hidden="true">{caption}</p>
<div class="markdown-preview" data-preview>{preview}</div>
<p class="markdown-problem" data-problem role="status" data-text="{problem}"></p>
</div>
</div>"""


class MarkdownWidget(AdminMarkdownxWidget):
    """A text area with a preview; `label` names the preview to screen readers."""

    label = ""
    template_name = forms.Textarea.template_name

    class Media:
        extend = False
        js = ["js/admin-forms.js", "js/admin-markdown.js"]

    def __init__(self, attrs=None):
        super().__init__(attrs={"rows": 4, **(attrs or {})})

    @staticmethod
    def add_markdownx_attrs(attrs):
        """Leave out markdownx's attributes, since its editor is not used; only a class stays."""
        return {"class": "markdown-input"}

    def render(self, name, value, attrs=None, renderer=None):
        text = self.format_value(value) or ""
        return format_html(
            MARKDOWN,
            address=settings.MARKDOWNX_URLS_PATH,
            area=super().render(name, value, attrs, renderer),
            name=_("Preview: %(field)s") % {"field": self.label},
            caption=_("Preview"),
            # A text longer than the limit gets no preview.
            preview=rendering.preview(text) if len(text) <= MAX_PREVIEW_LENGTH else "",
            problem=_("The preview cannot be shown right now. Your text is safe."),
        )


class LinesWidget(forms.Textarea):
    """A text area with one item per line."""

    def __init__(self, attrs=None):
        super().__init__(attrs={"class": "lines-input", "rows": 4, **(attrs or {})})


class CitationsWidget(LinesWidget):
    """Citations, one per line. A bare address gets its publisher's name on leaving the field."""

    class Media:
        js = ["js/admin-citations.js"]

    def __init__(self, attrs=None):
        endpoint = reverse_lazy("admin:articles_publisher_of_address")
        super().__init__({"data-publishers": endpoint, **(attrs or {})})


class LineWidget(forms.TextInput):
    """A text input as wide as its column."""

    def __init__(self, attrs=None):
        super().__init__(attrs={"class": "line-input", "autocomplete": "off", **(attrs or {})})


class TagsWidget(LineWidget):
    """Tags separated by commas, with suggestions from existing tags."""

    class Media:
        js = ["js/admin-forms.js", "js/admin-tags.js"]

    def __init__(self, attrs=None):
        super().__init__(attrs={"data-suggest": reverse_lazy("admin:articles_tag_suggest")})


class DayWidget(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class OrderWidget(forms.NumberInput):
    """The place of an article; scripts fill it in and hide it."""

    def __init__(self, attrs=None):
        super().__init__(attrs={"class": "order-input", "min": 1, **(attrs or {})})
