"""The checks of `check` by edit forms and open requests: everything that would make `apply` fail is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from end_to_end.scene import CONSULTATION, ERROR, OPERATOR, VIP, make_fake
from redmine.test_preflight import Site
from support.fake_records import CustomField
from support.worlds import BOT, FakeWorld

from sup_sync.redmine.preflight.checks import check_redmine
from sup_sync.redmine.preflight.problem import Problem
from sup_sync.run.redmine_state import fetch_redmine_state


class FormSite(Site):
    """A Redmine in memory, and the problems that forms and open requests show."""

    def problems_by_forms(self) -> list[Problem]:
        reader = self.reader
        rows = tuple(each for each in reader.fetch_rows(status="open"))
        forms = {row["tracker"]["name"]: reader.fetch_form_state(row["id"]) for row in rows}
        problems = check_redmine(replace(fetch_redmine_state(reader, self.config), forms=forms, rows=rows))
        return [each for each in problems if not each.text.startswith("role ")]  # of the scene


@pytest.fixture
def site() -> Iterator[FormSite]:
    world = FakeWorld()
    make_fake(world)
    with world.rest.running():
        yield FormSite(world)


def test_redmine_that_matches_has_no_problem(site: FormSite) -> None:
    assert site.problems_by_forms() == []


def rename_value(field: CustomField) -> None:
    field.values = tuple("Басқа" if value == "VIP" else value for value in field.values)


def make_text(field: CustomField) -> None:
    field.values = ()


def make_list(field: CustomField) -> None:
    field.values = ("a", "b")


@pytest.mark.parametrize(
    ("key", "spoil", "text"),
    [
        ("level", rename_value, 'field "Қызмет көрсету деңгейі" (level) does not have the value "VIP"'),
        ("state", make_text, 'field "Мерзім күйі" (state) is not a list in Redmine'),
        ("marker", make_list, 'field "sup-sync" (marker) is a list in Redmine instead of text'),
        ("resolution_due", make_list, 'field "Шешу мерзімі" (resolution_due) is a list in Redmine instead of text'),
    ],
)
def test_field_that_would_reject_our_values_is_reported(
    site: FormSite, key: str, spoil: Callable[[CustomField], None], text: str
) -> None:
    spoil(site.field(key))
    (problem,) = site.problems_by_forms()
    assert problem.text == text
    assert (problem.is_warning, problem.stops_run) == (False, False)


def test_required_field_that_is_blank_is_reported_with_its_requests(site: FormSite) -> None:
    site.field("contact").is_required = True
    issue_ids = sorted(each.id for each in site.tracker.issues if each.tracker.name == CONSULTATION)
    problems = [each for each in site.problems_by_forms() if CONSULTATION in each.text]
    numbers = ", ".join(f"#{each}" for each in issue_ids)
    assert [each.text for each in problems] == [
        f'tracker "{CONSULTATION}": the required field "Байланыс деректері" is blank on {numbers}'
    ]


def test_field_that_the_workflow_makes_read_only_is_reported(site: FormSite) -> None:
    site.tracker.role(BOT).read_only = {site.world.names.fields["state"]}
    texts = [each.text for each in site.problems_by_forms()]
    assert f'tracker "{ERROR}": the account may not set Мерзім күйі' in texts


def test_stored_value_that_nothing_maps_is_a_warning(site: FormSite) -> None:
    issue_id = site.world.file(OPERATOR, VIP, ERROR)
    issue = next(each for each in site.tracker.issues if each.id == issue_id)
    issue.values[site.field("language").id] = "Deutsch"
    (problem,) = site.problems_by_forms()
    assert str(problem) == (
        f'warning: field "Тіл" (language) has the value "Deutsch" on #{issue_id}; it is not mapped: set another one,'
        " or add it to `former_values.languages` in mappings/tracker.yaml"
    )


def test_field_with_text_of_people_is_reported(site: FormSite) -> None:
    issue_id = site.world.file(OPERATOR, VIP, ERROR)
    issue = next(each for each in site.tracker.issues if each.id == issue_id)
    issue.values[site.field("resolution_due").id] = "дүйсенбіге дейін"
    (problem,) = site.problems_by_forms()
    assert problem.text == f'field "Шешу мерзімі" (resolution_due) has text on #{issue_id} that sup-sync did not write'
