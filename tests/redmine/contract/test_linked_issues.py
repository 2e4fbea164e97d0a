"""Copies, duplicates, subtasks and blockers, in memory and in a real Redmine."""

from __future__ import annotations

from typing import Any

import pytest
from support.worlds import ADMIN, BOT, Json, World

from sup_sync.model.directory import Directory
from sup_sync.redmine.decode import decode_issue
from sup_sync.redmine.reader import Reader

MARKER = "issue=7 acknowledged#0@1.00"
CLOSED, WAITING = "Жабылды", "Клиент жауабын күтуде"


def details(issue: Json) -> list[tuple[str, str, str]]:
    """Return the kinds, names and new values of the details in an issue's history."""
    changes = (each for journal in issue["journals"] for each in journal["details"])
    return [(each["property"], each["name"], each["new_value"]) for each in changes]


def relations(issue: Json) -> list[tuple[int, str, int]]:
    return [(each["issue_id"], each["relation_type"], each["issue_to_id"]) for each in issue.get("relations", ())]


def history(issue: Json) -> list[tuple[str, str, bool]]:
    """Return the user, the note, and whether the status changed, of each journal that is not about relations."""
    journals = (each for each in issue["journals"] if all(d["property"] != "relation" for d in each["details"]))
    return [
        (each["user"]["name"], each["notes"] or "", any(d["name"] == "status_id" for d in each["details"]))
        for each in journals
    ]


def filed_with_marker(world: World) -> int:
    issue_id = world.file("operator", "alatau", due_date="2030-01-31")
    fields = world.names.fields
    world.set_fields(ADMIN, issue_id, {fields["marker"]: MARKER, fields["resolution_due"]: "2030-01-31 18:00"})
    world.set_status(ADMIN, issue_id, "Өңделуде")
    return issue_id


@pytest.mark.parametrize("is_linked", [True, False])
def test_copy_has_the_fields_of_the_original_but_none_of_its_history(world: World, is_linked: bool) -> None:
    original = filed_with_marker(world)
    copy = world.copy(ADMIN, original, is_linked=is_linked)
    seen = world.see(BOT, copy)
    values = {each["name"]: each["value"] for each in seen["custom_fields"]}
    assert values[world.names.fields["marker"]] == MARKER
    assert (seen["due_date"], seen["status"]["name"], seen["author"]["name"]) == ("2030-01-31", "Жаңа", "Redmine Admin")
    assert details(seen) == ([("relation", "copied_from", str(original))] if is_linked else [])
    assert relations(seen) == ([(original, "copied_to", copy)] if is_linked else [])
    assert details(world.see(BOT, original))[3:] == ([("relation", "copied_to", str(copy))] if is_linked else [])


def test_copy_is_decoded_as_a_copy_and_its_due_date_as_nobodys(
    world: World, reader: Reader, directory: Directory
) -> None:
    original = filed_with_marker(world)
    copies = [world.copy(ADMIN, original, is_linked=is_linked) for is_linked in (True, False)]
    issues = [decode_issue(reader.fetch_issue(each), directory) for each in (original, *copies)]
    assert [each.is_copied for each in issues] == [False, True, True]
    assert [each.has_own_marker for each in issues] == [False, False, False]  # it has the number of another one
    assert [each.set_by["due_date"].name if "due_date" in each.set_by else "" for each in issues] == [
        *("Айдос Серік", "", ""),
    ]


def test_due_date_is_of_the_person_who_set_it_last(world: World, reader: Reader, directory: Directory) -> None:
    issue_id = world.file("operator", "alatau", due_date="2030-01-31")
    assert decode_issue(reader.fetch_issue(issue_id), directory).set_by["due_date"].name == "Айдос Серік"
    world.edit(BOT, issue_id, due_date="2030-02-28")
    assert decode_issue(reader.fetch_issue(issue_id), directory).set_by["due_date"].side == "bot"
    world.edit(ADMIN, issue_id, due_date="2030-03-31")
    assert decode_issue(reader.fetch_issue(issue_id), directory).set_by["due_date"].name == "Redmine Admin"
    world.edit(ADMIN, issue_id, due_date="")
    assert "due_date" not in decode_issue(reader.fetch_issue(issue_id), directory).set_by


def test_closing_closes_open_duplicates_and_theirs_with_the_same_note(world: World) -> None:
    main, duplicate, of_duplicate, closed, other = (world.file("operator", "alatau") for _ in range(5))
    world.set_status(ADMIN, closed, CLOSED, "Бұрын")
    for issue_id, of in ((duplicate, main), (of_duplicate, duplicate), (closed, main), (main, other)):
        world.relate(ADMIN, issue_id, "duplicates", of)
    world.set_status(ADMIN, main, WAITING)
    world.edit(BOT, main, status_id=world.id_of("issue_statuses", CLOSED), notes="Жауап болмады")
    seen = {each: world.see(BOT, each) for each in (main, duplicate, of_duplicate, closed, other)}
    bot = world.get(BOT, "/users/current.json")["user"]
    same = [(f"{bot['firstname']} {bot['lastname']}", "Жауап болмады", True)]
    assert [history(seen[each])[-1:] for each in (main, duplicate, of_duplicate)] == [same, same, same]
    assert [each["status"]["name"] for each in seen.values()] == [*[CLOSED] * 4, "Жаңа"]
    assert (len(history(seen[closed])), history(seen[other])) == (1, [])


def test_duplicates_and_blockers_are_those_related_to_the_issue(
    world: World, reader: Reader, directory: Directory
) -> None:
    main, duplicate, blocker = (world.file("operator", "alatau") for _ in range(3))
    assert "relations" not in world.see(BOT, main)
    world.relate(ADMIN, duplicate, "duplicates", main)
    world.relate(ADMIN, blocker, "blocks", main)
    issues = [decode_issue(reader.fetch_issue(each), directory) for each in (main, duplicate, blocker)]
    assert [each.duplicates for each in issues] == [(duplicate,), (), ()]
    assert [each.blockers for each in issues] == [(blocker,), (), ()]


@pytest.mark.parametrize("kind", ["subtask", "blocker"])
def test_issue_with_an_open_subtask_or_blocker_cannot_be_closed(world: World, reader: Reader, kind: str) -> None:
    issue_id = world.file("operator", "alatau")
    world.set_status(ADMIN, issue_id, WAITING)
    given: dict[str, Any] = {"parent_issue_id": issue_id} if kind == "subtask" else {}
    other = world.file(ADMIN, "alatau", **given)
    if kind == "blocker":
        world.relate(ADMIN, other, "blocks", issue_id)
    assert CLOSED not in {each["name"] for each in reader.fetch_issue(issue_id)["allowed_statuses"]}
    world.set_status(ADMIN, other, CLOSED)
    assert CLOSED in {each["name"] for each in reader.fetch_issue(issue_id)["allowed_statuses"]}
