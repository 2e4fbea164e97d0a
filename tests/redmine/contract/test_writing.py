"""The behaviour of Redmine that the writer relies on, in memory and in a real Redmine."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.contract_scene import CONSULTATION, Session
from support.worlds import BOT, Json, World

from sup_sync.errors import AccessError, MissingError, RefusedError, StaleError
from sup_sync.model.change import Change
from sup_sync.model.directory import Directory
from sup_sync.redmine.reader import Reader
from sup_sync.redmine.writer import Writer

PAST = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
STALE_VERSION = 0


def change(issue_id: int, field: str, new: str) -> Change:
    return Change(issue_id, field, "", new, "for a test")


def value(issue: Json, name: str) -> str:
    """Return the value of an issue's custom field of that name."""
    return next(each["value"] or "" for each in issue["custom_fields"] if each["name"] == name)


def level(world: World, issue_id: int) -> str:
    return value(world.see(BOT, issue_id), world.names.fields["level"])


def notes(world: World, login: str, issue_id: int) -> list[str]:
    """Return the notes that a login sees."""
    return [each["notes"] for each in world.see(login, issue_id)["journals"] if each["notes"]]


def put(world: World, login: str, issue_id: int, **attributes: Any) -> int:
    """Send a PUT of an issue without sup-sync, and return the HTTP status."""
    return world.call(login, "PUT", f"/issues/{issue_id}.json", json={"issue": attributes}).status_code


def assign_head(issue_id: int, directory: Directory) -> Change:
    (head_id,) = directory.ids_by_name["Дана Бекова"]
    return replace(change(issue_id, "assignee", "head"), assignee_id=head_id)


# --- one PUT


def test_one_put_with_fields_status_assignee_and_note_is_one_journal(
    world: World, session: Session, directory: Directory
) -> None:
    issue_id = world.file("client", "alatau")
    sent = session()
    Writer(sent, may_write_private_notes=True).update(
        issue_id,
        [
            change(issue_id, "level", "VIP"),
            change(issue_id, "marker", "v1 breached"),
            change(issue_id, "due_date", "2030-01-31"),
            change(issue_id, "status", "Клиент жауабын күтуде"),
            assign_head(issue_id, directory),
            change(issue_id, "public_note", "Жауап"),
        ],
        directory,
    )
    issue = world.see(BOT, issue_id)
    (journal,) = issue["journals"]
    assert journal["notes"] == "Жауап"
    assert len(journal["details"]) == 5
    assert (issue["status"]["name"], issue["assigned_to"]["name"]) == ("Клиент жауабын күтуде", "Дана Бекова")
    assert (issue["due_date"], value(issue, "sup-sync")) == ("2030-01-31", "v1 breached")
    assert sent.requests_made == {"PUT": 1}


def test_private_note_has_a_separate_journal(world: World, writer: Writer, directory: Directory) -> None:
    issue_id = world.file("client", "alatau")
    changes = [change(issue_id, "level", "VIP"), change(issue_id, "private_note", "Ішкі")]
    writer.update(issue_id, changes, directory)
    journals = [
        (each["notes"] or "", each["private_notes"], len(each["details"])) for each in _journals(world, BOT, issue_id)
    ]
    assert journals == [("", False, 1), ("Ішкі", True, 0)]
    assert [each["notes"] or "" for each in _journals(world, "client", issue_id)] == [""]


def _journals(world: World, login: str, issue_id: int) -> list[Json]:
    journals: list[Json] = world.see(login, issue_id)["journals"]
    return journals


def test_only_the_changed_fields_are_sent(world: World, writer: Writer, directory: Directory) -> None:
    issue_id = world.file("client", "alatau")
    world.set_fields("operator", issue_id, {world.names.fields["channel"]: "Ресми хат"})
    writer.update(issue_id, [change(issue_id, "level", "VIP")], directory)
    issue = world.see(BOT, issue_id)
    assert value(issue, world.names.fields["channel"]) == "Ресми хат"
    assert len(issue["journals"][-1]["details"]) == 1


def test_empty_text_clears_a_field_a_date_and_the_assignee(world: World, writer: Writer, directory: Directory) -> None:
    issue_id = world.file("client", "alatau")
    names = ("level", "due_date", "assignee")
    changes = [change(issue_id, name, new) for name, new in (("level", "VIP"), ("due_date", "2030-01-31"))]
    writer.update(issue_id, [*changes, assign_head(issue_id, directory)], directory)
    writer.update(issue_id, [change(issue_id, name, "") for name in names], directory)
    issue = world.see(BOT, issue_id)
    assert (level(world, issue_id), issue["due_date"], "assigned_to" in issue) == ("", None, False)
    assert len(issue["journals"][-1]["details"]) == 3


