"""`sup-sync due`: the regulation's table, and the form of JSON that others rely on."""

from __future__ import annotations

import pytest
from cli.office import DUE
from support.shell import Shell

VIP_FIRST = {"normal": 120, "urgent": 60, "immediate": 30}
DAY = 9 * 60


@pytest.mark.parametrize(
    ("level", "channel", "priority", "first_min", "resolution_min", "clauses"),
    [
        *(("vip", "tracker", priority, first, DAY, "SLA VIP.2 SLA VIP.3") for priority, first in VIP_FIRST.items()),
        *(("vip", "callback", priority, first, DAY, "SLA VIP.2 SLA VIP.3") for priority, first in VIP_FIRST.items()),
        *(("vip", "email", priority, first, DAY, "SLA VIP.2 SLA VIP.3") for priority, first in VIP_FIRST.items()),
        *(("vip", "online_assistant", priority, 15, DAY, "SLA VIP.1 SLA VIP.3") for priority in VIP_FIRST),
        *(
            ("vip", "official_letter", priority, first, None, "SLA VIP.2 SLA VIP.3")
            for priority, first in VIP_FIRST.items()
        ),
        *(("base", "online_assistant", priority, 15, 2 * DAY, "SLA Base.1 SLA Base.3") for priority in VIP_FIRST),
        *(
            ("base", channel, "normal", DAY, 2 * DAY, "SLA Base.2 SLA Base.3")
            for channel in ("email", "official_letter", "callback", "tracker")
        ),
    ],
)
def test_due_gives_the_regulations_table(
    shell: Shell, level: str, channel: str, priority: str, first_min: int, resolution_min: int | None, clauses: str
) -> None:
    words = ("--level", level, "--channel", channel, "--category", "error", "--priority", priority)
    first, resolution = shell("due", "--filed-at", "2026-06-09T09:00", *words, "--json").json
    assert (first["within"], resolution["within"]) == (first_min * 60, resolution_min and resolution_min * 60)
    assert f"{first['clause']} {resolution['clause']}" == clauses


def test_due_json_has_the_documented_form(shell: Shell) -> None:
    assert shell(*DUE, "--priority", "urgent", "--json").json == [
        {
            "metric": "first_response",
            "within": 3600,
            "due_at": "2026-06-09T15:00:00+05:00",
            "clause": "SLA VIP.2",
            "agreement": "vip",
        },
        {
            "metric": "resolution",
            "within": 32400,
            "due_at": "2026-06-10T14:00:00+05:00",
            "clause": "SLA VIP.3",
            "agreement": "vip",
        },
    ]


def test_due_has_no_due_date_if_the_clause_excludes_the_channel(shell: Shell) -> None:
    letter = [word if word != "tracker" else "official_letter" for word in DUE]
    resolution = shell(*letter, "--json").json[1]
    assert (resolution["within"], resolution["due_at"], resolution["clause"]) == (None, None, "SLA VIP.3")


@pytest.mark.parametrize(
    "filed_at", ["2026-06-09T14:00", "2026-06-09T14:00+05:00", "2026-06-09T09:00Z", "2026-06-09T11:00+02:00"]
)
def test_time_without_an_offset_is_in_the_support_zone(shell: Shell, filed_at: str) -> None:
    words = [filed_at if word == DUE[2] else word for word in DUE]
    assert shell(*words, "--json").json[0]["due_at"] == "2026-06-09T16:00:00+05:00"


@pytest.mark.usefixtures("empty_folder")
def test_due_needs_no_config_of_its_own(shell: Shell) -> None:
    result = shell(*DUE)
    assert (result.code, result.err) == (0, "")
    assert "SLA VIP.2" in result.out
