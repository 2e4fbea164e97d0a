"""The behaviour of Redmine that the reader relies on, in memory and in a real Redmine."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from support.contract_scene import CONSULTATION, CROWD, ERROR, STAFF_GROUP, STAFF_ROLE, VIP_GROUP, Session
from support.worlds import ADMIN, BOT, World

from sup_sync.errors import AccessError, MissingError, RefusedError
from sup_sync.model.directory import Directory
from sup_sync.redmine.reader import Reader
from sup_sync.redmine.session import RedmineSession

PAST = datetime(2026, 1, 5, 4, 0, 0, 250_000, tzinfo=UTC)


def project_id(world: World, identifier: str) -> int:
    number: int = world.get(ADMIN, f"/projects/{identifier}.json")["project"]["id"]
    return number


# --- the account


@pytest.mark.parametrize("key", ["0" * 40, "locked"])
def test_wrong_or_locked_key_gets_lists_and_fails_for_the_account_and_hidden_issues(world: World, key: str) -> None:
    public = world.file("client", "square")
    hidden = world.file("client", "vault")
    reader = Reader(RedmineSession(world.url, world.user("left") if key == "locked" else key))
    assert [row["id"] for row in reader.fetch_rows_of([public])] == [public]
    with pytest.raises(AccessError, match="API key rejected"):
        reader.fetch_rows_of([public, hidden])
    with pytest.raises(AccessError, match="API key rejected"):
        reader.fetch_account()


def test_account_is_read_with_memberships_and_without_its_key(world: World, reader: Reader) -> None:
    account = reader.fetch_account()
    assert account["login"] == BOT
    assert "api_key" in world.get(BOT, "/users/current.json")["user"]
    assert world.user(BOT) not in str(account)
    roles = {each["project"]["name"]: [role["name"] for role in each["roles"]] for each in account["memberships"]}
    assert roles == {name: ["sup-sync"] for name in ("Алатау Трейд", "Қатаң", "Жабылатын")}


def test_role_is_readable_with_permissions_for_every_account(reader: Reader) -> None:
    role_id = reader.fetch_account()["memberships"][0]["roles"][0]["id"]
    assert "set_notes_private" in reader.fetch_role(role_id)["permissions"]


def test_list_of_custom_fields_is_only_for_admins(world: World) -> None:
    assert world.call(BOT, "GET", "/custom_fields.json").status_code == 403


# --- the lists


def test_every_mapped_name_has_an_id(world: World, directory: Directory) -> None:
    names = world.names
    assert set(names.statuses) <= set(directory.statuses.values())
    assert set(names.priorities.values()) <= set(directory.priorities.values())
    assert set(names.fields.values()) <= set(directory.field_ids)
    assert directory.field_ids[names.fields["level"]] == world.field_id("level")


def test_projects_that_cannot_be_read_have_their_cause(reader: Reader) -> None:
    account = reader.fetch_account()
    lists = reader.fetch_lists(account, ["alatau", "square", "vault", "nowhere"])
    assert [each["identifier"] for each in lists["projects"]] == ["alatau"]
    causes = {"square": "not_a_member", "vault": "not_a_member", "nowhere": "missing"}
    assert lists["unreadable_projects"] == causes
    with pytest.raises(AccessError) as caught:
        reader.fetch_lists(account, list(causes))
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == [f"project {each}" for each in causes]


def test_archived_project_is_told_from_a_missing_membership(world: World, reader: Reader) -> None:
    with world.archived("strict"):
        account = reader.fetch_account()
        lists = reader.fetch_lists(account, ["alatau", "strict", "vault"])
        assert lists["unreadable_projects"] == {"strict": "archived", "vault": "not_a_member"}
        assert "strict" not in {each["project"]["name"] for each in account["memberships"]}


def test_projects_are_those_of_the_account_or_all_for_an_admin(reader: Reader, session: Session) -> None:
    own = {each["identifier"] for each in reader.fetch_projects(reader.fetch_account())}
    admins = Reader(session(ADMIN))
    everywhere = {each["identifier"] for each in admins.fetch_projects(admins.fetch_account())}
    assert {"alatau", "strict"} <= own <= {"alatau", "strict", "ending"}  # which a test closes
    assert {"alatau", "square", "vault"} <= everywhere


@pytest.mark.parametrize("login", [BOT, ADMIN])
def test_survey_contains_the_names_in_use(world: World, session: Session, login: str) -> None:
    reader = Reader(session(login))
    account = reader.fetch_account()
    scope = [each for each in reader.fetch_projects(account) if each["identifier"] == "alatau"]
    survey = reader.fetch_survey(account, scope)
    assert set(world.names.trackers) <= set(survey.trackers)
    assert {name for name, is_closed in survey.statuses.items() if is_closed} >= {"Жабылды", "Бас тартылды"}
    assert set(survey.priorities) >= set(world.names.priorities.values())
    assert {STAFF_GROUP, VIP_GROUP} <= set(survey.groups)
    assert {STAFF_ROLE, "Клиент"} <= set(survey.roles)
    assert list(survey.people["Айдос Серік"]) == [STAFF_ROLE]
    levels = list(world.names.levels.values()) if login == ADMIN else []
    assert list(survey.fields[world.names.fields["level"]]) == levels  # values are for administrators only
    assert ("Тек қате" in survey.fields, "Жасырын" in survey.fields) == (True, login == ADMIN)


def test_people_have_inherited_roles_and_the_requested_groups(reader: Reader) -> None:
    lists = reader.fetch_lists(reader.fetch_account(), ["alatau"], [STAFF_GROUP, VIP_GROUP])
    people = {each["name"]: (each["groups"], each["roles"]) for each in lists["people"]}
    assert people["Айдос Серік"] == ([STAFF_GROUP], [STAFF_ROLE])
    assert people["Ерлан Сапар"] == ([STAFF_GROUP], [STAFF_ROLE])  # locked, but in the history
    assert people["Әйгерім Нұр"] == ([VIP_GROUP], ["Клиент"])
    assert people["sup sync"] == ([], ["sup-sync"])


def test_locked_account_has_no_login_and_others_have_theirs(reader: Reader) -> None:
    """Memberships and groups also contain locked people; only their account is not found (fact)."""
    names = ["Дана Бекова", "Ерлан Сапар"]
    lists = reader.fetch_lists(reader.fetch_account(), ["alatau"], [STAFF_GROUP], names)
    assert {each["name"]: each["login"] for each in lists["people"] if "login" in each} == {
        "Дана Бекова": "d.bekova",
        "Ерлан Сапар": None,
    }


def test_roles_and_groups_are_read_for_each_project(reader: Reader) -> None:
    lists = reader.fetch_lists(reader.fetch_account(), ["alatau", "strict"], [STAFF_GROUP, VIP_GROUP])
    ids = {each["name"]: str(each["id"]) for each in lists["people"]}
    alatau, strict = lists["projects"]
    assert (alatau["roles"][ids["Айдос Серік"]], ids["Айдос Серік"] in strict["roles"]) == ([STAFF_ROLE], False)
    assert strict["roles"][ids["Әйгерім Нұр"]] == ["Клиент"]
    assert ([*alatau["groups"]], strict["groups"]) == (sorted([STAFF_GROUP, VIP_GROUP]), [VIP_GROUP])


def test_edit_form_offers_active_people_with_an_assignable_role(world: World, reader: Reader) -> None:
    lists = reader.fetch_lists(reader.fetch_account(), ["alatau"])
    ids = {each["name"]: each["id"] for each in lists["people"]}
    offered = reader.fetch_edit_form(world.file("client", "alatau")).assignees
    assert offered >= {ids["Дана Бекова"], ids["Айдос Серік"]}
    assert not offered & {ids["Ерлан Сапар"], ids["sup sync"]}


def test_group_in_no_project_is_named(reader: Reader) -> None:
    """It may have been renamed, so all groups in the projects are read."""
    lists = reader.fetch_lists(reader.fetch_account(), ["alatau"], [STAFF_GROUP, "Жоқ топ"])
    assert lists["missing_groups"] == ["Жоқ топ"]
    assert {STAFF_GROUP, VIP_GROUP} <= {each["name"] for each in lists["groups"]}


def test_all_members_are_read_from_pages_of_a_hundred(world: World, session: Session) -> None:
    page = world.get("counter", "/projects/crowd/memberships.json", limit=1000)
    assert (page["limit"], len(page["memberships"]), page["total_count"]) == (100, 100, len(CROWD) + 1)
    reader = Reader(session("counter"))
    names = {each["name"] for each in reader.fetch_lists(reader.fetch_account(), ["crowd"])["people"]}
    assert names == {"Есеп Шот", *(each.name for each in CROWD)}


def test_versions_are_read_with_their_dates(world: World, reader: Reader) -> None:
    with_date = world.add_version("strict", "4.2", date(2026, 12, 1))
    without = world.add_version("strict", "4.3")
    versions = {each["id"]: each for each in reader.fetch_lists(reader.fetch_account(), ["strict"])["versions"]}
    assert versions[with_date] == {"id": with_date, "name": "4.2", "status": "open", "due_date": "2026-12-01"}
    assert versions[without]["due_date"] is None


def test_fields_are_read_from_issues_of_each_tracker(world: World, reader: Reader) -> None:
    (alatau,) = reader.fetch_lists(reader.fetch_account(), ["alatau"])["projects"]
    trackers = {each["name"]: each for each in alatau["trackers"]}
    names = {name: {field["name"] for field in each["fields"]} for name, each in trackers.items()}
    assert names[ERROR] - names[CONSULTATION] == {"Тек қате"}
    assert names[CONSULTATION] >= set(world.names.fields.values())


def test_project_lists_fields_that_the_account_may_not_see(world: World, session: Session) -> None:
    """Redmine 6 lists all of them, 5.0 only those that are not for all projects."""
    project = world.get("client", "/projects/strict.json", include="issue_custom_fields")["project"]
    issue = world.see("client", world.file("client", "strict"))
    assert "Міндетті" in {each["name"] for each in project["issue_custom_fields"]}
    assert "Міндетті" not in {each["name"] for each in issue["custom_fields"]}
    reader = Reader(session("client"))
    fields = reader.fetch_lists(reader.fetch_account(), ["strict"])["fields"]
    assert "Міндетті" not in {each["name"] for each in fields}


def test_hidden_field_is_missing_silently(world: World, directory: Directory) -> None:
    issue_id = world.file("client", "alatau")
    assert "Жасырын" in [each["name"] for each in world.see("operator", issue_id)["custom_fields"]]
    assert "Жасырын" not in [each["name"] for each in world.see(BOT, issue_id)["custom_fields"]]
    assert "Жасырын" not in directory.field_ids


# --- lists of issues


def test_list_without_a_status_has_only_open_issues(world: World, reader: Reader) -> None:
    opened, closed = world.file("client", "alatau"), world.file("client", "alatau")
    world.set_status("operator", closed, "Жабылды")
    ids = f"{opened},{closed}"
    assert [row["id"] for row in world.get(BOT, "/issues.json", issue_id=ids)["issues"]] == [opened]
    assert {opened, closed} <= {row["id"] for row in reader.fetch_rows(status="*")}
    assert {opened, closed} & {row["id"] for row in reader.fetch_rows(status="open")} == {opened}
    assert {opened, closed} & {row["id"] for row in reader.fetch_rows(status="closed")} == {closed}


def test_limit_is_cut_to_a_hundred_and_all_rows_are_read_by_id(world: World, session: Session) -> None:
    page = world.get("counter", "/issues.json", project_id="crowd", limit=1000, status_id="*")
    assert (page["limit"], len(page["issues"]), page["total_count"]) == (100, 100, 105)
    crowd = project_id(world, "crowd")
    ids = [row["id"] for row in Reader(session("counter")).fetch_rows(status="*") if row["project"]["id"] == crowd]
    assert len(ids) == 105
    assert ids == sorted(set(ids))


def test_unknown_filter_and_field_without_filter_are_dropped_silently(world: World) -> None:
    everything = world.get(BOT, "/issues.json", status_id="*", limit=1)["total_count"]
    no_filter = f"cf_{world.id_of('custom_fields', 'Сүзгісіз')}"
    for unknown in ("cf_99999", no_filter, "category_id", "no_such_filter"):
        assert world.get(BOT, "/issues.json", status_id="*", limit=1, **{unknown: "x"})["total_count"] == everything
    known = f"cf_{world.field_id('level')}"
    assert world.get(BOT, "/issues.json", status_id="*", limit=1, **{known: "VIP"})["total_count"] < everything


def test_rows_have_their_project_and_closed_flag(world: World, reader: Reader) -> None:
    closed, opened = world.file("client", "alatau"), world.file("client", "strict")
    world.set_status("operator", closed, "Жабылды")
    rows = {row["id"]: row for row in reader.fetch_rows(status="*")}
    values = {key: (rows[key]["project"]["id"], rows[key]["status"]["is_closed"]) for key in (opened, closed)}
    assert values == {closed: (project_id(world, "alatau"), True), opened: (project_id(world, "strict"), False)}


def test_rows_changed_since_a_time_exclude_earlier_ones(world: World, reader: Reader) -> None:
    """Redmine's own filter also returns rows of the second before."""
    early, before, within, after = ids = [world.file("client", "alatau") for _ in range(4)]
    moment = PAST.replace(microsecond=0)
    for issue_id, seconds in zip(ids, (-1.5, -0.5, 0.25, 1.0), strict=True):
        world.shift(issue_id, updated_at=moment + timedelta(seconds=seconds))
    raw = world.get(BOT, "/issues.json", updated_on=">=2026-01-05T04:00:00Z", limit=100)
    assert set(ids) & {row["id"] for row in raw["issues"]} == {before, within, after}
    assert early < before
    rows = reader.fetch_rows(status="*", updated_since=moment + timedelta(seconds=0.5))
    assert set(ids) & {row["id"] for row in rows} == {within, after}


