"""Decoding of Redmine's JSON: people, names, and JSON of another form."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from stories import redmine_json as redmine
from stories.moments import read_moment
from stories.shipped import shipped_config

from sup_sync.errors import DecodeError
from sup_sync.model.directory import Directory
from sup_sync.model.issue import Phase, Side, Status
from sup_sync.redmine.decode import decode_issue
from sup_sync.redmine.lists import decode_directory, guess_directory
from sup_sync.run.caseload import judge_filed

NAMES = shipped_config().rules.names

FILED = """
    Mon 09:00 filed by client, VIP, error, urgent, by e-mail, BIN «020240000555», starts on 2026-06-08, in Russian
    Mon 10:00 staff: public note and waiting for client and sets version 2.4 due 2026-06-12
    Mon 11:00 client: attachment
    Mon 12:00 head: private note
    Mon 13:00 head: confirms the priority and sets priority immediate and sets the reason to law
    Mon 14:00 now
    """


@pytest.fixture
def raw(make_story) -> Any:
    return make_story(FILED).request.raw


@pytest.fixture
def directory(make_story) -> Directory:
    return make_story(FILED).directory


def test_issue_is_decoded(raw, directory):
    issue = decode_issue(raw, directory)
    assert (issue.id, issue.project.identifier, issue.tracker) == (1, "alatau-trade", "Қате, істеліп бітпеген")
    assert (issue.category, issue.tracker_channel) == ("error", None)
    assert (issue.author.name, issue.author.side) == ("Ерлан Садықов", Side.CLIENT)
    assert issue.created_at == read_moment("Mon 09:00") == datetime(2026, 6, 8, 4, 0, tzinfo=UTC)
    assert issue.updated_at == read_moment("Mon 13:00")
    assert (issue.status.name, issue.status.phase) == ("Клиент жауабын күтуде", Phase.WAITING)
    assert (issue.priority, issue.reason, issue.language) == ("immediate", "law", "ru")
    assert (issue.has_file, issue.allowed_statuses) == (True, None)
    assert (issue.start_on, issue.due_on, issue.assignee_id) == (date(2026, 6, 8), None, None)
    assert issue.version is not None
    assert (issue.version.name, issue.version.due_on, issue.version.is_closed) == ("2.4", date(2026, 6, 12), False)
    assert issue.fields["channel"] == "email"
    assert issue.fields["bin"] == "020240000555"
    assert issue.fields["marker"] == ""
    assert issue.unknown == ()


def test_events_are_decoded(raw, directory):
    asked, attached, private, confirmed = decode_issue(raw, directory).events
    assert (asked.at, asked.by.side, asked.has_note) == (read_moment("Mon 10:00"), Side.STAFF, True)
    assert asked.status is not None
    assert [status.phase for status in asked.status] == [Phase.OPEN, Phase.WAITING]
    assert (attached.by.side, attached.has_note, attached.has_attachment) == (Side.CLIENT, False, True)
    assert (private.has_note, private.is_private, private.is_public_answer) == (True, True, False)
    assert confirmed.priority == ("urgent", "immediate")
    assert confirmed.priority_confirmed == (False, True)
    assert confirmed.reason == (None, "law")


def test_allowed_statuses_and_files_are_known_if_they_are_in_the_json(raw, directory):
    raw["allowed_statuses"] = [redmine.pair(redmine.STATUSES.values(), name) for name in ("Өңделуде", "Жабылды")]
    raw["attachments"] = []
    issue = decode_issue(raw, directory)
    assert (issue.allowed_statuses, issue.has_file) == (frozenset({"Өңделуде", "Жабылды"}), False)
    del raw["attachments"]
    assert decode_issue(raw, directory).has_file is None


def test_unmapped_language_is_ignored(raw, directory):
    redmine.field(raw, "language")["value"] = "Deutsch"
    issue = decode_issue(raw, directory)
    assert (issue.language, issue.unknown) == (None, ())


def test_unmapped_reason_is_named(raw, directory):
    redmine.field(raw, "reason")["value"] = "Басқа"
    assert decode_issue(raw, directory).unknown == (
        'reason "Басқа" is not mapped; set another on the request, or add it to `former_values.reasons`'
        " in mappings/tracker.yaml",
    )


@pytest.mark.parametrize(("state", "is_closed"), [("open", False), ("locked", False), ("closed", True)])
def test_only_a_closed_version_is_closed(raw, make_story, state, is_closed):
    lists = make_story(FILED).request.lists
    lists["versions"][0]["status"] = state
    version = decode_issue(raw, decode_directory(lists, NAMES)).version
    assert version is not None
    assert version.is_closed is is_closed


def test_issue_may_be_inside_issue(raw, directory):
    assert decode_issue({"issue": raw}, directory) == decode_issue(raw, directory)


def test_journals_are_sorted_by_time(raw, directory):
    shuffled = {**raw, "journals": raw["journals"][::-1]}
    assert decode_issue(shuffled, directory) == decode_issue(raw, directory)


def test_journals_of_the_same_second_are_sorted_by_id(raw, directory):
    at = raw["journals"][0]["created_on"]
    first, second = (
        {**raw["journals"][0], "id": key, "created_on": at, "notes": text} for key, text in ((7, ""), (8, "x"))
    )
    backwards = decode_issue({**raw, "journals": [second, first]}, directory)
    assert backwards == decode_issue({**raw, "journals": [first, second]}, directory)
    assert [event.has_note for event in backwards.events] == [False, True]


def test_blank_note_does_not_count(raw, directory):
    raw["journals"][0]["notes"] = " \r\n\t"
    assert not decode_issue(raw, directory).events[0].has_note


def test_empty_values_in_the_json_are_ignored(raw, directory):
    redmine.field(raw, "bin")["value"] = None
    raw |= {"fixed_version": None, "assigned_to": None, "subject": None, "start_date": ""}
    issue = decode_issue(raw, directory)
    assert (issue.fields["bin"], issue.version, issue.assignee_id, issue.subject) == ("", None, None, "")
    assert issue.start_on is None


def test_keys_may_be_missing_in_the_json(directory):
    raw = redmine.new_issue(7, read_moment("Mon 09:00"), "client")
    for key in ("subject", "start_date", "due_date", "custom_fields", "journals"):
        del raw[key]
    issue = decode_issue(raw, directory)
    assert (issue.subject, issue.start_on, issue.due_on, issue.fields, issue.events) == ("", None, None, {}, ())


def test_multiple_values_of_a_field_are_joined(raw, directory):
    redmine.field(raw, "bin")["value"] = ["1", "2"]
    assert decode_issue(raw, directory).fields["bin"] == "1, 2"


def test_value_of_a_field_is_converted_to_text(raw, directory):
    redmine.field(raw, "contact_at")["value"] = 5
    assert decode_issue(raw, directory).fields["contact_at"] == "5"


def test_field_that_is_not_on_the_tracker_is_missing(raw, directory):
    raw["custom_fields"] = [each for each in raw["custom_fields"] if each["name"] != "БСН"]
    assert "bin" not in decode_issue(raw, directory).fields


def test_subtasks_and_their_subtasks_are_decoded(raw, directory):
    assert decode_issue(raw, directory).subtasks == ()
    children = [{"id": 8, "children": [{"id": 9}]}, {"id": 10}]
    assert decode_issue({**raw, "children": children}, directory).subtasks == (8, 9, 10)


# People


def side_of(user: Any, raw: Any, directory: Directory) -> Side:
    return decode_issue({**raw, "author": user}, directory).author.side


@pytest.mark.parametrize(
    ("login", "side"),
    [
        ("client", Side.CLIENT),
        ("operator", Side.STAFF),
        ("staff", Side.STAFF),
        ("head", Side.STAFF),
        ("bot", Side.BOT),
        ("unlisted", Side.UNKNOWN),
        ("guest", Side.UNKNOWN),
    ],
)
def test_side_of_a_person_follows_from_groups_and_roles(raw, directory, login, side):
    assert side_of(redmine.person(login), raw, directory) is side


def test_own_account_is_the_bot_without_a_membership(raw):
    directory = decode_directory({"account": {"id": 31, "name": "sup-sync"}}, NAMES)
    assert side_of(redmine.person("bot"), raw, directory) is Side.BOT


def test_own_account_is_the_bot_also_as_a_member_of_staff(raw):
    people = [{"id": 31, "name": "sup-sync", "groups": ["Қолдау қызметі"], "roles": []}]
    directory = decode_directory({"account": {"id": 31}, "people": people}, NAMES)
    assert side_of({"id": 31}, raw, directory) is Side.BOT


def test_person_of_the_ladder_is_found_by_name(directory):
    assert directory.staff_ids("head", 1) == (23,)
    assert directory.name_of(23) == "Дана Бекова"


def test_name_of_none_is_empty_and_of_an_unknown_person_a_number(directory):
    assert directory.name_of(None) == ""
    assert directory.name_of(91) == "#91"


# Without Redmine's lists


def guessed(raw: Any) -> Directory:
    return guess_directory([raw], NAMES)


def test_without_lists_all_but_the_author_are_staff(raw):
    asked, attached, *_ = decode_issue(raw, guessed(raw)).events
    assert (asked.by.side, attached.by.side) == (Side.STAFF, Side.CLIENT)


def test_without_lists_former_statuses_and_priorities_get_defaults(raw):
    issue = decode_issue(raw, guessed(raw))
    first, last = issue.events[0], issue.events[-1]
    assert first.status is not None
    assert [status.phase for status in first.status] == [Phase.OPEN, Phase.WAITING]
    assert last.priority == ("normal", "immediate")
    assert issue.unknown == ()


def test_without_lists_the_allowed_statuses_are_known_by_their_names(raw):
    raw["allowed_statuses"] = [redmine.pair(redmine.STATUSES.values(), name) for name in redmine.STATUSES.values()]
    (before, _), *_ = (event.status for event in decode_issue(raw, guessed(raw)).events if event.status)
    assert before.name == "Жаңа"


def test_without_lists_a_version_is_open_and_has_no_date(raw):
    version = decode_issue(raw, guessed(raw)).version
    assert version is not None
    assert (version.name, version.due_on, version.is_closed) == ("2.4", None, False)


def test_without_lists_a_project_is_known_by_its_name(raw):
    project = decode_issue(raw, guessed(raw)).project
    assert (project.name, project.is_closed) == ("Алатау Трейд", False)


def test_guessing_skips_invalid_issues(raw):
    directory = guess_directory([{"id": 5}, {"id": 6, "status": "new", "priority": 1}, raw], NAMES)
    assert directory.priorities == {3: "Дереу"}
    with pytest.raises(DecodeError, match="issue #5"):
        decode_issue({"id": 5}, directory)


# Unmapped names


def test_alias_of_a_priority_counts_as_the_priority(raw, make_story):
    names = replace(NAMES, priority_aliases={"Аса": "urgent"})
    issue = decode_issue(
        {**raw, "priority": {"id": 9, "name": "Аса"}}, decode_directory(make_story(FILED).request.lists, names)
    )
    assert (issue.priority, issue.unknown) == ("urgent", ())


@pytest.mark.parametrize(
    ("changed", "unknown"),
    [
        (
            {"tracker": {"id": 9, "name": "Жоба"}},
            'tracker "Жоба" is not mapped; add it to `trackers` in mappings/tracker.yaml',
        ),
        (
            {"status": {"id": 9, "name": "Кейін"}},
            'status "Кейін" is not mapped; add it to `statuses` in mappings/tracker.yaml',
        ),
        (
            {"priority": {"id": 9, "name": "Аса"}},
            'priority "Аса" is not mapped; add it to `priority_aliases` in mappings/tracker.yaml',
        ),
    ],
)
def test_unmapped_name_is_named_once(raw, directory, changed, unknown):
    assert decode_issue({**raw, **changed}, directory).unknown == (unknown,)


# Deleted names and people in old histories


def journal(raw: Any, **changed: Any) -> Any:
    """Add a journal like the first, a minute before `updated_on`, with other values; return the issue."""
    raw["journals"].append({**raw["journals"][0], "created_on": "2026-06-08T07:59:00Z", **changed})
    return raw


def test_deleted_status_counts_as_open_and_is_named_once(raw, directory):
    details = [redmine.detail("attr", "status_id", "77", "3"), redmine.detail("attr", "status_id", "3", "77")]
    for each in details:
        journal(raw, details=[each])
    issue = decode_issue(raw, directory)
    assert issue.unknown == ()
    assert issue.assumptions == (
        'status #77 was deleted in Redmine; counted as open; add `"#77": {phase: …}` to `statuses` in'
        " mappings/tracker.yaml if it was not open",
    )
    assert [each.status[0].phase for each in issue.events if each.status][1] is Phase.OPEN


def test_deleted_status_that_is_mapped_by_its_id_has_its_phase(raw, make_story):
    names = replace(NAMES, former_statuses={"#77": Status("#77", Phase.WAITING)})
    journal(raw, details=[redmine.detail("attr", "status_id", "3", "77")])
    issue = decode_issue(raw, decode_directory(make_story(FILED).request.lists, names))
    assert issue.assumptions == ()
    assert [each.status[1].phase for each in issue.events if each.status][1] is Phase.WAITING


def test_deleted_priority_counts_as_the_lowest_unless_its_id_is_mapped(raw, make_story):
    journal(raw, details=[redmine.detail("attr", "priority_id", "9", "3")])
    lists = make_story(FILED).request.lists
    issue = decode_issue(raw, decode_directory(lists, NAMES))
    assert next(each.priority for each in issue.events if each.priority) == ("normal", "immediate")
    assert issue.unknown == ()
    assert issue.assumptions == (
        'priority #9 was deleted in Redmine; counted as normal; add `"#9": PRIORITY` to `priority_aliases` in'
        " mappings/tracker.yaml if it was another",
    )
    aliased = decode_issue(raw, decode_directory(lists, replace(NAMES, priority_aliases={"#9": "urgent"})))
    assert next(each.priority for each in aliased.events if each.priority) == ("urgent", "immediate")
    assert aliased.assumptions == ()


def test_missing_priority_of_a_change_counts_as_the_lowest(raw, directory):
    issue = decode_issue(journal(raw, details=[redmine.detail("attr", "priority_id", None, "3")]), directory)
    assert next(each.priority for each in issue.events if each.priority) == ("normal", "immediate")
    assert issue.assumptions == (
        "a change of priority does not name both priorities; the missing one is counted as normal",
    )


@pytest.mark.parametrize("user", [None, {}])
def test_journal_without_an_author_is_by_an_unknown_person(raw, directory, user):
    issue = decode_issue(journal(raw, user=user), directory)
    assert [each.by.side for each in issue.events].count(Side.UNKNOWN) == 1
    assert issue.assumptions == ("an entry of the history has no author; read as by an unknown person",)


@pytest.mark.parametrize(
    ("old", "new", "phases"),
    [
        (None, "2", (Phase.WAITING, Phase.OPEN)),  # after the status set before
        ("3", None, (Phase.WAITING, Phase.WAITING)),  # the current status
        ("3", "", (Phase.WAITING, Phase.WAITING)),
    ],
)
def test_missing_status_of_a_change_is_taken_from_its_neighbors(raw, directory, old, new, phases):
    issue = decode_issue(journal(raw, details=[redmine.detail("attr", "status_id", old, new)]), directory)
    last = [each.status for each in issue.events if each.status][-1]
    assert tuple(each.phase for each in last) == phases
    assert len(issue.assumptions) == 1


def test_first_change_without_its_old_status_began_open(raw, directory):
    raw["journals"][0]["details"][0]["old_value"] = None
    before, after = next(each.status for each in decode_issue(raw, directory).events if each.status)
    assert (before.phase, after.phase) == (Phase.OPEN, Phase.WAITING)


# Roles by project


def lists_with_roles(make_story: Any, groups: Any = (), **roles: Any) -> Any:
    """Make lists in which the project of the request has these members' roles, by names of people."""
    lists = make_story(FILED).request.lists
    project = next(each for each in lists["projects"] if each["identifier"] == "alatau-trade")
    project["roles"] = {str(redmine.PEOPLE[who]["id"]): held for who, held in roles.items()}
    project["groups"] = list(groups)
    return lists


