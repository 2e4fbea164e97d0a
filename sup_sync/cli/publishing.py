"""The work of `report --publish`: a month's report as a page of a project's wiki."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from sup_sync.cli.context import Settings, connect, in_support_zone
from sup_sync.cli.exit_codes import DONE, PARTLY_DONE
from sup_sync.cli.loading import judged
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
    project = click.option(
        "--publish",
        "project",
        metavar="PROJECT",
        help="Write a month's report to this project's wiki, with its charts; only a page that it made is replaced.",
    )
    month = click.option(
        "--month", type=MonthType(), help="The month of filing to publish; default: the last whole one."
    )
    return project(month(command))


def is_publishing(publication: Mapping[str, Any], *, is_alone: bool) -> bool:
    """Whether a page is to be published, which goes with no other output and of no other present."""
    if publication["month"] and not publication["project"]:
        raise click.UsageError("--month says what --publish writes: give both")
    if publication["project"] and not is_alone:
        raise click.UsageError("--publish goes alone, with --month and --language: it writes what holds at present")
    return publication["project"] is not None


def publish(settings: Settings, *, project: str, month: date | None, language: str | None) -> int:
    """Write the month's page to the wiki; what stands in its way is found out before all requests are read."""
    require_libraries("--publish", "jinja2", "matplotlib")
    from sup_sync.output.pages.wiki import render_wiki, title_of
    from sup_sync.output.texts import Texts
    from sup_sync.run.publish import Publication

    config = settings.load(require_config=True)
    rules = config.rules
    this_month = in_support_zone(None, config).astimezone(rules.zone).date().replace(day=1)
    first = month or (this_month - timedelta(days=1)).replace(day=1)
    if first > this_month:
        raise click.BadParameter(f"{first:%Y-%m} has not begun: name an earlier one", param_hint="--month")
    texts = Texts("report", page_language(language, config), rules.messages, rules.zone)
    publication = Publication.open(connect(config), project, title_of(first, texts))
    now, _, judgements, code = judged(settings, config, None, None, everything=True)
    months = [(each, each.filed_at.astimezone(rules.zone).date().replace(day=1)) for each in judgements]
    of_month = _told([each for each, filed_in in months if filed_in == first], config, now)
    so_far = _told([each for each, filed_in in months if filed_in <= first], config, now)
    basis = basis_of(config, is_whole=code == DONE)
    draft = render_wiki(of_month, so_far, basis, first, now, texts, config.server.wiki_markup)
    return _show_published(settings, publication, draft, code)


def _told(judgements: Sequence[Judgement], config: Config, now: datetime) -> ReportData:
    from sup_sync.output.pages.wiki import ReportData
    from sup_sync.views.compliance import compliance
    from sup_sync.views.figures import figures_of

    rules = config.rules
    figures = figures_of(judgements, rules.policy, rules.calendars, now)
    return ReportData(compliance(judgements, rules.policy, rules.calendars), figures)


def _show_published(settings: Settings, publication: Publication, draft: WikiContent, code: int) -> int:
    done = publication.publish(draft)
    if not settings.quiet:
        click.echo(f"{'Published' if done.is_new else 'Published already'}: {done.address}")
    if done.left:
        mend = "give the account's role `delete_wiki_pages_attachments`, or leave them"
        settings.tell(f"charts of an earlier version are still attached ({done.left}): {mend}")
    if not done.is_readable:
        mend = "set `wiki_markup` in config.yaml to what «Text formatting» is there"
        settings.tell(f"the page is written in another markup than the tracker reads: {mend}", is_news=True)
        return PARTLY_DONE
    return code


def basis_of(config: Config, *, is_whole: bool) -> ReportSources:
    from sup_sync.output.pages.page import ReportSources

    return ReportSources(config.rules, config.server.url, config.digests, is_whole)