def test_times_have_whole_seconds(world: World) -> None:
    issue_id = world.file("client", "alatau")
    world.shift(issue_id, created_at=PAST, updated_at=PAST)
    assert world.see(BOT, issue_id)["created_on"] == world.see(BOT, issue_id)["updated_on"] == "2026-01-05T04:00:00Z"


def test_lists_have_no_journals(world: World, reader: Reader) -> None:
    issue_id = world.file("client", "alatau")
    world.note("operator", issue_id, "Жауап")
    assert "journals" not in world.get(BOT, "/issues.json", issue_id=issue_id, include="journals")["issues"][0]
    assert len(reader.fetch_issue(issue_id)["journals"]) == 1


def test_more_than_a_hundred_issues_are_requested_in_parts(world: World, session: Session) -> None:
    counter, asked = Reader(session("counter")), session("counter")
    place = project_id(world, "crowd")
    crowd = [row["id"] for row in counter.fetch_rows(status="*") if row["project"]["id"] == place]
    rows = Reader(asked).fetch_rows_of([*reversed(crowd), crowd[0]])
    assert [row["id"] for row in rows] == crowd
    assert asked.requests_made == {"GET": 2}


def test_long_list_of_ids_is_an_error_of_redmine(world: World) -> None:
    ids = ",".join(map(str, range(1, 601)))
    assert world.call(BOT, "GET", "/issues.json", params={"issue_id": ids}).status_code == 500


