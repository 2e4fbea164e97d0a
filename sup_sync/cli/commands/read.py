"""The commands that read: plan, queue, explain, whatif and snapshot."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sup_sync.cli.codes import CHANGES_PENDING, DONE, PARTLY_DONE
from sup_sync.cli.files import write_whole
from sup_sync.cli.options import (
    Settings,
    aware,
    cache_file,
    common,
    connect,
    from_option,
    json_option,
    now_option,
    pass_settings,
    print_json,
    progress_bar,
    tell_gaps,
)
from sup_sync.errors import DecodeError, MissingError, SnapshotError

if TYPE_CHECKING:
    from sup_sync.config import Config
    from sup_sync.planning.plan import Plan
    from sup_sync.redmine.snapshot import Gathered
    from sup_sync.run.caseload import World
    from sup_sync.sla.judgement import Judgement


@click.command()
@from_option
@now_option
@json_option
@click.option("--exit-code", is_flag=True, help="End with 5 when changes are pending.")
@click.option("--adopt", is_flag=True, help="What `apply --adopt` would change.")
@common
@pass_settings
def plan(
    settings: Settings, source: Path | None, now: datetime | None, as_json: bool, exit_code: bool, adopt: bool
) -> int:
    """What would change in the tracker, with the reason and the clause of each."""
    from sup_sync.run.caseload import plan_world

    config = settings.load(own=source is None)
    moment, world, judgements, code = judged(settings, config, source, now)
    made = plan_world(world, judgements, config.rules, moment, is_adopting=adopt)
    _show_plan(settings, made, judgements, moment, as_json=as_json)
    return CHANGES_PENDING if exit_code and made.changes and code == DONE else code


def _show_plan(
    settings: Settings, plan: Plan, judgements: tuple[Judgement, ...], now: datetime, *, as_json: bool
) -> None:
    from sup_sync.views.compliance import plan_json

    if as_json:
        print_json(plan_json(plan, now))
    elif plan.changes or plan.findings or not settings.quiet:
        from sup_sync.output.terminal.layout import make_console
        from sup_sync.output.terminal.plan import show_plan

        show_plan(make_console(), plan, judgements)


class RequestNumber(click.IntRange):
    """A request's number, also as the tracker and this tool write it: #30."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number: Any = str(value).removeprefix("#")
        return super().convert(number, param, ctx)


@click.command()
@click.argument("issue_id", metavar="N", type=RequestNumber(min=1))
@from_option
@now_option
@json_option
@common
@pass_settings
def explain(settings: Settings, issue_id: int, source: Path | None, now: datetime | None, as_json: bool) -> None:
    """One request's story: events, pauses, clocks, verdicts, the clause of each; where its minutes went."""
    from sup_sync.run.caseload import judge_world, read_world
    from sup_sync.views.explanation import explain as explain_issue

    config = settings.load(own=source is None)
    moment = aware(now, config)
    gathered = _gather_one(settings, config, source, issue_id)
    world = read_world(gathered.lists, gathered.raw_issues, config.rules)
    for finding in world.findings:
        raise DecodeError(finding.text)
    judgements = judge_world(world, config.rules, moment)
    if not judgements:
        raise MissingError(f"request #{issue_id} was not filed yet at {moment:%Y-%m-%d %H:%M %z}: give a later --now")
    explanation = explain_issue(judgements[0], config.rules, moment)
    if as_json:
        print_json(explanation.to_json())
    else:
        from sup_sync.output.terminal.explanation import show_explanation
        from sup_sync.output.terminal.layout import make_console

        show_explanation(make_console(), explanation)


def _gather_one(settings: Settings, config: Config, source: Path | None, issue_id: int) -> Gathered:
    from dataclasses import replace

    from sup_sync.redmine import Reader
    from sup_sync.redmine.snapshot import Gathered
    from sup_sync.run.gather import examine

    if source:
        gathered = _read_file(settings, source)
        found = tuple(issue for issue in gathered.raw_issues if issue["id"] == issue_id)
        if not found:
            raise MissingError(f"{source.name} has no request #{issue_id}: take a newer one with `sup-sync snapshot`")
        return replace(gathered, raw_issues=found)
    reader = Reader(connect(config))
    return Gathered(examine(reader, config).lists, (reader.fetch_issue(issue_id),), {})


@click.command()
@from_option
@now_option
@json_option
@common
@pass_settings
def queue(settings: Settings, source: Path | None, now: datetime | None, as_json: bool) -> int:
    """What to work on, in the regulation's order, with the working time left."""
    from sup_sync.views.work_queue import queue as make_queue

    config = settings.load(own=source is None)
    _, _, judgements, code = judged(settings, config, source, now)
    made = make_queue(judgements, config.rules.calendars)
    if as_json:
        print_json(made.to_json())
    elif made.entries or not settings.quiet:
        from sup_sync.output.terminal.layout import make_console
        from sup_sync.output.terminal.work_queue import show_queue

        show_queue(make_console(), made)
    return code


