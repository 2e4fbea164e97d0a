"""The scene of the contract tests: accounts, groups, roles, projects, fields."""

from __future__ import annotations

from collections.abc import Callable

from support.worlds import BOT, FieldOf, ProjectOf, RoleOf, Scene, UserOf

from sup_sync.redmine.permissions import BOT_PERMISSIONS, WIKI_PERMISSIONS
from sup_sync.redmine.provision import BOT_ROLE
from sup_sync.redmine.session import RedmineSession

Session = Callable[..., RedmineSession]

STAFF_GROUP, STAFF_ROLE, CLIENT_ROLE = "Қолдау қызметі", "Қолдау операторы", "Клиент"
VIP_GROUP = "VIP Алатау"
CONSULTATION, ERROR = "Кеңес", "Қате, істеліп бітпеген"
CROWD = tuple(UserOf(f"user{number}", f"Тұтынушы {number}") for number in range(105))

SCENE = Scene(
    users=(
        UserOf("d.bekova", "Дана Бекова"),
        UserOf("operator", "Айдос Серік"),
        UserOf("client", "Әйгерім Нұр"),
        UserOf("left", "Ерлан Сапар", is_locked=True),
        UserOf("publisher", "Без Права"),
        UserOf("talker", "Только Слова"),
        UserOf("blind", "Не Видит"),
        UserOf("counter", "Есеп Шот"),
        UserOf("scribe", "Хатшы Ақ"),
        UserOf("keeper", "Мұрағат Ие"),
        UserOf("onlooker", "Тек Көрер"),
        *CROWD,
    ),
    groups={STAFF_GROUP: ("d.bekova", "operator", "left"), VIP_GROUP: ("client",)},
    roles=(
        RoleOf("publisher", tuple(each for each in BOT_PERMISSIONS if each != "set_notes_private"), BOT_ROLE),
        RoleOf("talker", ("view_issues", "add_issue_notes"), BOT_ROLE),
        RoleOf("scribe", (*BOT_PERMISSIONS, *WIKI_PERMISSIONS)),
        RoleOf("keeper", (*BOT_PERMISSIONS, *WIKI_PERMISSIONS, "delete_wiki_pages_attachments")),
        RoleOf("onlooker", ("view_issues", "view_wiki_pages")),
        RoleOf("blind", tuple(each for each in BOT_PERMISSIONS if each != "view_private_notes"), BOT_ROLE),
    ),
    projects=(
        ProjectOf(
            "alatau",
            "Алатау Трейд",
            {
                BOT: (BOT_ROLE,),
                STAFF_GROUP: (STAFF_ROLE,),
                VIP_GROUP: (CLIENT_ROLE,),
                "publisher": ("publisher",),
                "talker": ("talker",),
                "blind": ("blind",),
            },
        ),
        ProjectOf("strict", "Қатаң", {BOT: (BOT_ROLE,), VIP_GROUP: (CLIENT_ROLE,)}),
        ProjectOf("ending", "Жабылатын", {BOT: (BOT_ROLE,), VIP_GROUP: (CLIENT_ROLE,)}),
        ProjectOf("crowd", "Көпшілік", {"counter": (BOT_ROLE,)} | {each.login: (CLIENT_ROLE,) for each in CROWD}),
        ProjectOf("square", "Алаң", {"client": (CLIENT_ROLE,)}, is_public=True),
        ProjectOf(
            "library",
            "Кітапхана",
            {"talker": ("talker",), "scribe": ("scribe",), "keeper": ("keeper",), "onlooker": ("onlooker",)},
            has_wiki=True,
        ),
        ProjectOf("shelf", "Сөре", {"scribe": ("scribe",)}),
        ProjectOf("closet", "Жабық сөре", {"scribe": ("scribe",)}, has_wiki=True),
        ProjectOf("vault", "Қойма", {"client": (CLIENT_ROLE,)}),
    ),
    fields=(
        FieldOf("Тек қате", trackers=(ERROR,)),
        FieldOf("Жасырын", seen_by=(STAFF_ROLE,)),
        FieldOf("Бекітілген"),
        FieldOf("Сүзгісіз", is_filter=False),
        FieldOf("Міндетті", projects=("strict",), seen_by=(BOT_ROLE,), is_required=True),
    ),
    read_only={BOT_ROLE: ("Бекітілген",)},
    issues={"crowd": 105},
)