def test_deleted_and_hidden_issues_are_missing_from_a_list(world: World, reader: Reader) -> None:
    opened, closed, hidden = (world.file("client", each) for each in ("alatau", "alatau", "vault"))
    world.set_status("operator", closed, "Жабылды")
    assert [row["id"] for row in reader.fetch_rows_of([opened, closed, hidden, 999_999])] == [opened, closed]


def test_rows_of_an_author_are_those_in_the_projects_that_are_open_or_changed_lately(
    world: World, reader: Reader
) -> None:
    opened, closed, elsewhere, others = (
        world.file(*each)
        for each in (("client", "alatau"), ("client", "alatau"), ("client", "strict"), ("operator", "alatau"))
    )
    world.set_status("operator", closed, "Жабылды")
    (row,) = reader.fetch_rows_of([closed])
    author_id, place = row["author"]["id"], {project_id(world, "alatau")}
    closed_at = datetime.fromisoformat(row["updated_on"])
    rows = [
        {each["id"] for each in reader.fetch_rows_by(author_id, place, closed_at + timedelta(days=days))}
        for days in (-1, 1)
    ]
    assert [each & {opened, closed, elsewhere, others} for each in rows] == [{opened, closed}, {opened}]


# --- one issue


def test_deleted_or_hidden_issue_raises(world: World, reader: Reader) -> None:
    for issue_id in (999_999, world.file("client", "vault")):
        with pytest.raises(MissingError, match=f"/issues/{issue_id}"):
            reader.fetch_issue(issue_id)


