"""The fields of an issue's edit form, and the texts that explain a rejection with them."""

from __future__ import annotations

import pytest

from sup_sync.redmine.form_state import FormField, parse_form_state

# parts of pages of Redmine 5.0, with lists as a select and as radio buttons
PAGE = """
<div class="wiki"><p>&lt;div id="all_attributes"&gt;</p></div>
<form><div id="all_attributes">
<p><label for="issue_tracker_id">Tracker<span class="required"> *</span></label><select name="issue[tracker_id]"
 id="issue_tracker_id"><option selected="selected" value="4">Қате</option></select></p>
<p><label for="issue_description">Description</label><textarea name="issue[description]">
Мәтін</textarea></p>
<p><label for="issue_due_date">Due date</label><input type="date" name="issue[due_date]" id="issue_due_date" /></p>
<p><label for="issue_custom_field_values_12"><span>Тіл</span></label><select name="issue[custom_field_values][12]">
<option value="">&nbsp;</option><option value="kk">kk</option>
<option selected="selected" value="de">de</option></select>
<p><label for="issue_custom_field_values_16"><span>Телефон</span> <span class="required">*</span></label>
<input type="text" name="issue[custom_field_values][16]" value="" /></p>
<p><label><span>Телефон 2</span></label><input type="text" name="issue[custom_field_values][17]" value="12" /></p>
<p><label><span>Қалалар</span><span class="required"> *</span></label><span class="check_box_group">
<label><input type="checkbox" name="issue[custom_field_values][18][]" value="Алматы" /> Алматы</label>
<label><input type="checkbox" name="issue[custom_field_values][18][]" value="Тараз" checked="checked" /> Тараз</label>
<input type="hidden" name="issue[custom_field_values][18][]" value="" /></span></p>
</div><textarea name="issue[notes]"></textarea><input type="hidden" name="issue[lock_version]" value="3" /></form>
<form><input type="text" name="issue[subject]" value="of another form" /></form>
"""


def test_fields_of_the_form_have_their_labels_options_and_values() -> None:
    assert parse_form_state(PAGE).fields == (
        FormField("tracker_id", "Tracker", is_required=True, is_blank=False, options=("4",)),
        FormField("description", "Description", is_required=False, is_blank=False, options=()),
        FormField("due_date", "Due date", is_required=False, is_blank=True, options=()),
        FormField("12", "Тіл", is_required=False, is_blank=False, options=("kk", "de")),
        FormField("16", "Телефон", is_required=True, is_blank=True, options=()),
        FormField("17", "Телефон 2", is_required=False, is_blank=False, options=()),
        FormField("18", "Қалалар", is_required=True, is_blank=False, options=("Алматы", "Тараз")),
        FormField("notes", "", is_required=False, is_blank=True, options=()),
        FormField("lock_version", "", is_required=False, is_blank=True, options=()),
    )


@pytest.mark.parametrize(
    ("messages", "problems"),
    [
        ([], []),
        (["Тіл is not included in the list"], ['"Тіл" has a value that is not in its list; choose another one']),
        (["Телефон 2 is too long"], ['Redmine does not accept the value of "Телефон 2"']),
        (["Due date must be greater than start date"], ['Redmine does not accept the value of "Due date"']),
        (["Басқа қате"], []),
    ],
)
def test_problems_are_required_blank_fields_and_those_that_a_message_names(
    messages: list[str], problems: list[str]
) -> None:
    blank = 'required field "Телефон" is blank; fill it in'
    assert sorted(parse_form_state(PAGE).problems(messages)) == sorted([blank, *problems])


def test_required_list_without_a_choice_is_blank_or_has_an_old_value() -> None:
    page = PAGE.replace(' checked="checked"', "")
    assert (
        'required field "Қалалар" is blank, or its value is no longer in its list; fill it in'
        in parse_form_state(page).problems()
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<span class="required">*</span></label>\n', "</label>\n"),
        ('<option value="kk">kk</option>', ""),
        ('value=""', 'value="+7"'),
        ("Телефон", "Байланыс"),
    ],
)
def test_digest_changes_with_each_part_that_can_cause_a_rejection(old: str, new: str) -> None:
    assert old in PAGE
    assert parse_form_state(PAGE).digest == parse_form_state(PAGE.replace("Мәтін", "Басқа")).digest
    assert parse_form_state(PAGE).digest != parse_form_state(PAGE.replace(old, new, 1)).digest


def test_page_without_a_form_has_no_fields() -> None:
    assert parse_form_state('<p>&lt;div id="all_attributes"&gt;</p>').fields == ()
