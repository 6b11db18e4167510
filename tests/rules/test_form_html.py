import datetime as dt
from unittest import mock

from django import forms
from django.forms.renderers import TemplatesSetting
from django.test import SimpleTestCase
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from articles.rules.form_html import FormRenderer

HOSTILE = "<b>\"'&\n 둘째"
SAFE = format_html("<i>{}</i>", HOSTILE)
LAZY = gettext_lazy("Search")
CHOICES = [
    ("", "–"),
    (1, HOSTILE),
    (1_000, 1_000),
    ("s", SAFE),
    (LAZY, [("inner", LAZY), ("two", "둘")]),
]
WIDGETS = [
    *(forms.TextInput, forms.NumberInput, forms.EmailInput, forms.URLInput, forms.PasswordInput),
    *(forms.HiddenInput, forms.DateInput, forms.TimeInput, forms.Textarea, forms.CheckboxInput),
    *(forms.Select, forms.SelectMultiple, forms.NullBooleanSelect, forms.RadioSelect),
    *(forms.FileInput, forms.CheckboxSelectMultiple),
]
VALUES = [None, "", 0, 7, 1_000, True, False, HOSTILE, SAFE, LAZY, dt.date(2026, 1, 3)]
ATTRIBUTES = {
    **{"class": HOSTILE, "title": SAFE, "rows": 1_000, "required": True, "hidden": False},
    **{"data-none": None, "data-lazy": LAZY, HOSTILE: "x", "id": "id_x"},
}


class FormRendererTests(SimpleTestCase):
    def test_inputs_are_what_djangos_templates_make_of_them(self):
        for kind in WIDGETS:
            widget = kind()
            widget.choices = CHOICES
            for value in VALUES:
                for attributes in ({}, ATTRIBUTES):
                    with self.subTest(kind.__name__, value=value):
                        written, expected = (
                            widget.render(HOSTILE, value, attributes, renderer())
                            for renderer in (FormRenderer, TemplatesSetting)
                        )
                        self.assertEqual(written, expected)

    def test_errors_are_what_djangos_templates_make_of_them(self):
        for errors in ([], [HOSTILE], [SAFE, LAZY]):
            for field_id in (None, HOSTILE):
                for error_class in (None, HOSTILE):
                    with self.subTest(errors=errors, field_id=field_id, error_class=error_class):
                        written, expected = (
                            str(forms.utils.ErrorList(errors, error_class, renderer(), field_id))
                            for renderer in (FormRenderer, TemplatesSetting)
                        )
                        self.assertEqual(written, expected)

    def test_plain_inputs_need_no_template(self):
        class Form(forms.Form):
            name = forms.CharField()
            text = forms.CharField(widget=forms.Textarea)
            choice = forms.ChoiceField(choices=CHOICES)
            is_ready = forms.BooleanField()

        with mock.patch.object(FormRenderer, "get_template", side_effect=AssertionError):
            for field in Form({}, renderer=FormRenderer()):
                field.as_field_group()


class FieldTests(SimpleTestCase):
    def field(self, data=None, **options):
        class Form(forms.Form):
            name = forms.CharField(label=f"label {HOSTILE}", **options)

        return Form(data, renderer=FormRenderer())["name"]

    def test_a_field_has_its_label_and_its_help(self):
        written = self.field(help_text=HOSTILE, required=False).as_field_group()
        self.assertHTMLEqual(
            written,
            """<div class="field field-name">
            <label for="id_name">Label &lt;b&gt;&quot;&#x27;&amp; 둘째</label>
            <input type="text" name="name" id="id_name" aria-describedby="id_name_helptext">
            <p class="help" id="id_name_helptext">&lt;b&gt;&quot;&#x27;&amp; 둘째</p></div>""",
        )

    def test_faults_are_told_unless_there_are_errors(self):
        for data, told in ((None, True), ({}, False)):
            field = self.field(data)
            field.faults = [HOSTILE]
            written = field.as_field_group()
            self.assertEqual('<p class="field-fault" data-fault>&lt;b&gt;' in written, told)
            self.assertEqual('<ul class="errorlist"' in written, not told)
            self.assertEqual('class="field field-name errors"' in written, not told)

    def test_required_fields_are_marked(self):
        self.assertIn('<label for="id_name" class="required">', self.field().as_field_group())