STAFF_ROLE, CLIENT_ROLE, STAFF_GROUP = "Қолдау операторы", "Клиент", "Қолдау қызметі"


@pytest.mark.parametrize(
    ("who", "held", "groups", "side"),
    [
        ("staff", [CLIENT_ROLE], [], Side.CLIENT),  # staff of another project
        ("staff", [STAFF_ROLE, CLIENT_ROLE], [], Side.STAFF),
        ("client", [STAFF_ROLE], [], Side.STAFF),  # a client of another project
        ("operator", [CLIENT_ROLE], [], Side.CLIENT),  # their group is not in the project
        ("operator", [CLIENT_ROLE], [STAFF_GROUP], Side.STAFF),
        ("operator", ["Әзірлеуші"], [], Side.STAFF),
        ("developer", ["Әзірлеуші"], [], Side.CLIENT),
        ("bot", [CLIENT_ROLE], [], Side.BOT),
    ],
)
def test_roles_in_the_project_decide_the_side(raw, make_story, who, held, groups, side):
    directory = decode_directory(lists_with_roles(make_story, groups, **{who: held}), NAMES)
    assert side_of(redmine.person(who), raw, directory) is side


def test_person_without_a_role_in_the_project_has_the_side_of_their_roles_in_others(raw, make_story):
    directory = decode_directory(lists_with_roles(make_story), NAMES)
    assert [side_of(redmine.person(who), raw, directory) for who in ("staff", "client")] == [Side.STAFF, Side.CLIENT]


