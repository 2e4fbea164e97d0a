"""The proposals of `init` for the names in Redmine, and the files made from them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stories.shipped import REPOSITORY, shipped_config
from support.foreign_sites import DATA_SETS, KAZAKH, REDMINE_EN, REDMINE_RU

from sup_sync.config.load import Config, check_files
from sup_sync.config.onboarding import Head, Proposal, propose
from sup_sync.config.onboarding.fill_in import Site, fill_in
from sup_sync.config.onboarding.names import load_names, terms_of
from sup_sync.config.yaml_file import load_yaml
from sup_sync.errors import Mistake
from sup_sync.model.issue import Phase
from sup_sync.model.names import NamesInRedmine, TrackerMapping

TODAY = date(2026, 6, 8)
SITE = Site("https://tracker.example.kz", "/etc/sup-sync/key", "/etc/sup-sync/ca.pem", ["support", "alatau"])
HEAD = Head("d.bekova", "Дана Бекова")
SHIPPED = {
    path.name: path.read_text(encoding="utf-8")
    for path in (REPOSITORY / "config.yaml", *(REPOSITORY / "mappings").glob("*.yaml"))
}


def write(folder: Path, proposal: Proposal) -> Path:
    """Write the files of a proposal to a folder; return the path of config.yaml."""
    (folder / "mappings").mkdir(exist_ok=True)
    for name, text in fill_in(SHIPPED, SITE, proposal, TODAY).items():
        path = folder / name if name == "config.yaml" else folder / "mappings" / name
        path.write_text(text, encoding="utf-8")
    return folder / "config.yaml"


def check_proposal(
    folder: Path, survey: NamesInRedmine, head: Head | None = HEAD
) -> tuple[Config | None, list[Mistake]]:
    return check_files(write(folder, propose(survey, None, head)), TODAY)


# --- Redmine's default data, and custom names


@pytest.mark.parametrize("survey", DATA_SETS.values(), ids=DATA_SETS)
def test_redmine_with_common_names_is_mapped_without_mistakes(tmp_path: Path, survey: NamesInRedmine) -> None:
    config, mistakes = check_proposal(tmp_path, survey)
    assert mistakes == []
    assert config
    assert set(config.rules.names.trackers) == set(survey.trackers)
    assert set(config.rules.names.statuses) >= set(survey.statuses)
    names = config.rules.names
    assert {*names.priorities.values(), *names.priority_aliases} >= set(survey.priorities)
    for name, is_closed in survey.statuses.items():
        assert names.statuses[name].phase.is_final == is_closed


@pytest.mark.parametrize(
    ("survey", "language", "error", "waiting", "refused", "high"),
    [
        (REDMINE_EN, "en", "Bug", "Feedback", "Rejected", "High"),
        (REDMINE_RU, "ru", "Ошибка", "Нужен отклик", "Отклонена", "Высокий"),
        (KAZAKH, "kk", "Қате", "Клиенттен жауап күтілуде", "Бас тартылды", "Жоғары"),
    ],
)
def test_names_are_mapped_to_their_meaning(
    tmp_path: Path, survey: NamesInRedmine, language: str, error: str, waiting: str, refused: str, high: str
) -> None:
    config, _ = check_proposal(tmp_path, survey)
    assert config
    names = config.rules.names
    assert config.rules.messages.staff_language == language
    assert names.trackers[error] == TrackerMapping("error")
    assert names.statuses[waiting].phase is Phase.WAITING
    assert names.statuses[refused].phase is Phase.REFUSED
    assert names.priority_aliases[high] == "urgent"
    assert names.tool_statuses["asked"] == waiting
    assert (config.server.url, config.projects) == (SITE.url, tuple(SITE.projects))
    assert (str(config.server.key_file), str(config.server.ca_file)) == (SITE.key_file, SITE.ca_file)
    assert config.rules.policy.contracts == ()


def test_fields_and_their_values_keep_their_names_in_redmine(tmp_path: Path) -> None:
    fields = {"БИН организации": (), "ФИО": (), "Канал": ("Чат", "Официальное письмо", "Факс"), "Этаж": ()}
    config, mistakes = check_proposal(tmp_path, NamesInRedmine([], {}, [], fields))
    assert config, mistakes
    names = config.rules.names
    assert (names.fields["bin"], names.fields["full_name"]) == ("БИН организации", "ФИО")
    assert (names.channels["online_assistant"], names.channels["official_letter"]) == ("Чат", "Официальное письмо")
    assert "Этаж" not in names.fields.values()


def test_missing_priority_is_mapped_to_the_nearest_name() -> None:
    priorities = propose(NamesInRedmine([], {}, ["Низкий", "Обычный", "Высокий"]), "ru").names["priorities"]
    assert [each.value for each in priorities.values()] == ["Обычный", "Высокий", "Немедленный"]
    assert [each.is_new for each in priorities.values()] == [False, False, True]


def test_second_name_for_a_priority_becomes_an_alias() -> None:
    proposal = propose(NamesInRedmine([], {}, ["Средний", "Обычный", "Срочный"]), "ru")
    assert proposal.names["priorities"]["normal"].value == "Средний"
    assert {name: each.value for name, each in proposal.priority_aliases.items()} == {"Обычный": "normal"}


def test_staff_and_clients_are_recognized_by_groups_and_roles() -> None:
    roles = ["Менеджер", "Репортёр", "Наблюдатель", "sup-sync"]
    people = {"Дана Бекова": ["Менеджер"], "Марат Омаров": ["Репортёр"]}
    survey = NamesInRedmine([], {}, [], {}, ["Служба поддержки", "Бухгалтерия"], roles, people)
    proposal = propose(survey, "ru", own_role="sup-sync")
    assert [each.value for each in proposal.staff_groups] == ["Служба поддержки"]
    assert [each.value for each in proposal.staff_roles] == ["Менеджер"]
    assert [each.value for each in proposal.client_roles] == ["Репортёр"]
    assert (proposal.unmapped_roles, proposal.staff) == (["Наблюдатель"], ["Дана Бекова"])


@pytest.mark.parametrize(("role", "is_left"), [("Репортёр", False), ("Заявитель", True)])
def test_unknown_role_may_be_a_missed_one_if_clients_have_none(role: str, is_left: bool) -> None:
    proposal = propose(NamesInRedmine([], {}, [], {}, [], ["Менеджер", role]), "ru", Head("d.bekova", "Дана Бекова"))
    assert proposal.may_have_missed_a_role is is_left


# --- names that are ambiguous


@pytest.mark.parametrize("name", ["Ожидание", "Пауза", "Ждём ответа разработчика", "On hold", "Тексеруде", "?"])
def test_ambiguous_open_status_is_left_as_a_placeholder(name: str) -> None:
    assert propose(NamesInRedmine([], {name: False}, []), "ru").statuses[name].is_placeholder


def test_status_open_in_redmine_is_mapped_to_open() -> None:
    entry = propose(REDMINE_EN, None).statuses["Resolved"]
    assert (entry.value, entry.remark.partition(",")[0]) == ("open", "open in Redmine")


UNGUESSABLE = NamesInRedmine(
    trackers=["Bug", "Task"],
    statuses={"New": False, "On hold": False, "Closed": True, "Feedback": False},
    priorities=["Normal", "Medium", "Urgent", "Immediate", "P9"],
    fields={"БИН": (), "BIN": ()},
)


def todo_lines(path: Path) -> set[int]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return {number for number, line in enumerate(lines, start=1) if "# TODO: " in line}


def test_check_reports_each_line_with_a_todo(tmp_path: Path) -> None:
    """Covers invalid values, ambiguous names and the head; each is reported on the line of its TODO."""
    config, mistakes = check_proposal(tmp_path, UNGUESSABLE, head=None)
    todo = todo_lines(tmp_path / "mappings" / "tracker.yaml")
    assert config is None
    assert len(todo) == 5  # Task, On hold, P9, bin, head
    assert {each.line for each in mistakes} == todo
    assert {each.file for each in mistakes} == {"tracker.yaml"}


def test_proposal_knows_if_it_has_placeholders() -> None:
    assert propose(UNGUESSABLE, None, HEAD).has_placeholders
    assert propose(REDMINE_EN, None, None).has_placeholders
    assert not propose(REDMINE_EN, None, HEAD).has_placeholders


# --- any names

ODD = st.sampled_from(
    ["?", "on", "null", "~", "18:00", "1.0", "007", "- a", "a: b", "#x", "a #b", "[", "{}", "'", '"', "\\", "a\nb",
     "\x85", "\u2028", "\t", " ", "", "a, b", "}", "&a", "*a", "!x", "%", "@x", "`", "|", ">", "😀", "Жаңа", "Closed",
     "Low", "\u202e"]
)  # fmt: skip
NAME = ODD | st.text(max_size=40)
SURVEYS = st.builds(
    NamesInRedmine,
    trackers=st.lists(NAME, max_size=4, unique=True),
    statuses=st.dictionaries(NAME, st.booleans(), max_size=6),
    priorities=st.lists(NAME, max_size=5, unique=True),
    fields=st.dictionaries(NAME | st.just("Канал"), st.lists(NAME, max_size=3), max_size=4),
    groups=st.lists(NAME, max_size=3, unique=True),
    roles=st.lists(NAME | st.just("Клиент"), max_size=3, unique=True),
    people=st.dictionaries(NAME, st.lists(NAME, max_size=1), max_size=2),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(survey=SURVEYS, head=st.none() | st.builds(Head, NAME, NAME))
def test_files_load_or_check_reports_marked_lines_for_any_names(
    tmp_path: Path, survey: NamesInRedmine, head: Head | None
) -> None:
    proposal = propose(survey, None, head)
    path = write(tmp_path, proposal)
    written = load_yaml(path.parent / "mappings" / "tracker.yaml", "tracker.yaml")
    assert written.mistakes == []
    assert set(written.data["trackers"]) == set(proposal.trackers)
    assert set(written.data["statuses"]) == set(proposal.statuses) >= set(survey.statuses)
    assert written.data["staff"]["groups"] == [each.value for each in proposal.staff_groups]
    config, mistakes = check_files(path, TODAY)
    assert (config is None) == bool(mistakes) == (proposal.has_placeholders or lacks_a_phase(proposal))
    lines = (path.parent / "mappings" / "tracker.yaml").read_text(encoding="utf-8").split("\n")
    for each in mistakes:
        assert "# TODO: " in lines[each.line - 1] or "no status has the phase" in each.text


def lacks_a_phase(proposal: Proposal) -> bool:
    """Return True if a required phase is missing because its new status would have an existing name."""
    return {each.value for each in proposal.statuses.values()} < {"open", "waiting", "closed"}


# --- the names themselves


def test_every_term_of_the_shipped_mapping_has_names_in_every_language() -> None:
    names = shipped_config().rules.names
    for section in ("priorities", "fields", "levels", "channels", "states", "reasons", "languages"):
        shipped = dict(getattr(names, section))
        known = load_names()[section]
        assert {word: each["kk"][0] for word, each in known.items()} == shipped
        assert all(set(each) == {"kk", "ru", "en"} for each in known.values())


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_new_names_are_distinct_and_recognized(language: str) -> None:
    for section, known in load_names().items():
        new = {word: each[language][0] for word, each in known.items()}
        assert len(set(new.values())) == len(new)
        assert {word: terms_of(section, name) for word, name in new.items()} == {word: {word} for word in new}


def test_no_name_belongs_to_two_terms() -> None:
    for section, known in load_names().items():
        for (first, one), (second, other) in combinations(known.items(), 2):
            shared = {*names_in(one)} & {*names_in(other)}
            assert not shared, (section, first, second)


def names_in(names: dict[str, list[str]]) -> Iterator[str]:
    return (name.casefold() for each in names.values() for name in each)


# --- the files


def test_comments_of_the_shipped_files_are_kept() -> None:
    files = fill_in(SHIPPED, SITE, propose(REDMINE_EN, None, HEAD), TODAY)
    assert set(files) == set(SHIPPED)
    for name, text in SHIPPED.items():
        comments = [line.partition("# ")[2] for line in text.splitlines() if "# " in line and "key_file" not in line]
        missing = [each for each in comments if each not in files[name]]
        assert missing == []


def test_enforcement_starts_today(tmp_path: Path) -> None:
    write(tmp_path, propose(REDMINE_EN, None, HEAD))
    assert f"enforce_from: {TODAY}" in (tmp_path / "config.yaml").read_text(encoding="utf-8")