def test_response_and_status_change_are_one_journal(world: World, reader: Reader, directory: Directory) -> None:
    issue_id = world.file("client", "alatau")
    world.set_status("operator", issue_id, "Өңделуде", "Жауап")
    (journal,) = reader.fetch_issue(issue_id)["journals"]
    assert (journal["user"]["name"], journal["notes"], journal["private_notes"]) == ("Айдос Серік", "Жауап", False)
    (detail,) = journal["details"]
    assert (detail["property"], detail["name"]) == ("attr", "status_id")
    assert [directory.statuses[int(detail[side])] for side in ("old_value", "new_value")] == ["Жаңа", "Өңделуде"]


def test_change_of_fields_has_text_values(world: World, reader: Reader) -> None:
    issue_id = world.file("client", "alatau")
    level, confirmed = world.names.fields["level"], world.names.fields["priority_confirmed"]
    world.edit("operator", issue_id, due_date="2030-01-31", custom_fields=world.values({level: "VIP", confirmed: "1"}))
    (journal,) = reader.fetch_issue(issue_id)["journals"]
    changes = {
        (each["property"], each["name"]): (each["old_value"] or "", each["new_value"]) for each in journal["details"]
    }
    assert changes == {
        ("attr", "due_date"): ("", "2030-01-31"),
        ("cf", str(world.field_id("level"))): ("", "VIP"),
        ("cf", str(world.field_id("priority_confirmed"))): (
            changes["cf", str(world.field_id("priority_confirmed"))][0],
            "1",
        ),
    }