@pytest.mark.parametrize(("held", "side"), [([STAFF_ROLE], Side.STAFF), ([CLIENT_ROLE], Side.CLIENT)])
def test_person_with_roles_of_both_sides_has_the_side_of_the_role_in_the_project(raw, make_story, held, side):
    lists = lists_with_roles(make_story, staff=held)
    next(each for each in lists["people"] if each["id"] == 22)["roles"] = [STAFF_ROLE, CLIENT_ROLE]
    directory = decode_directory(lists, NAMES)
    assert side_of(redmine.person("staff"), raw, directory) is side
    assert decode_issue(raw, directory).events[0].by.side is side


@pytest.mark.parametrize("has_roles", [True, False], ids=["roles by project", "snapshot of an earlier version"])
def test_person_with_roles_of_both_sides_is_the_client_of_their_own_requests(raw, make_story, has_roles):
    lists = lists_with_roles(make_story)
    next(each for each in lists["people"] if each["id"] == 22)["roles"] = [STAFF_ROLE, CLIENT_ROLE]
    if not has_roles:
        for project in lists["projects"]:
            project.pop("roles", None)
            project["members"] = [22]
    directory = decode_directory(lists, NAMES)
    assert side_of(redmine.person("staff"), raw, directory) is Side.CLIENT
    assert decode_issue(raw, directory).events[0].by.side is Side.STAFF