@click.command()
@click.argument("mappings", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@from_option
@now_option
@json_option
@common
@pass_settings
def whatif(settings: Settings, mappings: Path, source: Path | None, now: datetime | None, as_json: bool) -> int:
    """Judge history by today's mappings and by those in DIR, and list the verdicts that flip."""
    from sup_sync.run.caseload import judge_world, read_world
    from sup_sync.views.whatif import compare

    if not (mappings / "regulation.yaml").exists() and (mappings / "mappings").is_dir():
        mappings /= "mappings"
    config, other = settings.load(own=source is None), settings.load(own=source is None, mappings=mappings)
    moment = aware(now, config)
    gathered = _gather(settings, config, source, now, everything=True)
    world, other_world = (read_world(gathered.lists, gathered.raw_issues, each.rules) for each in (config, other))
    code = _tell_left_out(settings, gathered.gaps, world)
    today, then = judge_world(world, config.rules, moment), judge_world(other_world, other.rules, moment)
    compared = compare(today, then, config.rules.zone)
    if as_json:
        print_json(compared.to_json())
    else:
        from sup_sync.output.terminal.layout import make_console
        from sup_sync.output.terminal.report import show_whatif

        show_whatif(make_console(), compared)
    return code


@click.command()
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="File to write; default: stdout.")
@common
@pass_settings
def snapshot(settings: Settings, output: Path | None) -> int:
    """The tracker's issues with their histories as JSON lines, for --from."""
    from sup_sync.redmine.snapshot import snapshot_lines

    config = settings.load(own=True)
    gathered = _gather(settings, config, None, everything=True)
    tell_gaps(settings, gathered.gaps)
    text = "".join(line + "\n" for line in snapshot_lines(gathered.lists or {}, gathered.raw_issues))
    if output:
        write_whole(output, text)
    else:
        click.echo(text, nl=False)
    return PARTLY_DONE if gathered.gaps else DONE


def _read_file(settings: Settings, source: Path) -> Gathered:
    from sup_sync.redmine.snapshot import Gathered, load_snapshot

    try:
        with click.open_file(str(source), encoding="utf-8") as file:
            lists, issues = load_snapshot(file, source.name)
    except UnicodeDecodeError:
        raise SnapshotError(f"{source.name}: no UTF-8 text: take it with `sup-sync snapshot`") from None
    if lists is None:
        text = (
            "no first line with the tracker's lists, as `sup-sync snapshot` writes it: all but authors count as staff"
        )
        settings.tell(f"{source.name}: {text}")
    return Gathered(lists, tuple(issues), {})


def _gather(
    settings: Settings, config: Config, source: Path | None, now: datetime | None = None, *, everything: bool
) -> Gathered:
    """Issues from a snapshot or the tracker: all of them, or those that a run may change.

    What runs remember is of the present: for another moment all is read anew.
    """
    if source:
        return _read_file(settings, source)
    from sup_sync.redmine import Reader
    from sup_sync.redmine.preflight import stopping_problems
    from sup_sync.run.cache import NO_CACHE, Cache
    from sup_sync.run.gather import Reading

    with progress_bar(settings) as advance:

        def read(cache: Cache) -> Gathered:
            reading = Reading(Reader(connect(config)), config, cache, aware(now, config), advance)
            for problem in () if everything else stopping_problems(reading.tracker):
                settings.tell(f"`apply` would stop here: {problem}", is_news=True)
            return reading.everything() if everything else reading.current()

        return (cache_file(settings, config) if now is None else NO_CACHE).use(read)


def judged(
    settings: Settings, config: Config, source: Path | None, now: datetime | None, *, everything: bool = False
) -> tuple[datetime, World, tuple[Judgement, ...], int]:
    """The moment, what a snapshot or the tracker says, how it stands then, and the exit code: whether it is whole."""
    from sup_sync.run.caseload import current, judge_world, read_world

    gathered = _gather(settings, config, source, now, everything=everything)
    moment, gaps = aware(now, config), gathered.gaps
    world = read_world(gathered.lists, gathered.raw_issues, config.rules)
    del gathered  # the tracker's JSON is not needed any more, and takes much room
    world = world if everything else current(world, config.closed_days, moment)
    return moment, world, judge_world(world, config.rules, moment), _tell_left_out(settings, gaps, world)


def _tell_left_out(settings: Settings, gaps: dict[str, str], world: World) -> int:
    """Name what could not be read; returns the exit code, which says whether all was."""
    tell_gaps(settings, gaps)
    for finding in world.findings:
        settings.tell(f"left out: {finding.text}", is_news=True)
    return PARTLY_DONE if gaps or world.findings else DONE
