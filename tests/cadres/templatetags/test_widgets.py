"""What is written without a template is escaped as a template would."""

from django import forms

EVIL = '"><script>'


class AnyForm(forms.Form):
    one = forms.ChoiceField(
        choices=[
            ("", "All"),
            (EVIL, EVIL),
            (EVIL * 2, [("a", "A"), (3, "Three")]),
        ],
        widget=forms.Select(attrs={"data-x": EVIL, "hidden": True, "disabled": False}),
    )
    text = forms.CharField(widget=forms.TextInput(attrs={"placeholder": EVIL}))


def test_a_select_has_its_options_and_groups_escaped():
    shown = str(AnyForm({"one": "3"})["one"])

    assert "<script>" not in shown
    assert ' data-x="&quot;&gt;&lt;script&gt;" hidden' in shown
    assert "disabled" not in shown
    assert '<option value="3" selected>Three</option>' in shown
    assert shown.count("<option ") == 4
    assert '<optgroup label="&quot;&gt;' in shown


def test_an_input_has_value_and_attributes_escaped():
    shown = str(AnyForm({"text": EVIL})["text"])

    assert "<script>" not in shown
    assert shown.count("&quot;&gt;&lt;script&gt;") == 2
