"""The fields of an issue's edit form: what they require and offer, to explain why Redmine rejects a change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from hashlib import sha256
from html.parser import HTMLParser

from sup_sync.immutable import value

_START = re.compile(r'<\w[^<>]*\bid="all_attributes"')  # text of users contains no tag, as Redmine escapes it
_NAME = re.compile(r"issue\[(\w+)\](?:\[(\d+)\])?(?:\[\])?")
_CUSTOM = "custom_field_values"
REQUIRED_SIGN = "*"


@value
class FormField:
    """A field on the form. `key` is the id of a custom field, otherwise Redmine's name; `options` are those of a list.

    The current value of a list that is not in it any more is not on the form, or is the last option.
    """

    key: str
    label: str
    is_required: bool
    is_blank: bool
    options: tuple[str, ...]


@value
class FormState:
    """All fields on the edit form that the account may set, in order."""

    fields: tuple[FormField, ...]

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(each.key for each in self.fields)

    @property
    def digest(self) -> str:
        """Return a digest that changes with the labels, required fields, blank fields or options."""
        return sha256(repr([astuple(each) for each in self.fields]).encode()).hexdigest()[:16]

    def problems(self, messages: Sequence[str] = ()) -> Iterator[str]:
        """Yield a text for each field that explains a rejection: a required blank one, or one that a message names.

        Redmine's messages are in the account's language, as the labels are, and begin with the label.
        """
        named = {max(labels, key=len) for each in messages if (labels := self._labels_of(each))}
        for field in self.fields:
            if field.is_required and field.is_blank:
                gone = ", or its value is no longer in its list" if field.options else ""
                yield f'required field "{field.label}" is blank{gone}; fill it in'
            elif field.label in named and field.options:
                yield f'"{field.label}" has a value that is not in its list; choose another one'
            elif field.label in named:
                yield f'Redmine does not accept the value of "{field.label}"'

    def _labels_of(self, message: str) -> list[str]:
        return [each.label for each in self.fields if each.label and message.startswith(each.label)]


def parse_form_state(page: str) -> FormState:
    """Parse the part of an issue's page that contains the form; without a form, there are no fields."""
    start = _START.search(page)
    if start is None:
        return FormState(())
    parser = _FormParser()
    parser.feed(page[start.start() :].partition("</form>")[0])
    return FormState(tuple(each.field() for each in parser.fields.values()))


class _Draft:
    """A field whose tags are being read."""

    def __init__(self, key: str, label: str) -> None:
        self.key = key
        self.label = label
        self.values: list[str] = []
        self.options: list[str] = []

    def field(self) -> FormField:
        label = self.label.strip()
        is_required = label.endswith(REQUIRED_SIGN)
        is_blank = not any(each.strip() for each in self.values)
        return FormField(self.key, label.rstrip(f" {REQUIRED_SIGN}"), is_required, is_blank, tuple(self.options))


class _FormParser(HTMLParser):
    """A parser of the form: each label comes before the tags of its field."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, _Draft] = {}
        self._label, self._label_read = "", ""
        self._textarea: _Draft | None = None
        self._select: _Draft | None = None
        self._is_in_label = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: text or "" for name, text in attrs}
        if tag == "label":
            self._is_in_label, self._label_read = True, ""
        elif tag == "option" and self._select:
            self._add_option(self._select, values.get("value", ""), "selected" in values)
        elif tag in ("input", "select", "textarea") and (match := _NAME.fullmatch(values.get("name", ""))):
            key = match[2] if match[1] == _CUSTOM and match[2] else match[1]
            field = self.fields.setdefault(key, _Draft(key, self._label))
            self._label = ""
            self._select = field if tag == "select" else None
            self._textarea = field if tag == "textarea" else None
            if tag == "input":
                self._add_input(field, values)

    def _add_input(self, field: _Draft, values: dict[str, str]) -> None:
        kind, text = values.get("type", "text"), values.get("value", "")
        if kind in ("checkbox", "radio"):
            self._add_option(field, text, "checked" in values)
        elif kind != "hidden":
            field.values.append(text)

    def _add_option(self, field: _Draft, text: str, is_selected: bool) -> None:
        if text:
            field.options.append(text)
        if is_selected:
            field.values.append(text)

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._is_in_label, self._label = False, self._label_read
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._is_in_label:
            self._label_read += data
        if self._textarea:
            self._textarea.values.append(data)
