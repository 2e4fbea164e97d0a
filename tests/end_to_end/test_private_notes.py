"""The permission `set_notes_private`: without it Redmine would publish private notes, so none is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from end_to_end.diary import Diary, interfere
from end_to_end.scene import CLIENT, OPERATOR
from support.promises import PRIVATE
from support.worlds import FakeWorld, RealWorld, World

from sup_sync.redmine.provision import BOT_ROLE
from sup_sync.run.write import OutcomeKind


@contextmanager
def without_private_notes(world: World) -> Iterator[None]:
    """Take the right to write private notes from sup-sync's role inside the `with` block."""
    if isinstance(world, FakeWorld):
        role = world.tracker.role(BOT_ROLE)
        before, role.permissions = role.permissions, role.permissions - {"set_notes_private"}
        yield
        role.permissions = before
    elif isinstance(world, RealWorld):
        with world.database() as base:
            ((before,),) = base.execute("SELECT permissions FROM roles WHERE name = ?", (BOT_ROLE,))
            assert "- :set_notes_private\n" in before
            fewer = before.replace("- :set_notes_private\n", "")
            base.execute("UPDATE roles SET permissions = ? WHERE name = ?", (fewer, BOT_ROLE))
        yield
        with world.database() as base:
            base.execute("UPDATE roles SET permissions = ? WHERE name = ?", (before, BOT_ROLE))


@pytest.mark.parametrize("asked", [r"/roles/\d+\.json", r"/issues/{}\.json\?.*"], ids=["checked", "read"])
def test_nothing_is_published_if_the_permission_is_lost_during_the_run(
    diary: Diary, asked: str, count_promise: Callable[[str, str], None]
) -> None:
    late = diary.file("Mon 09:00")
    with ExitStack() as after_the_run:
        session = diary.session()
        interfere(
            session,
            lambda: after_the_run.enter_context(without_private_notes(diary.world)),
            asked=asked.format(late),
        )
        run = diary.run("Mon 11:01", session=session)
    assert run.outcomes == {late: OutcomeKind.REFUSED}
    assert "grant `set_notes_private` to its role" in run.done.outcomes[0].text
    assert len(diary.notes(CLIENT, late, private=False)) == 1  # the acknowledgement, which is sent first
    assert diary.notes(OPERATOR, late) == []
    assert diary.run("Mon 11:06").outcomes == {late: OutcomeKind.APPLIED}
    assert len(diary.notes(CLIENT, late, private=False)) == len(diary.notes(OPERATOR, late)) == 1
    count_promise(PRIVATE, f"the right to private notes taken away during the run, {diary.place}")