def test_an_accepted_put_that_changes_nothing_still_counts_as_an_update(
    world: World, reader: Reader, writer: Writer, directory: Directory
) -> None:
    issue_id = world.file("client", "alatau")
    writer.update(issue_id, [change(issue_id, "level", "VIP")], directory)
    world.shift(issue_id, updated_at=PAST)
    version = reader.fetch_edit_form(issue_id).lock_version
    writer.update(issue_id, [change(issue_id, "level", "VIP")], directory)
    issue = world.see(BOT, issue_id)
    assert datetime.fromisoformat(issue["updated_on"]) > PAST
    assert reader.fetch_edit_form(issue_id).lock_version == version + 1
    assert len(issue["journals"]) == 1


# --- rejected writes: nothing is written


def test_rejected_put_writes_nothing(world: World, writer: Writer, directory: Directory) -> None:
    issue_id = world.file("client", "alatau")
    changes = [
        change(issue_id, "due_date", "2020-01-01"),
        change(issue_id, "level", "VIP"),
        change(issue_id, "public_note", "Жауап"),
    ]
    with pytest.raises(RefusedError, match=r"422, 1 error"):
        writer.update(issue_id, changes, directory)
    assert _journals(world, BOT, issue_id) == []
    assert level(world, issue_id) == ""


def test_value_that_the_field_does_not_have_is_rejected(world: World, writer: Writer, directory: Directory) -> None:
    issue_id = world.file("client", "alatau")
    due = change(issue_id, "resolution_due", "2026-06-09 10:00")
    with pytest.raises(RefusedError, match=f'422, 1 error: "{directory.names.fields["level"]}"'):
        writer.update(issue_id, [due, change(issue_id, "level", "Платина")], directory)


def test_blank_required_field_blocks_every_field_of_its_issue(
    world: World, writer: Writer, directory: Directory
) -> None:
    issue_id = world.file("client", "strict")
    with pytest.raises(RefusedError, match="422"):
        writer.update(issue_id, [change(issue_id, "level", "VIP")], directory)
    writer.update(issue_id, [change(issue_id, "due_date", "2030-01-31")], directory)
    assert (level(world, issue_id), world.see(BOT, issue_id)["due_date"]) == ("", "2030-01-31")


def test_only_assignable_members_can_be_assigned(world: World) -> None:
    issue_id = world.file("operator", "alatau")
    client_id = world.get("client", "/users/current.json")["user"]["id"]
    assert put(world, BOT, issue_id, assigned_to_id=client_id, notes="Жауап") == 422
    assert notes(world, BOT, issue_id) == []


def test_closed_project_can_be_read_but_not_written(
    world: World, reader: Reader, writer: Writer, directory: Directory
) -> None:
    issue_id = world.file("client", "ending")
    world.close_project("ending")
    with pytest.raises(RefusedError, match="403"):
        writer.update(issue_id, [change(issue_id, "level", "VIP")], directory)
    assert reader.fetch_issue(issue_id)["journals"] == []
    assert reader.fetch_lists(reader.fetch_account(), ["ending"])["projects"][0]["status"] == 5
    with pytest.raises(RefusedError, match="may not edit the issue"):
        reader.fetch_edit_form(issue_id)


def test_deleted_or_hidden_issue_rejects_writes(world: World, writer: Writer, directory: Directory) -> None:
    for issue_id, error, status in (
        (999_999, MissingError, "404"),
        (world.file("client", "vault"), RefusedError, "403"),
    ):
        with pytest.raises(error, match=status):
            writer.update(issue_id, [change(issue_id, "level", "VIP")], directory)


# --- accepted but ignored writes: only reading back shows it


def test_forbidden_status_is_dropped_silently_and_its_note_is_posted(
    world: World, writer: Writer, directory: Directory
) -> None:
    issue_id = world.file("client", "alatau")
    changes = [change(issue_id, "status", "Бас тартылды"), change(issue_id, "public_note", "Жауап")]
    writer.update(issue_id, changes, directory)
    assert world.see(BOT, issue_id)["status"]["name"] == "Жаңа"
    assert notes(world, "client", issue_id) == ["Жауап"]


@pytest.mark.parametrize("name", ["Тек қате", "Жасырын", "Бекітілген"])
def test_field_that_cannot_be_set_is_dropped_silently(world: World, name: str) -> None:
    issue_id = world.file("client", "alatau", CONSULTATION)
    assert put(world, BOT, issue_id, custom_fields=world.values({name: "x"})) == 204
    assert _journals(world, "operator", issue_id) == []


def test_unknown_field_is_dropped_silently(world: World) -> None:
    issue_id = world.file("client", "alatau")
    assert put(world, BOT, issue_id, custom_fields=[{"id": 999_999, "value": "x"}]) == 204
    assert _journals(world, BOT, issue_id) == []


