"""Service levels: by contract, on the day of filing (clause 3)."""


def test_a_client_with_a_contract_is_vip(story):
    """
    Mon 09:00 filed by client, VIP, error
    Mon 09:10 now
    """
    assert story.judgement.level == "vip"
    assert story.changes["level"] == "VIP"
    assert {change.reason for change in story.plan.changes if change.field == "level"} == {
        "contract of «Алатау Трейд» ЖШС until 2028-12-31"
    }


def test_a_client_without_a_contract_is_base(story):
    """
    Mon 09:00 filed by client, Base, error
    Mon 09:10 now
    """
    assert story.judgement.level == "base"
    assert story.changes["level"] == "Базалық"
    assert {change.reason for change in story.plan.changes if change.field == "level"} == {"no contract on that day"}


def test_a_guest_is_base(story):
    """
    Mon 09:00 filed by guest, consultation, by online assistant
    Mon 09:10 now
    """
    assert story.judgement.level == "base"
    assert story.first_response.due == "Mon 09:15"


def test_a_contract_of_a_group_covers_its_people(story):
    """
    contract of group «Каспий Порт» from 2026-01-01 until 2026-12-31
    Mon 09:00 filed by client, Base, error, in group «Каспий Порт»
    Mon 09:10 now
    """
    assert story.judgement.level == "vip"


def test_a_contract_of_a_group_does_not_cover_others(story):
    """
    contract of group «Каспий Порт» from 2026-01-01 until 2026-12-31
    Mon 09:00 filed by client, Base, error, in group «Каспий Жол»
    Mon 09:10 now
    """
    assert story.judgement.level == "base"


def test_a_contract_of_a_bin_covers_the_requests_that_name_it(story):
    """
    contract of bin «020240000555» from 2026-01-01 until 2026-12-31
    Mon 09:00 filed by operator, Base, error, by e-mail, BIN «020240000555»
    Mon 09:10 now
    """
    assert story.judgement.level == "vip"


def test_a_contract_of_a_bin_does_not_cover_another_bin(story):
    """
    contract of bin «020240000555» from 2026-01-01 until 2026-12-31
    Mon 09:00 filed by operator, Base, error, by e-mail, BIN «970240000816»
    Mon 09:10 now
    """
    assert story.judgement.level == "base"


def test_a_request_without_a_bin_matches_no_contract_of_a_bin(story):
    """
    contract of bin «020240000555» from 2026-01-01 until 2026-12-31
    Mon 09:00 filed by operator, Base, error, by e-mail
    Mon 09:10 now
    """
    assert story.judgement.level == "base"


def test_a_contract_covers_its_first_day_from_midnight_on(story):
    """
    contract of project «portal-users» from 2026-06-09 until 2026-06-10
    Tue 00:00 filed by client, Base, error
    Tue 00:10 now
    """
    assert story.judgement.level == "vip"


def test_a_contract_does_not_cover_the_day_before(story):
    """
    contract of project «portal-users» from 2026-06-09 until 2026-06-10
    Mon 23:59:59 filed by client, Base, error
    Tue 00:10 now
    """
    assert story.judgement.level == "base"


def test_a_contract_covers_its_last_day_until_midnight(story):
    """
    contract of project «portal-users» from 2026-06-09 until 2026-06-10
    Wed 23:59:59 filed by client, Base, error
    Thu 00:10 now
    """
    assert story.judgement.level == "vip"


def test_an_expired_contract_is_base_from_the_day_after(story):
    """
    contract of project «portal-users» from 2026-06-09 until 2026-06-10
    Thu 00:00 filed by client, Base, error
    Thu 00:10 now
    """
    assert story.judgement.level == "base"


def test_request_filed_during_the_contract_keeps_vip(story):
    """
    contract of project «portal-users» from 2026-06-09 until 2026-06-10
    Wed 17:00 filed by client, Base, error
    next Mon 10:00 now
    """
    assert story.judgement.level == "vip"


def test_letter_received_during_the_contract_is_vip_if_entered_later(story):
    """
    contract of project «portal-users» from 2026-06-09 until 2026-06-10
    Fri 09:00 filed by operator, Base, error, by official letter, contact at Wed 15:00
    Fri 09:10 now
    """
    assert story.judgement.level == "vip"


def test_request_without_contract_and_default_level_is_skipped(story):
    """
    in regulation.yaml «base: {clause: 3, default: true}» becomes «base: {clause: 3}»
    Mon 09:00 filed by client, Base, error
    Mon 09:10 now
    """
    assert story.judgement.level is None
    assert story.judgement.is_unjudged
    assert story.findings == {"no_level": "no level: no contract applies and there is no default level; add one"}
    assert story.changes == {}
