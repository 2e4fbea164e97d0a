"""Each clause of the regulation as the client, the operator and the head of support see it in Redmine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import requests
from end_to_end.diary import Diary
from end_to_end.scene import (
    BASE,
    CALLBACK,
    CLIENT,
    CONSULTATION,
    DEVELOPER,
    DEVELOPER_NAME,
    HEAD,
    HEAD_NAME,
    OPERATOR,
    STAFF_GROUP,
    VIP,
)
from requests.adapters import HTTPAdapter
from support.promises import ANSWERED

from sup_sync.config.load import Config
from sup_sync.run.write import OutcomeKind

WORKING, WAITING, DEVELOPMENT, CLOSED, REFUSED = (
    "Өңделуде",
    "Клиент жауабын күтуде",
    "Әзірлеуге берілді",
    "Жабылды",
    "Бас тартылды",
)
CLIENT_SECRET = "Құпия сөзім: 12345"


def public_notes(diary: Diary, issue_id: int) -> list[str]:
    """Return the public notes of sup-sync, as the client reads them."""
    journals = diary.see(CLIENT, issue_id)["journals"]
    return [each["notes"] for each in journals if each["notes"] and each["user"]["name"] == "sup sync"]


def private_notes(diary: Diary, issue_id: int) -> list[str]:
    """Return the private notes; check that the client sees neither them nor the internal fields."""
    assert diary.notes(CLIENT, issue_id) == []
    assert not {"marker", "reason"} & set(diary.fields(CLIENT, issue_id))
    page = diary.world.call(CLIENT, "GET", f"/issues/{issue_id}").text
    notes = diary.notes(OPERATOR, issue_id)
    assert not any(note.splitlines()[-1][:40] in page for note in notes)
    assert notes == diary.notes(HEAD, issue_id)
    return notes


def status_of(diary: Diary, issue_id: int) -> str:
    name: str = diary.see(CLIENT, issue_id)["status"]["name"]
    return name


def field_name(diary: Diary, key: str) -> str:
    return diary.world.names.fields[key]


def with_policy(diary: Diary, **changes: object) -> Config:
    rules = diary.config.rules
    return replace(diary.config, rules=replace(rules, policy=replace(rules.policy, **changes)))  # type: ignore[arg-type]


def ask(diary: Diary, issue_id: int, at: str) -> None:
    with diary.at(at, issue_id) as world:
        world.set_status(OPERATOR, issue_id, WAITING, f"Сұрақ: {CLIENT_SECRET}")


def test_the_client_gets_number_level_targets_and_help_centre_once_in_their_language(diary: Diary) -> None:
    in_kazakh = diary.file("Mon 09:00", subject=CLIENT_SECRET)
    in_russian = diary.file("Mon 09:00", fields={field_name(diary, "language"): "Русский"})
    diary.run("Mon 09:05")
    diary.run("Mon 09:10")
    assert public_notes(diary, in_kazakh) == [
        f"№ {in_kazakh} өтінішіңіз тіркелді: 2026 жылғы 8 маусым, 09:00 (регламент, 13-тармақ)."
        " Қызмет көрсету деңгейі: VIP.\n"
        "Бірінші жауаптың мақсатты мерзімі: 2026 жылғы 8 маусым, 11:00.\n"
        "Өтінішті жабудың мақсатты мерзімі: 2026 жылғы 8 маусым, 18:00.\n"
        "Мерзімдер — мақсат, жүктемеге қарай өзгеруі мүмкін."
        " Жиі қойылатын сұрақтарға жауаптар анықтама орталығында: wiki.mitwork.kz"
    ]
    (note,) = public_notes(diary, in_russian)
    assert note.startswith(
        f"Обращение № {in_russian} зарегистрировано 8 июня 2026 г., 09:00 (регламент, п. 13). Уровень обслуживания: V"
    )
    assert private_notes(diary, in_kazakh) == []


def test_acknowledgement_of_a_vip_letter_states_that_it_has_no_resolution_target(diary: Diary) -> None:
    fields = {field_name(diary, "channel"): "Ресми хат", field_name(diary, "contact_at"): "2026-06-05 16:00"}
    letter = diary.file("Mon 09:00", OPERATOR, fields=fields)
    diary.run("Mon 09:05")
    assert diary.fields(CLIENT, letter)["resolution_due"] == "Мерзімі жоқ"
    (note,) = public_notes(diary, letter)
    assert "Өтінішті жабудың мақсатты мерзімі: белгіленбеген (SLA VIP.3)." in note
    assert note.endswith(
        "Жүгінген уақытыңыз: 2026 жылғы 5 маусым, 16:00; тіркелген уақыты: 2026 жылғы 8 маусым, 09:00."
    )


def test_a_client_who_does_not_answer_is_reminded_and_the_request_closed_with_the_actions_done(diary: Diary) -> None:
    issue_id = diary.file("Mon 09:00", subject=CLIENT_SECRET)
    with diary.at("Mon 09:30", issue_id) as world:
        world.set_status(OPERATOR, issue_id, WORKING)
    with diary.at("Mon 09:45", issue_id) as world:
        world.note(CLIENT, issue_id, CLIENT_SECRET)
    ask(diary, issue_id, "Mon 10:00")
    diary.run("Mon 14:01")
    diary.run("Mon 18:00")
    (reminder,) = public_notes(diary, issue_id)
    assert reminder == (
        "Қолдау қызметінің сұрағына жауабыңызды күтіп отырмыз (регламент, 15-тармақ)."
        " Сұрақ қойылған уақыт: 2026 жылғы 8 маусым, 10:00.\n"
        "Жауап күту мерзімі: 2026 жылғы 8 маусым, 18:00."
        " Жауап болмаса, өтініш «клиенттен жауап келмеді» деген белгімен жабылады."
    )
    diary.run("Mon 20:00")
    assert (status_of(diary, issue_id), len(public_notes(diary, issue_id))) == (WAITING, 1)
    diary.run("Tue 09:01")
    assert status_of(diary, issue_id) == CLOSED
    _, closing_note = public_notes(diary, issue_id)
    assert closing_note == (
        "Өтініш жабылды: клиенттен жауап келмеді (регламент, 15-тармақ)."
        " Сұрақ қойылған уақыт: 2026 жылғы 8 маусым, 10:00.\n"
        "Осы уақытқа дейін жасалған әрекеттер:\n"
        "- 2026 жылғы 8 маусым, 09:00: өтініш тіркелді\n"
        "- 2026 жылғы 8 маусым, 09:30: өтініш жұмысқа алынды\n"
        "- 2026 жылғы 8 маусым, 10:00: клиенттен ақпарат сұралды\n"
        "- 2026 жылғы 8 маусым, 14:01: клиентке хабарлама жіберілді\n"
        "Жауабыңыз дайын болса, өтінішті қайта ашыңыз. Ескерту мен шағым үшін: QA@mitwork.net"
    )
    assert diary.fields(OPERATOR, issue_id)["reason"] == "Клиенттен жауап келмеді"
    assert (diary.fields(CLIENT, issue_id)["state"], private_notes(diary, issue_id)) == ("Орындалды", [])
    with diary.at("Tue 10:00", issue_id) as world:
        world.set_status(CLIENT, issue_id, "Жаңа", "Жауабым міне")
    diary.run("Tue 10:05")
    assert (status_of(diary, issue_id), diary.fields(CLIENT, issue_id)["state"]) == ("Жаңа", "Мерзімінде")
    assert diary.fields(OPERATOR, issue_id)["reason"] == ""


@pytest.mark.parametrize("with_file", [False, True])
def test_an_answer_between_reading_and_writing_keeps_the_request_open(
    diary: Diary, with_file: bool, count_promise: Callable[[str, str], None]
) -> None:
    issue_id, unanswered = diary.file("Mon 09:00"), diary.file("Mon 09:00")
    for each in (issue_id, unanswered):
        ask(diary, each, "Mon 09:30")

    def answer() -> None:
        with diary.at("Tue 09:59", issue_id) as world:
            world.attach(CLIENT, issue_id, "a.png") if with_file else world.note(CLIENT, issue_id, "Міне")

    run = diary.run("Tue 10:00", before_writing=answer)
    assert {each.issue_id for each in run.done.plan.changes if each.field == "status"} == {issue_id, unanswered}
    assert (status_of(diary, issue_id), public_notes(diary, issue_id)) == (WAITING, [])
    assert status_of(diary, unanswered) == CLOSED
    count_promise(ANSWERED, f"an answer between reading and writing, {diary.place}")


def test_a_request_waiting_without_a_question_is_reported_and_not_closed(diary: Diary) -> None:
    issue_id = diary.file("Mon 09:00")
    with diary.at("Mon 09:30", issue_id) as world:
        world.note(OPERATOR, issue_id, "Қараймыз")
    with diary.at("Mon 10:00", issue_id) as world:
        world.set_status(OPERATOR, issue_id, WAITING)
    run = diary.run("Fri 15:00")
    assert run.findings == {(issue_id, "no_question")}
    assert (status_of(diary, issue_id), public_notes(diary, issue_id)) == (WAITING, [])


def test_no_note_announces_a_transition_that_the_workflow_forbids(diary: Diary) -> None:
    issue_id = diary.file("Mon 09:00")
    ask(diary, issue_id, "Mon 09:30")
    names = replace(
        diary.config.rules.names, tool_statuses={**diary.config.rules.names.tool_statuses, "no_answer": DEVELOPMENT}
    )
    config = replace(diary.config, rules=replace(diary.config.rules, names=names))
    run = diary.run("Tue 10:00", config=config)
    assert run.findings == {(issue_id, "forbidden_transition")}
    assert (status_of(diary, issue_id), public_notes(diary, issue_id)) == (WAITING, [])
    diary.run("Tue 10:00")


def test_missing_items_are_reported_once_to_staff_and_not_to_the_client(diary: Diary) -> None:
    fields = {
        field_name(diary, "iin"): "850315300129",
        field_name(diary, "project_link"): "",
        field_name(diary, "contact"): "",
    }
    issue_id = diary.file("Mon 09:00", fields=fields)
    complete = diary.file(
        "Mon 09:00",
        fields=fields | {field_name(diary, "iin"): "850315300128"},
        uploads=[diary.world.upload(CLIENT, "screenshot.png")],
    )
    with diary.at("Mon 09:01", complete) as world:
        world.set_fields(CLIENT, complete, {field_name(diary, "contact"): "+7 700 000 00 00"})
    diary.run("Mon 09:05")
    diary.run("Mon 09:10")
    missing = "дұрыс ЖСН (12 цифр; көрсетілген нөмір қате), байланыс деректері, скриншот немесе жобаға сілтеме"
    assert private_notes(diary, issue_id) == [f"Өтініште жетіспейді: {missing}. Регламент, 11, 12-тармақ."]
    assert private_notes(diary, complete) == []
    assert [len(public_notes(diary, each)) for each in (issue_id, complete)] == [1, 1]


def test_the_client_is_asked_for_missing_items_if_the_regulation_enables_it(diary: Diary) -> None:
    policy = diary.config.rules.policy
    diary.config = with_policy(diary, client_notes={**policy.client_notes, "asked": "11"})
    issue_id = diary.file("Mon 09:00", fields={field_name(diary, "iin"): ""})
    diary.run("Mon 09:05")
    diary.run("Mon 09:10")
    (note,) = public_notes(diary, issue_id)
    assert "Өтінішіңізді қарау үшін мыналар қажет: ЖСН (регламент, 11-тармақ).\n" in note
    assert "Жауап күту мерзімі: 2026 жылғы 8 маусым, 17:05." in note
    assert (status_of(diary, issue_id), len(private_notes(diary, issue_id))) == (WAITING, 1)
    filled_in = diary.file("Mon 09:12", fields={field_name(diary, "iin"): ""})
    diary.run("Mon 09:15")
    with diary.at("Mon 10:00", filled_in) as world:
        world.set_fields(CLIENT, filled_in, {field_name(diary, "iin"): "850315300128"})
    diary.run("Mon 13:06")
    diary.run("Mon 17:16")
    assert (status_of(diary, issue_id), len(public_notes(diary, issue_id))) == (CLOSED, 3)
    assert (status_of(diary, filled_in), len(public_notes(diary, filled_in))) == (WAITING, 1)


def test_a_base_client_on_a_vip_channel_is_flagged_to_the_operator_and_judged_as_base(diary: Diary) -> None:
    channel = field_name(diary, "channel")
    issue_id = diary.file("Mon 09:00", CLIENT, BASE, CONSULTATION)
    by_mail = diary.file("Mon 09:00", OPERATOR, BASE, CONSULTATION, fields={channel: "Электрондық пошта"})
    vip = diary.file("Mon 09:00", CLIENT, VIP, CALLBACK)
    diary.run("Mon 09:05")
    diary.run("Mon 09:10")
    assert private_notes(diary, issue_id) == [
        "«Базалық» деңгейіне «Жобаларды басқару жүйесі» арнасы арналмаған. Өтініш өз деңгейінің мерзімдерімен қаралады."
        " Регламент, 8-тармақ."
    ]
    assert diary.fields(CLIENT, issue_id)["first_response_due"] == "2026-06-08 18:00"
    assert private_notes(diary, by_mail) == private_notes(diary, vip) == []


def test_a_refusal_names_its_reason_its_clause_and_where_to_complain(diary: Diary) -> None:
    issue_id = diary.file("Mon 09:00")
    with diary.at("Mon 10:00", issue_id) as world:
        world.set_fields(OPERATOR, issue_id, {field_name(diary, "reason"): "Заңнаманы түсіндіру"})
        world.set_status(OPERATOR, issue_id, REFUSED)
    diary.run("Mon 10:05")
    diary.run("Mon 10:10")
    assert public_notes(diary, issue_id) == [
        "Өтінішіңіз қабылданбады. Себебі: Қазақстан Республикасының заңнамасын түсіндіру қолдау қызметінің міндетіне"
        " кірмейді (регламент, 6-тармақ).\nКеліспесеңіз, QA@mitwork.net мекенжайына жаза аласыз (регламент, 25-тармақ)."
    ]
    assert (diary.fields(CLIENT, issue_id)["state"], private_notes(diary, issue_id)) == ("Мерзімі жоқ", [])


def test_work_stopped_for_an_insult_notifies_the_head_and_stops_all_notes(diary: Diary) -> None:
    issue_id = diary.file("Mon 09:00")
    with diary.at("Mon 09:30", issue_id) as world:
        world.set_fields(OPERATOR, issue_id, {field_name(diary, "reason"): "Балағаттау"})
    diary.run("Mon 09:35")
    (note,) = private_notes(diary, issue_id)
    assert note.startswith("@d.bekova\n\nӨтініш бойынша жұмыс тоқтатылды: балағаттау. Басшының назарына;")
    assert diary.run("Fri 15:00").puts == 0
    assert (public_notes(diary, issue_id), diary.fields(CLIENT, issue_id)["state"]) == ([], "Мерзімі жоқ")


def test_a_client_can_neither_set_nor_see_the_reason(diary: Diary) -> None:
    issue_id = diary.file("Mon 09:00")
    with diary.at("Mon 09:30", issue_id) as world:
        world.set_fields(CLIENT, issue_id, {field_name(diary, "reason"): "Балағаттау"})
    diary.run("Mon 11:01")
    assert diary.fields(OPERATOR, issue_id)["reason"] == ""
    assert len(private_notes(diary, issue_id)) == 1


def test_each_delay_of_the_release_is_reported_once_and_a_release_without_the_fix_goes_to_the_head(
    diary: Diary,
) -> None:
    issue_id, version = diary.file("Mon 09:00"), diary.world.add_version(VIP, "4.9", date(2026, 6, 30))
    with diary.at("Mon 10:00", issue_id) as world:
        world.edit(
            OPERATOR,
            issue_id,
            notes="Әзірлеуге берілді",
            fixed_version_id=version,
            status_id=world.id_of("issue_statuses", DEVELOPMENT),
        )
    diary.run("Mon 10:05")
    fields = diary.fields(CLIENT, issue_id)
    assert (fields["resolution_due"], diary.see(CLIENT, issue_id)["due_date"]) == ("2026-06-30 18:00", "2026-06-30")
    assert private_notes(diary, issue_id) == []
    diary.world.change_version(version, due_date="2026-07-15")
    diary.run("Tue 10:00")
    diary.run("Tue 10:05")
    delayed = (
        "Түзетуі бар нұсқаның мерзімі ауыстырылды. Бұрынғысы: 2026 жылғы 30 маусым, жаңасы: 2026 жылғы 15 шілде."
        " Регламент, 23-тармақ."
    )
    assert private_notes(diary, issue_id) == [delayed]
    assert diary.fields(CLIENT, issue_id)["resolution_due"] == "2026-07-15 18:00"
    diary.world.change_version(version, status="closed")
    run = diary.run("Wed 10:00")
    assert run.findings == {(issue_id, "closed_version")}
    _, released = private_notes(diary, issue_id)
    assert released.startswith("@d.bekova\n\nНұсқа шықты, ал өтініш әлі әзірлеуде")
    assert diary.see(HEAD, issue_id)["assigned_to"]["name"] == HEAD_NAME
    assert public_notes(diary, issue_id) == []


def test_a_requested_priority_changes_no_target_until_staff_confirm_it(diary: Diary) -> None:
    issue_id = diary.file("Mon 09:00", priority="Дереу")
    run = diary.run("Mon 09:05")
    assert run.findings == {(issue_id, "unconfirmed_priority")}
    assert diary.fields(CLIENT, issue_id)["first_response_due"] == "2026-06-08 11:00"
    with diary.at("Mon 09:10", issue_id) as world:
        world.set_fields(OPERATOR, issue_id, {field_name(diary, "priority_confirmed"): "1"})
    assert diary.run("Mon 09:15").findings == set()
    assert diary.fields(CLIENT, issue_id)["first_response_due"] == "2026-06-08 09:30"


def test_the_level_is_that_of_the_contract_on_the_day_of_filing(diary: Diary) -> None:
    contract = next(each for each in diary.config.rules.policy.contracts if each.project == VIP)
    by_group = replace(contract, project=None, group=STAFF_GROUP, last_on=date(2026, 6, 7))
    by_bin = replace(contract, project=None, bin="970240000816", last_on=date(2026, 6, 8))
    diary.config = with_policy(diary, contracts=(by_group, by_bin))
    bin_field = {field_name(diary, "bin"): "970240000816", field_name(diary, "organisation"): "Қазатомөнеркәсіп"}
    cases = {
        "group, last day": diary.file("2026-06-07 12:00", OPERATOR),
        "group, the day after": diary.file("Mon 09:00", OPERATOR),
        "BIN, last day": diary.file("Mon 09:00", fields=bin_field),
        "BIN, the day after": diary.file("Tue 09:00", fields=bin_field),
        "no contract": diary.file("Mon 09:00"),
    }
    diary.run("Tue 09:05")
    levels = {case: diary.fields(CLIENT, issue_id)["level"] for case, issue_id in cases.items()}
    assert levels == {
        "group, last day": "VIP",
        "group, the day after": "Базалық",
        "BIN, last day": "VIP",
        "BIN, the day after": "Базалық",
        "no contract": "Базалық",
    }


def test_the_online_assistant_has_a_quarter_of_an_hour_at_both_levels(diary: Diary) -> None:
    fields = {field_name(diary, "channel"): "Онлайн көмекші"}
    vip = diary.file("Mon 09:00", OPERATOR, fields=fields)
    base = diary.file("Mon 09:00", OPERATOR, BASE, CONSULTATION, fields=fields)
    diary.run("Mon 09:01")
    fields = [diary.fields(CLIENT, each) for each in (vip, base)]
    assert [each["first_response_due"] for each in fields] == ["2026-06-08 09:15"] * 2
    assert [each["resolution_due"] for each in fields] == ["2026-06-08 18:00", "2026-06-09 18:00"]


def test_an_assignee_outside_support_does_not_stop_the_clock(diary: Diary) -> None:
    issue_id = diary.file("Mon 09:00")
    with diary.at("Mon 10:00", issue_id) as world:
        world.edit(
            OPERATOR, issue_id, notes="Жауап", assigned_to_id=world.get(DEVELOPER, "/users/current.json")["user"]["id"]
        )
    assert diary.see(CLIENT, issue_id)["assigned_to"]["name"] == DEVELOPER_NAME
    diary.run("Tue 09:01")
    assert diary.fields(CLIENT, issue_id)["state"] == "Мерзімі өтті"


def test_a_run_that_fails_after_the_first_of_two_notes_sends_neither_twice(diary: Diary) -> None:
    issue_id = diary.file("Mon 09:00")
    session = diary.session()
    session._http.mount(f"{diary.world.url}/issues", FailsAfterOneWrite())
    run = diary.run("Mon 11:01", session=session)
    assert run.outcomes == {issue_id: OutcomeKind.FAILED}
    assert (len(public_notes(diary, issue_id)), private_notes(diary, issue_id)) == (1, [])
    diary.run("Mon 11:02")
    assert (len(public_notes(diary, issue_id)), len(private_notes(diary, issue_id))) == (1, 1)


class FailsAfterOneWrite(HTTPAdapter):
    """An adapter that answers the first write, and has no connection after that."""

    has_written = False

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        if self.has_written:
            raise requests.ConnectTimeout
        self.has_written = request.method == "PUT"
        return super().send(request, *args, **kwargs)