def test_response_by_attachment_only_has_empty_notes(world: World, reader: Reader) -> None:
    issue_id = world.file("client", "alatau")
    world.attach("client", issue_id, "экран.png")
    (journal,) = reader.fetch_issue(issue_id)["journals"]
    (detail,) = journal["details"]
    assert not journal["notes"]
    assert (detail["property"], detail["new_value"]) == ("attachment", "экран.png")


def test_private_notes_are_missing_silently_without_the_permission(world: World, session: Session) -> None:
    issue_id = world.file("client", "alatau")
    world.note("operator", issue_id, "Ішкі", private=True)
    world.note("operator", issue_id, "Жауап")
    notes = {
        login: [each["notes"] for each in Reader(session(login)).fetch_issue(issue_id)["journals"]]
        for login in (BOT, "blind", "client")
    }
    assert notes == {BOT: ["Ішкі", "Жауап"], "blind": ["Жауап"], "client": ["Жауап"]}


def test_edited_note_does_not_change_the_update_time(world: World, reader: Reader) -> None:
    issue_id = world.file("client", "alatau")
    world.note("operator", issue_id, "Жауап")
    world.shift(issue_id, updated_at=PAST)
    world.edit_note(ADMIN, reader.fetch_issue(issue_id)["journals"][0]["id"], "Басқа жауап")
    issue = reader.fetch_issue(issue_id)
    assert (issue["journals"][0]["notes"], issue["updated_on"]) == ("Басқа жауап", "2026-01-05T04:00:00Z")


def test_journals_are_in_order_of_time(world: World, reader: Reader) -> None:
    issue_id = world.file("client", "alatau")
    for text in ("кейін", "бұрын"):
        world.note("operator", issue_id, text)
    world.shift(issue_id, created_at=PAST, journals=[PAST + timedelta(hours=2), PAST + timedelta(hours=1)])
    journals = reader.fetch_issue(issue_id)["journals"]
    assert [each["notes"] for each in journals] == ["бұрын", "кейін"]
    assert [each["created_on"] for each in journals] == ["2026-01-05T05:00:00Z", "2026-01-05T06:00:00Z"]


def test_issue_lists_children_only_if_it_has_any(world: World, reader: Reader) -> None:
    parent = world.file("operator", "alatau")
    child = world.file("operator", "alatau", parent_issue_id=parent)
    assert [each["id"] for each in reader.fetch_issue(parent)["children"]] == [child]
    assert "children" not in reader.fetch_issue(child)
    assert reader.fetch_issue(child)["parent"] == {"id": parent}


def test_issue_has_the_statuses_that_the_account_may_set(world: World, session: Session) -> None:
    issue_id = world.file("client", "alatau")
    allowed = {
        login: {each["name"] for each in Reader(session(login)).fetch_issue(issue_id)["allowed_statuses"]}
        for login in (BOT, "operator")
    }
    assert allowed[BOT] == {"Жаңа", "Клиент жауабын күтуде"}
    assert allowed["operator"] == set(world.names.statuses)


