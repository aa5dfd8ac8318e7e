"""What is drawn in Python is what Django's own templates draw."""

import pytest
from crispy_forms.utils import render_crispy_form
from django import forms
from django.forms.renderers import DjangoTemplates
from pytest_django.asserts import assertHTMLEqual

from cadres.forms.drawing import Renderer
from cadres.forms.sheet import ClockInput, DayInput, plain_helper

TYPED = """<b>"'&</b>"""
GROUPS = [("", "———"), ("A&B", [(1, "<one>"), (2, "two")]), (3, 'th"ree')]


@pytest.mark.parametrize(
    ("widget", "value"),
    [
        (forms.TextInput({"placeholder": TYPED, "required": True}), TYPED),
        (forms.TextInput({"disabled": False, "data-n": 0}), None),
        (forms.NumberInput({"min": 0}), 0),
        (forms.EmailInput(), ""),
        (forms.HiddenInput(), TYPED),
        (forms.CheckboxInput(), True),
        (forms.CheckboxInput(), False),
        (DayInput(), "2026-11-30"),
        (ClockInput(), "09:00"),
        (forms.Select({"class": TYPED}, choices=GROUPS), 2),
        (forms.Select(choices=GROUPS), None),
        (forms.SelectMultiple(choices=GROUPS), ["1", "3"]),
        (forms.Textarea(), TYPED),
        (forms.RadioSelect(choices=GROUPS), 3),
    ],
)
def test_widgets_are_drawn_as_by_their_templates(widget, value):
    ours, djangos = (
        widget.render(TYPED, value, {"id": "id_it"}, renderer=renderer)
        for renderer in (Renderer(), DjangoTemplates())
    )

    assertHTMLEqual(ours, djangos)


class NoteForm(forms.Form):
    note = forms.CharField(
        label=TYPED,
        help_text="Short.",
        max_length=5,
        error_messages={"max_length": "Too long."},
    )
    kind = forms.ChoiceField(label="Kind", choices=GROUPS, required=False)
    helper = plain_helper("note", "kind")


def test_a_field_stands_under_its_label_with_what_is_wrong():
    drawn = render_crispy_form(NoteForm({"note": "too long", "kind": "3"}))

    assertHTMLEqual(
        drawn,
        """
        <div id="div_id_note" class="mb-3">
          <label for="id_note" class="form-label requiredField">&lt;b&gt;&quot;&#x27;&amp;&lt;/b&gt;
            <span class="asteriskField">*</span></label>
          <input type="text" name="note" value="too long" maxlength="5" required id="id_note"
            class="textinput form-control is-invalid" aria-invalid="true"
            aria-describedby="id_note_helptext id_note_error">
          <div id="id_note_error" class="invalid-feedback"><span id="error_1_id_note"><strong>Too long.</strong></span></div>
          <div id="id_note_helptext" class="form-text">Short.</div>
        </div>
        <div id="div_id_kind" class="mb-3">
          <label for="id_kind" class="form-label">Kind</label>
          <select name="kind" class="select form-select" id="id_kind">
            <option value="">———</option>
            <optgroup label="A&amp;B"><option value="1">&lt;one&gt;</option>
              <option value="2">two</option></optgroup>
            <option value="3" selected>th&quot;ree</option>
          </select>
        </div>
        """,
    )