# JSON of another form


def without(raw: Any, key: str) -> Any:
    return {name: value for name, value in raw.items() if name != key}


REQUIRED = ("project", "tracker", "status", "priority", "author", "created_on", "updated_on")


@pytest.mark.parametrize("key", REQUIRED)
def test_issue_without_a_required_key_is_named(raw, directory, key):
    with pytest.raises(
        DecodeError, match=f"^issue #1: the JSON does not have the form of an issue: missing `{key}`$"
    ) as raised:
        decode_issue(without(raw, key), directory)
    assert raised.value.exit_code == 3


@pytest.mark.parametrize(
    "changed",
    [
        {"created_on": "yesterday"},
        {"created_on": "2026-06-08T04:00:00"},
        {"updated_on": None},
        {"status": "new"},
        {"author": []},
        {"journals": None},
        {"journals": ["a note"]},
        {"journals": [{"id": 1}]},
        {"custom_fields": {"id": 1}},
        {"due_date": "2026-06-31"},
        {"project": None},
    ],
)
def test_issue_with_a_value_of_another_form_is_named(raw, directory, changed):
    with pytest.raises(DecodeError, match=r"^issue #1: "):
        decode_issue({**raw, **changed}, directory)


def test_issue_with_an_invalid_status_id_in_its_history_is_named(raw, directory):
    raw["journals"][0]["details"] = [redmine.detail("attr", "status_id", "new", "3")]
    with pytest.raises(DecodeError, match=r"^issue #1: "):
        decode_issue(raw, directory)


