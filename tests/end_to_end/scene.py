"""The projects, people and roles of the end-to-end tests: those of the shipped config.yaml."""

from __future__ import annotations

from uuid import uuid4

from support.fake_records import Named, Status
from support.worlds import BOT, FakeWorld, ProjectOf, RealWorld, RoleOf, Scene, UserOf

from sup_sync.redmine.permissions import BOT_PERMISSIONS
from sup_sync.redmine.provision import BOT_ROLE

VIP, BASE, MURAGER = "alatau-trade", "portal-users", "murager-group"
PROJECTS = {
    VIP: "«Алатау Трейд» ЖШС",
    "saryarka-logistic": "«Сарыарқа Логистик» АҚ",
    "kokshe-qurylys": "«Көкше Құрылыс» ЖШС",
    BASE: "Портал тұтынушылары",
    MURAGER: "«Мұрагер Групп» ЖШС",
}
ERROR, CONSULTATION, CALLBACK = "Қате, істеліп бітпеген", "Кеңес", "Кері қоңырау"
OPERATOR, HEAD, CLIENT = "a.serikova", "d.bekova", "m.omarov"
HEAD_NAME, OPERATOR_NAME = "Дана Бекова", "Айгүл Серікова"
COPIER_ROLE = "Көшіруші"  # copies requests, besides the role of the staff
DEVELOPER, DEVELOPER_NAME, DEVELOPER_ROLE = "t.ospanov", "Тимур Оспанов", "Әзірлеуші"
STAFF_GROUP, STAFF_ROLE, CLIENT_ROLE = "Қолдау қызметі", "Қолдау операторы", "Клиент"

# names that are in Redmine and not in the mappings
UNMAPPED_TRACKER, UNMAPPED_STATUS = "Ішкі", "Тексерілуде"

# Redmine's trackers by project: few, since a run checks each of them
TRACKERS = dict.fromkeys(PROJECTS, (CONSULTATION,)) | {
    VIP: (ERROR, CONSULTATION, CALLBACK),
    BASE: (CONSULTATION, UNMAPPED_TRACKER),
}

# insufficient accounts: the first two lack a permission, the third a project, the last is locked
PUBLISHER, TALKER, OUTSIDER, LOCKED = "publisher", "talker", "outsider", "locked"

_LACKING = {PUBLISHER: "set_notes_private", TALKER: "edit_issues"}

_MEMBERS = {
    BOT: (BOT_ROLE,),
    LOCKED: (BOT_ROLE,),
    PUBLISHER: (PUBLISHER,),
    TALKER: (TALKER,),
    OPERATOR: (COPIER_ROLE,),  # before their group, as Redmine refuses a second membership
    STAFF_GROUP: (STAFF_ROLE,),
    CLIENT: (CLIENT_ROLE,),
    DEVELOPER: (DEVELOPER_ROLE,),
}

SCENE = Scene(
    users=(
        UserOf(HEAD, HEAD_NAME),
        UserOf(OPERATOR, OPERATOR_NAME),
        UserOf(CLIENT, "Марат Омаров"),
        UserOf(DEVELOPER, DEVELOPER_NAME),
        UserOf(PUBLISHER, "Без Права"),
        UserOf(TALKER, "Только Слова"),
        UserOf(OUTSIDER, "Не Везде"),
        UserOf(LOCKED, "Под Замком", is_locked=True),
    ),
    groups={STAFF_GROUP: (HEAD, OPERATOR)},
    roles=(
        RoleOf(DEVELOPER_ROLE, ("view_issues", "add_issue_notes"), is_assignable=True),
        RoleOf(COPIER_ROLE, ("view_issues", "add_issues", "copy_issues"), STAFF_ROLE),
        *(
            RoleOf(name, tuple(each for each in BOT_PERMISSIONS if each != lacking), BOT_ROLE)
            for name, lacking in _LACKING.items()
        ),
    ),
    projects=tuple(
        ProjectOf(identifier, name, _MEMBERS | ({OUTSIDER: (BOT_ROLE,)} if identifier != MURAGER else {}))
        for identifier, name in PROJECTS.items()
    ),
)


def make_fake(world: FakeWorld) -> None:
    """Create the scene in a Redmine in memory."""
    world.reset(SCENE)
    tracker = world.tracker
    tracker.statuses.append(Status(9_001, UNMAPPED_STATUS))
    tracker.trackers.append(Named(9_002, UNMAPPED_TRACKER))
    for project in tracker.projects:
        project.trackers = [each for each in tracker.trackers if each.name in TRACKERS[project.identifier]]


class RealScene:
    """The scene in a real Redmine, which tests of other packages may reset."""

    def __init__(self, world: RealWorld) -> None:
        self.world = world
        self.stamp = uuid4().hex

    def make_fresh(self) -> None:
        """Create the scene if it is missing; delete the requests and versions of earlier tests, reopen projects."""
        if not self._is_there():
            self._make()
        with self.world.database() as base:
            for table in (
                "issues",
                "issue_relations",
                "journals",
                "journal_details",
                "custom_values",
                "attachments",
                "watchers",
                "versions",
            ):
                base.execute(f"DELETE FROM {table}")  # noqa: S608 - constants of this method
            base.execute("UPDATE projects SET status = 1")

    def _is_there(self) -> bool:
        if not hasattr(self.world, "url"):
            return False
        with self.world.database() as base:
            row = base.execute("SELECT 1 FROM projects WHERE description = ?", (self.stamp,)).fetchone()
        return row is not None

    def _make(self) -> None:
        self.world.reset(SCENE)
        with self.world.database() as base:
            base.execute("UPDATE projects SET description = ?", (self.stamp,))
            base.execute(
                "INSERT INTO issue_statuses (name, is_closed, position) VALUES (?, 0, 100)", (UNMAPPED_STATUS,)
            )
            base.execute(
                "INSERT INTO trackers (name, position, is_in_roadmap, fields_bits, default_status_id)"
                " SELECT ?, 100, 0, 0, default_status_id FROM trackers WHERE name = ?",
                (UNMAPPED_TRACKER, CONSULTATION),
            )
            base.execute("DELETE FROM projects_trackers")
            base.executemany(
                "INSERT INTO projects_trackers (project_id, tracker_id)"
                " SELECT p.id, t.id FROM projects p, trackers t WHERE p.identifier = ? AND t.name = ?",
                [(project, name) for project, names in TRACKERS.items() for name in names],
            )