def test_an_account_that_may_not_edit_posts_the_note_and_loses_fields_and_lock_version(world: World) -> None:
    issue_id = world.file("client", "alatau")
    world.note("client", issue_id, "Сұрақ")
    fields = world.values({world.names.fields["level"]: "VIP"})
    assert put(world, "talker", issue_id, custom_fields=fields, notes="Жауап", lock_version=STALE_VERSION) == 204
    assert level(world, issue_id) == ""
    assert notes(world, BOT, issue_id) == ["Сұрақ", "Жауап"]


def test_parent_has_the_dates_and_priority_of_its_children(world: World, writer: Writer, directory: Directory) -> None:
    parent = world.file("operator", "alatau")
    child = world.file("operator", "alatau", priority="Дереу", parent_issue_id=parent, due_date="2030-03-01")
    urgent = world.id_of("issue_priorities", "Жедел")
    assert put(world, BOT, parent, due_date="2030-01-31", priority_id=urgent) == 204
    issue = world.see(BOT, parent)
    assert (issue["due_date"], issue["priority"]["name"]) == ("2030-03-01", "Дереу")
    world.shift(parent, updated_at=PAST)
    writer.update(child, [change(child, "due_date", "2030-04-01")], directory)
    issue = world.see(BOT, parent)
    assert issue["due_date"] == "2030-04-01"
    assert datetime.fromisoformat(issue["updated_on"]) > PAST


def test_a_parent_with_an_open_child_cannot_be_closed(world: World, writer: Writer, directory: Directory) -> None:
    parent = world.file("operator", "alatau")
    world.file("operator", "alatau", parent_issue_id=parent)
    writer.update(parent, [change(parent, "status", "Шешілді")], directory)
    assert world.see(BOT, parent)["status"]["name"] == "Жаңа"


# --- private notes


def test_a_private_note_without_the_permission_is_published(world: World) -> None:
    issue_id = world.file("client", "alatau")
    assert put(world, "publisher", issue_id, notes="Ішкі", private_notes=True) == 204
    assert notes(world, "client", issue_id) == ["Ішкі"]


def test_private_note_is_not_sent_unless_the_permission_was_checked(
    world: World, session: Session, directory: Directory
) -> None:
    issue_id = world.file("client", "alatau")
    sent = session("publisher")
    changes = [change(issue_id, "level", "VIP"), change(issue_id, "private_note", "Ішкі")]
    with pytest.raises(AccessError, match="set_notes_private"):
        Writer(sent, may_write_private_notes=False).update(issue_id, changes, directory)
    assert sent.requests_made == {}
    assert (notes(world, BOT, issue_id), level(world, issue_id)) == ([], "")


# --- compare and swap


def test_stale_lock_version_is_rejected_and_nothing_is_written(
    world: World, reader: Reader, writer: Writer, directory: Directory
) -> None:
    issue_id = world.file("client", "alatau")
    version = reader.fetch_edit_form(issue_id).lock_version
    world.note("client", issue_id, "Сұрақ")
    changes = [change(issue_id, "level", "VIP"), change(issue_id, "public_note", "Жауап")]
    answer = world.call(BOT, "PUT", f"/issues/{issue_id}.json", json={"issue": {"notes": "x", "lock_version": version}})
    assert (answer.status_code, answer.json()) == (422, {"errors": []})
    with pytest.raises(StaleError):
        writer.update(issue_id, changes, directory, version)
    assert (notes(world, BOT, issue_id), level(world, issue_id)) == (["Сұрақ"], "")
    writer.update(issue_id, changes, directory, reader.fetch_edit_form(issue_id).lock_version)
    assert (notes(world, BOT, issue_id), level(world, issue_id)) == (["Сұрақ", "Жауап"], "VIP")


def test_without_a_lock_version_the_last_writer_wins(world: World, writer: Writer, directory: Directory) -> None:
    issue_id = world.file("client", "alatau")
    world.set_fields("operator", issue_id, {world.names.fields["level"]: "VIP"})
    writer.update(issue_id, [change(issue_id, "level", "Базалық")], directory)
    assert level(world, issue_id) == "Базалық"


def test_due_date_may_precede_a_shifted_start(world: World, writer: Writer, directory: Directory) -> None:
    """The start date is the day of filing, so a request moved to the past may have been due then."""
    issue_id = world.file("client", "alatau")
    world.shift(issue_id, created_at=PAST)
    due_on = f"{PAST + timedelta(days=1):%Y-%m-%d}"
    writer.update(issue_id, [change(issue_id, "due_date", due_on)], directory)
    assert (world.see(BOT, issue_id)["start_date"], world.see(BOT, issue_id)["due_date"]) == ("2026-01-05", due_on)