def test_invalid_issue_inside_issue_is_named(raw, directory):
    with pytest.raises(DecodeError, match=r"^issue #1: "):
        decode_issue({"issue": without(raw, "status")}, directory)


@pytest.mark.parametrize("invalid", [[], "text", 5, None, {"issue": None}, {}])
def test_value_that_is_not_an_issue_raises(directory, invalid):
    with pytest.raises(DecodeError):
        decode_issue(invalid, directory)


def test_error_does_not_contain_client_text(raw, directory):
    raw |= {"subject": "құпия", "description": "құпия", "status": None}
    with pytest.raises(DecodeError) as raised:
        decode_issue(raw, directory)
    assert "құпия" not in str(raised.value)


# The past


def test_issue_can_be_viewed_at_an_earlier_time(raw, directory):
    issue = decode_issue(deepcopy(raw), directory)
    before = decode_issue(raw, directory, read_moment("Mon 09:59"))
    assert (before.status.name, before.priority, before.reason, before.events) == ("Жаңа", "urgent", None, ())
    then = decode_issue(raw, directory, read_moment("Mon 12:30"))
    assert (then.status.phase, then.priority, len(then.events)) == (Phase.WAITING, "urgent", 3)
    assert decode_issue(raw, directory, read_moment("Mon 13:00")) == issue


def test_issue_is_not_judged_before_it_was_filed(raw, directory):
    issue = decode_issue(raw, directory)
    assert judge_filed(issue, shipped_config().rules, read_moment("Mon 08:59:59")) is None
    assert judge_filed(issue, shipped_config().rules, read_moment("Mon 09:00")) is not None
