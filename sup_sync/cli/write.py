"""The command that writes to the tracker: apply."""

from __future__ import annotations

from datetime import UTC, datetime
from time import monotonic

import click

from sup_sync.cli.codes import DONE, INTERRUPTED, OUR_FAULT, PARTLY_DONE
from sup_sync.cli.options import Settings, cache_file, common, connect, pass_settings, state_path, tell_gaps
from sup_sync.errors import SupSyncError


@click.command()
@click.option("--force", is_flag=True, help="Write it even over the limits, this once.")
@click.option("--adopt", is_flag=True, help="Set fields alone: what is due already is not said. For the first run.")
@click.option("--ping", "monitor", metavar="URL", help="Ask for URL/start, and then for URL/ and the exit code.")
@common
@pass_settings
def apply(settings: Settings, force: bool, adopt: bool, monitor: str | None) -> int:
    """Plan, then write it; for cron."""
    _tell_monitor(settings, monitor, "start")
    code = OUR_FAULT  # where the run breaks off
    try:
        code = _apply(settings, force=force, adopt=adopt)
    except SupSyncError as error:
        code = error.exit_code
        raise
    except KeyboardInterrupt:
        code = INTERRUPTED
        raise
    finally:
        _tell_monitor(settings, monitor, str(code))
    return code


def _tell_monitor(settings: Settings, monitor: str | None, what: str) -> None:
    from sup_sync.ping import ping

    fault = ping(monitor, what) if monitor else None
    if fault:
        settings.tell(f"the monitor of --ping was not told of `{what}`: {fault}")


def _apply(settings: Settings, *, force: bool, adopt: bool) -> int:
    from sup_sync.audit import open_audit
    from sup_sync.lock import hold_lock
    from sup_sync.sync import apply as apply_plan
    from sup_sync.terminal.layout import make_console
    from sup_sync.terminal.plan import show_applied
    from sup_sync.terminal.progress import progress

    config = settings.load(own=True)
    session = connect(config, ends_at=monotonic() + config.run_time_s)
    with (
        hold_lock(state_path(config, "lock")),
        open_audit(state_path(config, "audit.jsonl"), lambda: datetime.now(UTC)) as record,
        progress(settings.quiet) as advance,
    ):
        now = datetime.now(UTC)
        cache = cache_file(settings, config)
        done = apply_plan(
            session, config, now, force=force, progress=advance, is_adopting=adopt, record=record, cache=cache
        )
    tell_gaps(settings, done.gaps)
    if done.outcomes or done.set_aside or not settings.quiet:
        show_applied(make_console(), done)
    return DONE if done.is_whole else PARTLY_DONE
