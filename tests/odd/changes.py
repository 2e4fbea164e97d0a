"""Changes that an administrator makes in Redmine, some of them also in the mappings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from end_to_end.scene import (
    CLIENT_ROLE,
    CONSULTATION,
    ERROR,
    MURAGER,
    PROJECTS,
    STAFF_GROUP,
    STAFF_ROLE,
    VIP,
)
from faults.actions import REFUSED, SOLVED, TAKEN, WAITING
from odd.busy_site import ENDED_GROUP, GROUP_CLIENT, VIP_GROUP, BusySite, Victims
from odd.catalogue import CHANGES, odd
from support.fake_records import Issue
from support.worlds import BOT

from sup_sync.redmine.permissions import BOT_PERMISSIONS
from sup_sync.redmine.provision import BOT_ROLE

# A change that concerns every request: a mismatch with the mappings, or a missing permission.
EVERYBODY = (0, 3, 77, 78)
FORBIDDEN = (403, {}, "")


def named_in_history(site: BusySite, kind: str, name: str, key: str) -> set[int]:
    """Return the requests that have, or had, a status, priority or tracker of this name."""
    number = site.named(kind, name).id

    def is_named(issue: Issue) -> bool:
        details = (detail for journal in issue.journals for detail in journal.details)
        used = {each["old_value"] for each in details if each["name"] == f"{key}_id"}
        return getattr(issue, key).id == number or str(number) in used

    return site.where(is_named)


# --- names

RENAMES: tuple[tuple[str, str, str, str, str, str], ...] = (
    # what it is, list of the fake, key of the record, old, new, its line in the mappings
    ("status of work", "statuses", "status", TAKEN, "Жұмыста", f"  {TAKEN}:"),
    ("status of solved requests", "statuses", "status", SOLVED, "Орындалды деп жабылды", f"  {SOLVED}:"),
    ("status of refusal", "statuses", "status", REFUSED, "Қабылданбады", f"  {REFUSED}:"),
    ("status of waiting", "statuses", "status", WAITING, "Клиент ойлануда", WAITING),
    ("priority urgent", "priorities", "priority", "Жедел", "Өте жедел", "Жедел"),
    ("tracker of consultations", "trackers", "tracker", CONSULTATION, "Кеңес беру", f"  {CONSULTATION}:"),
    ("tracker of errors", "trackers", "tracker", ERROR, "Ақау", f"  {ERROR}:"),
)


# of each kind of changes these are tried by themselves in every run of the tests
COMMON = ("status of waiting", "priority urgent", "tracker of errors", "channel", "marker", "set_notes_private")


def add_rename(what: str, kind: str, key: str, old: str, new: str, line: str) -> None:
    def rename(site: BusySite) -> set[int]:
        affected = named_in_history(site, kind, old, key)
        site.named(kind, old).name = new
        for custom in site.tracker.fields if kind == "trackers" else ():
            custom.trackers = {new if each == old else each for each in custom.trackers}
        for role in site.tracker.roles if kind == "statuses" else ():
            role.transitions = {
                (new if before == old else before, new if after == old else after) for before, after in role.transitions
            }
        return affected

    @odd(CHANGES, f"the {what} was renamed", is_alike=what not in COMMON)
    def _(site: BusySite, _victims: Victims) -> Iterable[int]:
        return rename(site)

    @odd(CHANGES, f"the {what} was renamed, also in the mappings", is_alike=what not in COMMON)
    def _(site: BusySite, _victims: Victims) -> Iterable[int]:
        rename(site)
        site.rename_in_files(line, line.replace(old, new))
        return ()


for _rename in RENAMES:
    add_rename(*_rename)

FIELDS = {
    "steps": "Жол",
    "channel": "Байланыс арнасы",
    "level": "Деңгей",
    "marker": "sup-sync белгісі",
    "reason": "Себеп",
}


def add_rename_of_field(key: str, new: str) -> None:
    @odd(CHANGES, f"the field {key} was renamed", codes=EVERYBODY, is_alike=key not in COMMON)
    def _(site: BusySite, _victims: Victims) -> Iterable[int]:
        site.named("fields", site.world.names.fields[key]).name = new
        return site.ids

    @odd(CHANGES, f"the field {key} was renamed, also in the mappings", is_alike=key not in COMMON)
    def _(site: BusySite, _victims: Victims) -> Iterable[int]:
        old = site.world.names.fields[key]
        site.named("fields", old).name = new
        site.rename_in_files(f"  {key}: {old}", f"  {key}: {new}")
        return ()


for _key, _new in FIELDS.items():
    add_rename_of_field(_key, _new)


@odd(CHANGES, "a company field was renamed")
def renamed_company_field(site: BusySite, _victims: Victims) -> Iterable[int]:
    site.tracker.fields[-1].name = "Тауар"
    return ()


@odd(CHANGES, "projects were renamed")
def renamed_projects(site: BusySite, _victims: Victims) -> Iterable[int]:
    for project in site.tracker.projects:
        project.name = f"{project.name} (жаңа)"
    return ()


@odd(CHANGES, "two projects exchanged their names")
def exchanged_project_names(site: BusySite, _victims: Victims) -> Iterable[int]:
    first, second = site.project(VIP), site.project(MURAGER)
    first.name, second.name = second.name, first.name
    return ()


def of_group_client(site: BusySite) -> set[int]:
    """Return the requests whose level depends on a contract by group."""
    return site.where(lambda each: each.author.login == GROUP_CLIENT)


@odd(CHANGES, "the group of a contract was renamed", is_unseen=True)
def renamed_group(site: BusySite, _victims: Victims) -> Iterable[int]:
    site.group(VIP_GROUP).name = "Тобыл тобы"
    return of_group_client(site)


@odd(CHANGES, "the group of a contract was renamed, also in the mappings")
def renamed_group_everywhere(site: BusySite, _victims: Victims) -> Iterable[int]:
    site.group(VIP_GROUP).name = "Тобыл тобы"
    site.rename_in_files(VIP_GROUP, "Тобыл тобы", "clients.yaml")
    return ()


def delete_group(site: BusySite, name: str) -> None:
    group = site.group(name)
    site.tracker.groups.remove(group)
    for project in site.tracker.projects:
        project.members = [each for each in project.members if each.who is not group]


@odd(CHANGES, "the group of a contract was deleted", is_unseen=True)
def deleted_group(site: BusySite, _victims: Victims) -> Iterable[int]:
    delete_group(site, VIP_GROUP)
    return of_group_client(site)


@odd(CHANGES, "the group of an ended contract was deleted")
def deleted_group_of_ended_contract(site: BusySite, _victims: Victims) -> Iterable[int]:
    delete_group(site, ENDED_GROUP)
    return ()


@odd(CHANGES, "the group of staff was renamed", codes=EVERYBODY)
def renamed_staff_group(site: BusySite, _victims: Victims) -> Iterable[int]:
    site.group(STAFF_GROUP).name = "Қолдау бөлімі"
    return site.ids


@odd(CHANGES, "the group of staff was renamed, also in the mappings")
def renamed_staff_group_everywhere(site: BusySite, _victims: Victims) -> Iterable[int]:
    site.group(STAFF_GROUP).name = "Қолдау бөлімі"
    site.rename_in_files(STAFF_GROUP, "Қолдау бөлімі")
    return ()


@odd(CHANGES, "the role of staff was renamed", codes=EVERYBODY)
def renamed_staff_role(site: BusySite, _victims: Victims) -> Iterable[int]:
    site.tracker.role(STAFF_ROLE).name = "Маман"
    return site.ids


@odd(CHANGES, "the role of clients was renamed")
def renamed_client_role(site: BusySite, _victims: Victims) -> Iterable[int]:
    site.tracker.role(CLIENT_ROLE).name = "Тапсырыс беруші"
    return site.ids


# --- projects


def hide(site: BusySite, identifier: str, code: int) -> set[int]:
    """Answer requests for a project and its issues with this code, and leave them out of all lists."""
    numbers = site.in_project(identifier)
    project = site.project(identifier)
    site.tracker.projects.remove(project)
    issues = [each for each in site.tracker.issues if each.project is project]
    site.tracker.issues = [each for each in site.tracker.issues if each not in issues]
    paths = {rf"\w+ /projects/({identifier}|{project.id})(/.*|\.json)?"}
    paths |= {rf"\w+ /issues/{each}(\.json)?" for each in numbers}
    site.overrides |= dict.fromkeys(paths, (code, {}, ""))
    site.hidden.append((project, issues, paths))
    return numbers


def show(site: BusySite) -> None:
    """Show again the project that was hidden last."""
    project, issues, paths = site.hidden.pop()
    site.tracker.projects.append(project)
    site.tracker.issues = sorted([*site.tracker.issues, *issues], key=lambda each: each.id)
    for path in paths:
        site.overrides.pop(path, None)


@odd(CHANGES, "a project was archived")
def archived_project(site: BusySite, _victims: Victims) -> Iterable[int]:
    return hide(site, MURAGER, 403)


@odd(CHANGES, "a project was deleted")
def deleted_project(site: BusySite, _victims: Victims) -> Iterable[int]:
    return hide(site, MURAGER, 404)


@odd(CHANGES, "the VIP project was archived")
def archived_vip_project(site: BusySite, _victims: Victims) -> Iterable[int]:
    return hide(site, VIP, 403)


@odd(CHANGES, "a project was closed", is_unseen=True)
def closed_project(site: BusySite, _victims: Victims) -> Iterable[int]:
    site.project(MURAGER).is_closed = True
    return site.in_project(MURAGER)


@odd(CHANGES, "a project was added")
def added_project(site: BusySite, _victims: Victims) -> Iterable[int]:
    project = site.tracker.add_project("zhana", "Жаңа жоба")
    site.tracker.join(project, site.user(BOT), (BOT_ROLE,))
    return ()


def hide_issues(site: BusySite, identifier: str, *, has_trackers: bool) -> set[int]:
    """Hide the issues of a project, but not the project; newer versions of Redmine leave its trackers out as well."""
    project = site.project(identifier)
    numbers = site.in_project(identifier)
    site.tracker.issues = [each for each in site.tracker.issues if each.id not in numbers]
    site.overrides[rf"GET /projects/({identifier}|{project.id})/versions\.json"] = FORBIDDEN
    site.overrides |= {rf"\w+ /issues/{each}(\.json)?": FORBIDDEN for each in numbers}

    def edit(answer: Any) -> Any:
        answer["project"].pop("trackers", None)
        return answer

    if not has_trackers:
        site.edits |= {f"GET /projects/{each}.json": edit for each in (identifier, project.id)}
    return numbers


@odd(CHANGES, "a project has no issue tracking any more", is_unseen=True)
def module_off(site: BusySite, _victims: Victims) -> Iterable[int]:
    return hide_issues(site, MURAGER, has_trackers=True)


@odd(CHANGES, "a project has no issue tracking any more (Redmine 6.1)", is_unseen=True)
def module_off_in_6(site: BusySite, _victims: Victims) -> Iterable[int]:
    return hide_issues(site, MURAGER, has_trackers=False)


def weaken(site: BusySite, identifier: str, permission: str) -> None:
    """Give the account a role without a permission in one project."""
    name = f"no {permission}"
    site.tracker.add_role(name, [each for each in BOT_PERMISSIONS if each != permission])
    role = site.tracker.role(name)
    role.transitions = set(site.tracker.role(BOT_ROLE).transitions)
    member = next(each for each in site.project(identifier).members if each.who is site.user(BOT))
    member.roles = {role: False}


@odd(CHANGES, "the role lacks view_issues in a project")
def lacks_view(site: BusySite, _victims: Victims) -> Iterable[int]:
    numbers = site.in_project(MURAGER)
    weaken(site, MURAGER, "view_issues")
    site.overrides[rf"GET /projects/({MURAGER}|{site.project(MURAGER).id})/versions\.json"] = FORBIDDEN
    return numbers


for _permission in [each for each in BOT_PERMISSIONS if each != "view_issues"]:

    @odd(CHANGES, f"the role lacks {_permission} in a project", is_alike=_permission not in COMMON)
    def _(site: BusySite, _victims: Victims, permission: str = _permission) -> Iterable[int]:
        weaken(site, MURAGER, permission)
        return site.in_project(MURAGER)


@odd(CHANGES, "the account left a project")
def lost_membership(site: BusySite, _victims: Victims) -> Iterable[int]:
    project = site.project(MURAGER)
    project.members = [each for each in project.members if each.who is not site.user(BOT)]
    return site.in_project(MURAGER)


@odd(CHANGES, "a version was deleted")
def deleted_version(site: BusySite, _victims: Victims) -> Iterable[int]:
    version = site.version(site.project(MURAGER), "next")
    numbers = site.where(lambda each: each.version is version)
    for number in numbers:
        issue = site.issue(number)
        issue.version, issue.updated_at = None, site.tracker.now
    site.tracker.versions.remove(version)
    return numbers


@odd(CHANGES, "projects are gone from the list of members of everybody else")
def empty_members(site: BusySite, _victims: Victims) -> Iterable[int]:
    project = site.project(MURAGER)
    project.members = [each for each in project.members if each.who is site.user(BOT)]
    return site.in_project(MURAGER)


@odd(CHANGES, "a tracker was taken out of a project")
def removed_tracker(site: BusySite, _victims: Victims) -> Iterable[int]:
    project = site.project(MURAGER)
    project.trackers = [each for each in project.trackers if each.name != ERROR]
    return site.where(lambda each: each.project is project and each.tracker.name == ERROR)


@odd(CHANGES, "a field was taken off a tracker in a project")
def removed_field(site: BusySite, _victims: Victims) -> Iterable[int]:
    custom = site.named("fields", site.world.names.fields["resolution_due"])
    custom.projects = set(PROJECTS) - {MURAGER}
    return site.in_project(MURAGER)


@odd(CHANGES, "the account may not close requests of a tracker")
def missing_transition(site: BusySite, _victims: Victims) -> Iterable[int]:
    role = site.tracker.role(BOT_ROLE)
    role.transitions = {each for each in role.transitions if each[0] != WAITING}
    return site.where(lambda each: each.status.name == WAITING)
