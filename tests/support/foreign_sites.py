"""Existing Redmine sites without sup-sync: the default data and custom names, in kk, ru and en."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from support.fake_records import Named, Status
from support.fake_redmine import FakeRedmine
from support.fake_rest import FakeRest
from support.worlds import BOT, FakeWorld

from sup_sync.model.names import NamesInRedmine
from sup_sync.redmine.provision import BOT_ROLE

REDMINE_EN = NamesInRedmine(
    trackers=["Bug", "Feature", "Support"],
    statuses={
        "New": False,
        "In Progress": False,
        "Resolved": False,
        "Feedback": False,
        "Closed": True,
        "Rejected": True,
    },
    priorities=["Low", "Normal", "High", "Urgent", "Immediate"],
    groups=["Support team"],
    roles=["Manager", "Developer", "Reporter"],
)
REDMINE_RU = NamesInRedmine(
    trackers=["Ошибка", "Улучшение", "Поддержка"],
    statuses={
        "Новая": False,
        "В работе": False,
        "Решена": False,
        "Нужен отклик": False,
        "Закрыта": True,
        "Отклонена": True,
    },
    priorities=["Низкий", "Нормальный", "Высокий", "Срочный", "Немедленный"],
    roles=["Менеджер", "Разработчик", "Репортёр"],
)
KAZAKH = NamesInRedmine(
    trackers=["Қате", "Ұсыныс", "Қолдау", "Кері қоңырау"],
    statuses={
        "Жаңа": False,
        "Өңделуде": False,
        "Клиенттен жауап күтілуде": False,
        "Әзірлеуде": False,
        "Шешілді": True,
        "Бас тартылды": True,
    },
    priorities=["Төмен", "Қалыпты", "Жоғары", "Шұғыл"],
    fields={"БСН": (), "Арна": ("Электрондық пошта", "Факс")},
    groups=["Қолдау қызметі"],
    roles=["Қолдау маманы", "Тұтынушы"],
)
OWN_RU = NamesInRedmine(
    trackers=["Инцидент", "Консультация", "Запрос на доработку"],
    statuses={
        "Зарегистрировано (новое)": False,
        "Принято в работу": False,
        "Ожидает ответа клиента": False,
        "Передано в разработку": False,
        "Выполнено": True,
        "Отказано": True,
    },
    priorities=["Низкий", "Средний", "Высокий", "Критический"],
    fields={"ИИН": (), "БИН организации": (), "Контактный телефон": ()},
    groups=["Отдел поддержки"],
    roles=["Специалист 1 линии", "Заказчик"],
)
DATA_SETS = {"Redmine in en": REDMINE_EN, "Redmine in ru": REDMINE_RU, "own names in kk": KAZAKH, "in ru": OWN_RU}

HEAD, HEAD_NAME, OPERATOR, CLIENT = "d.bekova", "Дана Бекова", "a.serikova", "m.omarov"
PROJECTS = ("support", "alatau")


class ForeignRedmine:
    """A fake Redmine with these names, staff and a client, and without the items that sup-sync needs."""

    def __init__(self, survey: NamesInRedmine) -> None:
        self.world = FakeWorld()
        self.tracker = tracker = FakeRedmine()
        self.world.tracker, self.world.rest = tracker, FakeRest(tracker, self.world.url)
        tracker.now = datetime.now(UTC)
        numbers = iter(range(7_001, 8_000))
        tracker.trackers = [Named(next(numbers), name) for name in survey.trackers]
        tracker.statuses = [Status(next(numbers), name, closes) for name, closes in survey.statuses.items()]
        tracker.priorities = [Named(next(numbers), name) for name in survey.priorities]
        for name in survey.roles:
            tracker.add_role(name, ("view_issues", "add_issues", "edit_issues"), is_assignable=True)
        for name, values in survey.fields.items():
            tracker.add_field({"name": name, "values": values})
        self.head = tracker.add_user(HEAD, HEAD_NAME)
        client = tracker.add_user(CLIENT, "Марат Омаров")
        staff: Any = tracker.add_group(survey.groups[0], [self.head]) if survey.groups else self.head
        for identifier in PROJECTS:
            project = tracker.add_project(identifier, identifier.title())
            tracker.join(project, staff, survey.roles[:1])
            tracker.join(project, client, survey.roles[-1:])
            self.file_one_of_each(project)

    def file_one_of_each(self, project: Any) -> None:
        for each in project.trackers:
            self.tracker.file(self.head, {"project_id": project.id, "tracker_id": each.id, "subject": "Бұрынғы"})

    def run_script(self, script: str) -> None:
        """Do what the script of `provision --script` does: add the items and the values of lists that are missing."""
        wanted = json.loads(script.partition("<<'WANTED')\n")[2].partition("\nWANTED\n")[0])
        tracker, existing_fields = self.tracker, {each.name: each for each in self.tracker.fields}
        numbers = iter(range(8_001, 9_000))
        lists = {"statuses": tracker.statuses, "trackers": tracker.trackers, "priorities": tracker.priorities}
        existing = {kind: {each.name for each in rows} for kind, rows in lists.items()}
        tracker.statuses += [
            Status(next(numbers), each["name"], each["is_closed"])
            for each in wanted["statuses"]
            if each["name"] not in existing["statuses"]
        ]
        tracker.priorities += [
            Named(next(numbers), each) for each in wanted["priorities"] if each not in existing["priorities"]
        ]
        assert set(wanted["trackers"]) <= existing["trackers"]
        for each in wanted["roles"]:
            if each["name"] not in {role.name for role in tracker.roles}:
                role = tracker.add_role(each["name"], each["attributes"]["permissions"])
                role.transitions = {(old, new) for old, new in each["transitions"]}
        for each in wanted["fields"]:
            if field := existing_fields.get(each["name"]):
                field.values = tuple(dict.fromkeys((*field.values, *each.get("values", ()))))
            else:
                tracker.add_field(each)
        tracker.add_user(BOT, "sup sync")

    def add_account(self) -> None:
        """Make sup-sync's account a member of the projects."""
        bot = next(each for each in self.tracker.users if each.login == BOT)
        for project in self.tracker.projects:
            self.tracker.join(project, bot, [BOT_ROLE])
