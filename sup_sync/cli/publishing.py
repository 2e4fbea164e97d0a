"""`report --publish`: a monthly report as a page of a project's wiki."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import click

from sup_sync.cli.context import Settings, connect, in_support_zone
from sup_sync.cli.exit_codes import DONE, PARTLY_DONE
from sup_sync.cli.loading import load_judgements
from sup_sync.cli.options import F, page_language
from sup_sync.cli.pages import require_libraries
from sup_sync.cli.parameters import MonthType

if TYPE_CHECKING:
    from sup_sync.config.load import Config
    from sup_sync.output.pages.page import ReportSources
    from sup_sync.output.pages.wiki import ReportData
    from sup_sync.run.publish import Publication
    from sup_sync.sla.judgement import Judgement
    from sup_sync.views.report_page import WikiContent


def publish_options(command: F) -> F:
    """Add the options --publish and --month."""
    project = click.option(
        "--publish",
        "project",
        metavar="PROJECT",
        help="Publish a monthly report to PROJECT's wiki. Replaces only pages that sup-sync created.",
    )
    month = click.option("--month", type=MonthType(), help="Month to publish. Default: the last complete month.")
    return project(month(command))


def is_publishing(publication: Mapping[str, Any], *, has_other_options: bool) -> bool:
    """Return True if --publish is given; raise UsageError if it is combined with other output or another time."""
    if publication["month"] and not publication["project"]:
        raise click.UsageError("--month needs --publish; pass both")
    if publication["project"] and has_other_options:
        raise click.UsageError("--publish can be combined only with --month and --language")
    return publication["project"] is not None


def publish(settings: Settings, *, project: str, month: date | None, language: str | None) -> int:
    """Publish the month's page in the wiki; find obstacles before all requests are read. Return the exit code."""
    require_libraries("--publish", "jinja2", "matplotlib")
    from sup_sync.output.pages.wiki import render_wiki, title_of
    from sup_sync.output.texts import Texts
    from sup_sync.run.publish import Publication

    config = settings.load(require_config=True)
    rules = config.rules
    this_month = in_support_zone(None, config).astimezone(rules.zone).date().replace(day=1)
    first = month or (this_month - timedelta(days=1)).replace(day=1)
    if first > this_month:
        raise click.BadParameter(f"{first:%Y-%m} has not begun; choose an earlier month", param_hint="--month")
    texts = Texts("report", page_language(language, config), rules.messages, rules.zone)
    publication = Publication.open(connect(config), project, title_of(first, texts))
    now, _, judgements, code = load_judgements(settings, config, None, None, everything=True)
    months = [(each, each.filed_at.astimezone(rules.zone).date().replace(day=1)) for each in judgements]
    of_month = _report_data([each for each, filed_in in months if filed_in == first], config)
    so_far = _report_data([each for each, filed_in in months if filed_in <= first], config)
    basis = basis_of(config, is_whole=code == DONE)
    content = render_wiki(of_month, so_far, basis, first, now, texts, config.server.wiki_markup)
    return _show_published(settings, publication, content, code)


def _report_data(judgements: Sequence[Judgement], config: Config) -> ReportData:
    from sup_sync.output.pages.wiki import ReportData
    from sup_sync.views.compliance import compliance
    from sup_sync.views.figures import figures_of

    rules = config.rules
    figures = figures_of(judgements, rules.policy, rules.calendars)
    return ReportData(compliance(judgements, rules.policy, rules.calendars), figures)


def _show_published(settings: Settings, publication: Publication, content: WikiContent, code: int) -> int:
    done = publication.publish(content)
    if not settings.quiet:
        click.echo(f"{'Published' if done.is_new else 'Already published'}: {done.address}")
    if done.left:
        fix = "grant `delete_wiki_pages_attachments` to the account's role, or ignore this"
        settings.info(f"charts of an earlier version are still attached ({done.left}); {fix}")
    if not done.is_readable:
        fix = 'set `wiki_markup` in config.yaml to the value of "Text formatting" in Redmine'
        settings.info(f"the page's markup is not the one that Redmine uses; {fix}", always=True)
        return PARTLY_DONE
    return code


def basis_of(config: Config, *, is_whole: bool) -> ReportSources:
    from sup_sync.output.pages.page import ReportSources

    return ReportSources(config.rules, config.server.url, config.digests, is_whole)