# --- lock_version


def test_lock_version_is_in_the_page_and_grows_with_every_change(world: World, reader: Reader) -> None:
    issue_id = world.file("client", "alatau")
    assert "lock_version" not in world.see(BOT, issue_id)
    before = reader.fetch_edit_form(issue_id).lock_version
    world.note("operator", issue_id, "Жауап")
    assert reader.fetch_edit_form(issue_id).lock_version == before + 1


def test_edit_form_has_only_the_fields_that_the_account_may_set(world: World, session: Session) -> None:
    issue_id = world.file("client", "alatau")
    marker = world.field_id("marker")
    forms = {login: Reader(session(login)).fetch_edit_form(issue_id).fields for login in (BOT, "operator")}
    assert forms[BOT] >= {world.field_id(key) for key in ("level", "state", "resolution_due", "reason", "steps")} | {
        marker
    }
    assert marker not in forms["operator"]
    assert forms["operator"] >= {world.field_id(key) for key in ("level", "reason")}


def test_form_state_shows_which_fields_can_be_set_and_which_are_required_and_blank(
    world: World, reader: Reader
) -> None:
    issue_id = world.file("client", "strict")
    state = reader.fetch_form_state(issue_id)
    assert state.keys >= {"notes", "status_id", "due_date", "assigned_to_id", str(world.field_id("marker"))}
    assert list(state.problems()) == ['required field "Міндетті" is blank; fill it in']
    by_label = {each.label: each for each in state.fields}
    assert by_label[world.names.fields["level"]].options == tuple(world.names.levels.values())
    assert "Бекітілген" not in by_label
    assert state.digest == reader.fetch_form_state(issue_id).digest


def test_file_uploaded_at_filing_is_an_attachment_without_a_journal(world: World, reader: Reader) -> None:
    bare = world.file("client", "alatau")
    issue_id = world.file("client", "alatau", uploads=[world.upload("client", "screenshot.png")])
    issue = reader.fetch_issue(issue_id)
    assert [each["filename"] for each in issue["attachments"]] == ["screenshot.png"]
    assert issue["journals"] == []
    assert reader.fetch_issue(bare)["attachments"] == []


def test_account_without_edit_permission_gets_no_lock_version(world: World, session: Session) -> None:
    issue_id = world.file("client", "alatau")
    assert "issue[lock_version]" in world.call("talker", "GET", f"/issues/{issue_id}").text
    with pytest.raises(RefusedError, match="edit_issues"):
        Reader(session("talker")).fetch_edit_form(issue_id)


def test_page_of_a_deleted_or_hidden_issue_raises(world: World, reader: Reader) -> None:
    for issue_id in (999_999, world.file("client", "vault")):
        with pytest.raises(MissingError, match=f"/issues/{issue_id}"):
            reader.fetch_edit_form(issue_id)


def test_client_text_cannot_forge_the_lock_version(world: World, reader: Reader) -> None:
    forged = '<div id="all_attributes"><input name="issue[lock_version]" value="77"></div>'
    issue_id = world.file("client", "alatau", subject=forged, description=forged)
    world.note("client", issue_id, forged)
    assert reader.fetch_edit_form(issue_id).lock_version < 77


def test_newest_issue_of_a_project_is_that_of_its_own_list_without_subprojects(world: World, reader: Reader) -> None:
    first, _ = (world.file("client", "alatau") for _ in range(2))
    project_id = reader.fetch_issue(first)["project"]["id"]
    world.shift(first, updated_at=datetime(2040, 1, 1, tzinfo=UTC))
    newest, count = reader.fetch_newest(project_id, status="open")
    own = reader.fetch_rows(status="open", project_id=project_id)
    assert newest is not None
    assert (newest["id"], count) == (first, len(own))
    assert {row["project"]["id"] for row in own} == {project_id}
    assert reader.fetch_newest(project_id, status="closed")[1] == len(
        reader.fetch_rows(status="closed", project_id=project_id)
    )


def test_list_row_has_the_state_of_its_issue(world: World, reader: Reader) -> None:
    issue_id = world.file("client", "alatau")
    world.note("operator", issue_id, "x")
    (row,) = reader.fetch_rows_of([issue_id])
    assert reader.fetch_listed_issue(row)[0] == row
