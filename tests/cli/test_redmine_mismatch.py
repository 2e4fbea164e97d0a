"""Problems that leave out a part of a run, or stop it, as `apply`, `plan`, `queue` and `check` report them."""

from __future__ import annotations

import pytest
from cli.office import Office
from end_to_end.scene import BASE, CLIENT, CLIENT_ROLE, CONSULTATION
from support.shell import Shell

from sup_sync.cli.exit_codes import BAD_CONFIG, DONE, PARTLY_DONE


@pytest.mark.parametrize("command", ["plan", "queue"])
def test_plan_and_queue_report_problems_that_would_stop_apply(shell: Shell, office: Office, command: str) -> None:
    office.file()
    tracker = office.world.tracker
    assert "would refuse to run" not in shell(command).err
    shell.forget()
    tracker.fields[:] = [each for each in tracker.fields if each.name != "Арна"]
    result = shell(command, "-q")
    assert result.code == PARTLY_DONE
    assert 'sup-sync: `apply` would refuse to run: field "Арна" (channel) not found in Redmine; correct' in result.err
    assert shell("apply").code == BAD_CONFIG


@pytest.mark.parametrize("command", ["apply", "plan", "queue", "report", "snapshot"])
def test_renamed_priority_is_reported_and_other_requests_are_served(shell: Shell, office: Office, command: str) -> None:
    office.file()
    next(each for each in office.world.tracker.priorities if each.name == "Дереу").name = "Тез"
    result = shell(command, "-q")
    assert result.code == PARTLY_DONE
    assert 'sup-sync: left out: priority "Дереу" not found in Redmine; correct `priorities`' in result.err
    assert '"Тез"' in result.err
    assert ("Written: 1 applied." in result.out) == (command == "apply")
    assert shell("check").code == BAD_CONFIG


def test_renamed_status_is_a_finding_and_check_reports_both_names_if_a_request_has_it(
    shell: Shell, office: Office
) -> None:
    statuses = office.world.tracker.statuses
    office.file()
    next(each for each in statuses if each.name == "Шешілді").name = "Аяқталды"
    assert shell("apply", "-q").code == DONE  # it may have been deleted
    assert shell("check").code == DONE
    next(each for each in statuses if each.name == "Жаңа").name = "Түсті"
    shell.forget()
    result = shell("apply", "-q")
    assert (result.code, "Written" in result.out) == (PARTLY_DONE, False)
    assert 'status "Түсті" is not mapped; add it to `statuses`' in result.out
    result = shell("check")
    assert result.code == BAD_CONFIG
    assert 'status "Жаңа" not found in Redmine; correct `statuses`' in result.out
    assert '"Түсті"' in result.out


def test_check_ends_with_0_if_it_has_only_warnings(shell: Shell, office: Office) -> None:
    """The contract of a project that no longer exists has ended: it is history."""
    office.file()
    shell.files.replace("config.yaml", "kokshe-qurylys, ", "")
    shell.files.replace("clients.yaml", "from: 2026-01-01, until: 2028-12-31", "from: 2026-01-01, until: 2026-02-01")
    result = shell("check")
    assert result.code == DONE
    assert "expired on 2026-02-01" in result.out + result.err


def test_explain_knows_the_level_of_a_client_as_a_run_does_after_the_group_of_a_contract_was_deleted(
    shell: Shell, office: Office
) -> None:
    path, row = shell.files.path("clients.yaml"), "client: X, level: vip, group: X, from: 2024-01-01, until: 2028-12-31"
    path.write_text(f"{path.read_text(encoding='utf-8')}  - {{{row}}}\n", encoding="utf-8")
    redmine = office.world.tracker
    direct = redmine.add_user("direct", "Жаңа Адам")
    group = redmine.add_group("X", [direct])
    for project in redmine.projects:
        redmine.join(project, group, [CLIENT_ROLE])
        redmine.join(project, direct, [CLIENT_ROLE])
    _, earlier = (office.file("Mon 09:00", each, BASE, CONSULTATION) for each in (CLIENT, "direct"))
    assert shell("apply", "-q").code == DONE
    for project in redmine.projects:
        project.members = [each for each in project.members if each.who is not group]
    redmine.groups.remove(group)
    known, unknown = (office.file("Mon 09:10", each, BASE, CONSULTATION) for each in (CLIENT, "direct"))
    shell.forget()
    assert shell("snapshot", "-o", shell.folder / "all.jsonl").code == PARTLY_DONE
    for source in ((), ("--from", shell.folder / "all.jsonl")):
        assert "level unknown" not in shell("explain", known, *source).out
        assert 'level unknown: group "X" (contract of X) was not found' in shell("explain", unknown, *source).out
    result = shell("apply", "-q")
    assert f"correct mappings/clients.yaml: #{earlier}, #{unknown}\n" in result.out
    assert shell("check").code == BAD_CONFIG
