"""What is read of the tracker, and what of it anew: changed requests at each run, everything on the first of a day."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sup_sync import __version__
from sup_sync.config.load import Config
from sup_sync.errors import MissingError, OutOfTimeError, SupSyncError
from sup_sync.model.directory import CLOSED_PROJECT, Json
from sup_sync.redmine.preflight import RedmineState, role_ids, stopping_problems
from sup_sync.redmine.reader import Reader
from sup_sync.redmine.snapshot import Gathered
from sup_sync.run.cache import Cache, updated_s

CLOCK_TOLERANCE = timedelta(minutes=1)
"""So long before a reading changes may have been in the making: Redmine cuts seconds, and clocks differ a little."""

Progress = Callable[[int, int], None]
"""Told how many of how many issues are done."""


def groups_of(config: Config) -> set[str]:
    """The groups whose members have to be known: the staff's, and those that contracts name."""
    contracts = {contract.group for contract in config.rules.policy.contracts if contract.group}
    return contracts | config.rules.names.staff_groups


def fetch_redmine_state(reader: Reader, config: Config, account: Json | None = None) -> RedmineState:
    """The account, its roles and the tracker's lists, as the checks want them."""
    account = account or reader.fetch_account()
    roles = tuple(reader.fetch_role(role_id) for role_id in role_ids(account))
    return RedmineState(
        config.rules.names, account, roles, reader.fetch_lists(account, config.projects, groups_of(config))
    )


def begin(cache: Cache, config: Config, account: Json, now: datetime) -> None:
    """Use what runs remember of this tracker as this account sees it, as far as this configuration asks for it."""
    scope = {
        "url": config.server.url,
        "account": account["id"],
        "projects": list(config.projects),
        "groups": sorted(groups_of(config)),
        "closed_days": config.closed_days,
    }
    cache.begin(scope, now.astimezone(config.rules.zone).date())


class Reading:
    """One run's reading of the tracker into the cache; `read_at` is when it began.

    `updated_on` hides edited notes and moved projects, and nothing tells of changed lists: so the first runs of a local
    day read everything anew, and one that comes upon somebody or something that is in no list reads the lists.
    `gaps` are the projects whose reading failed, with why: nothing of them is used, nor of what is `unread`, which may
    stand in the cache as of another project. `newest_s` is when something was changed last, in scope or not, by the
    lists read. `histories` were read.
    """

    def __init__(self, reader: Reader, config: Config, cache: Cache, read_at: datetime, progress: Progress) -> None:
        self.reader = reader
        self.config = config
        self.cache = cache
        self.read_at = read_at
        self.progress = progress
        self.closed_since = (read_at - timedelta(days=config.closed_days)).replace(microsecond=0)
        self.today = read_at.astimezone(config.rules.zone).date().isoformat()
        self.gaps: dict[str, str] = {}
        self.unread: set[int] = set()
        self.histories = 0
        self.unknown_ids: set[str] = set()
        self.newest_s = 0
        self.tracker = self._tracker()

    @property
    def lists(self) -> Json:
        return self.tracker.lists

    @property
    def rules_hash(self) -> str:
        """What decides beside the requests themselves, in a few letters: this program, the mappings and the lists."""
        what = [__version__, dict(self.config.digests), self.lists]
        return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()

    def _tracker(self) -> RedmineState:
        """The account as it is now, which alone tells a wrong key, with the lists of today.

        Where those do not fit they are read again: it may be mended since.
        """
        account = self.reader.fetch_account()
        begin(self.cache, self.config, account, self.read_at)
        known = self.cache.recall("tracker")
        if known is None or known["account"] != account or self.cache.recall("whole_on") != self.today:
            return self._fetch_state(account)
        tracker = RedmineState(self.config.rules.names, account, tuple(known["roles"]), known["lists"])
        return self._fetch_state(account) if stopping_problems(tracker) else tracker

    def _fetch_state(self, account: Json) -> RedmineState:
        tracker = fetch_redmine_state(self.reader, self.config, account)
        self._remember(tracker)
        return tracker

    def fetch_redmine_state(self) -> None:
        """Read the account's rights and the lists again."""
        self.tracker = self._fetch_state(self.tracker.account)

    def _remember(self, tracker: RedmineState) -> None:
        kept = {"account": tracker.account, "roles": tracker.roles, "lists": tracker.lists}
        self.cache.remember("tracker", kept)

    def read_current(self) -> None:
        """Bring the cache up to what a run may change: open issues, and those touched lately.

        Where what was seen last comes only later the clocks were set back, and new changes hide before it.
        """
        since = self.cache.recall("since")
        is_hidden = since is None or since > self.read_at.timestamp()
        if is_hidden or self.cache.recall("whole_on") != self.today:
            self._read_all()
        else:
            self._read_changed(since)

    def _read_all(self) -> None:
        """All of it; where a run of the day did not come to its end, the next one goes on from there."""
        full_read_start = self.cache.recall("began")
        now_s = int(self.read_at.timestamp())
        if (
            full_read_start is None or full_read_start["on"] != self.today or full_read_start["at"] > now_s
        ):  # a clock may be set back
            full_read_start = {"on": self.today, "at": now_s}
            self.cache.remember("began", full_read_start)
        rows = self._rows("open") + self._rows("closed", self.closed_since)
        unread = [row for row in rows if self.cache.read_at(row) < max(full_read_start["at"], _settled_s(row))]
        self._read(unread, len(rows))
        self._look_up_unknown_ids()
        if not self.gaps:
            self.cache.drop(self.cache.read_before(full_read_start["at"], self.closed_since))
            self._read_upto(int(self.closed_since.timestamp()))
            self.cache.remember("whole_on", self.today)

    def _read_changed(self, since: int) -> None:
        rows = self._rows("*", datetime.fromtimestamp(since, UTC))
        rows += self._invalidated_rows({row["id"] for row in rows})
        self._look_up_closed(rows)
        self._read(rows, len(rows))
        self._look_up_unknown_ids()
        if not self.gaps:
            self._read_upto(since)

    def _read_upto(self, since: int) -> None:
        """From when on the next run asks: what was changed last is asked for again until it has settled.

        Set once all that was read is dealt with: what comes before is not looked at again.
        """
        settled = int((self.read_at - CLOCK_TOLERANCE).timestamp())
        self.cache.remember("since", min(max(since, self.newest_s + 1), settled))

    def _look_up_closed(self, rows: Collection[Json]) -> None:
        """Read the lists again where something changed in a project that is closed by them: nothing does in one."""
        closed = {project["id"] for project in self.lists["projects"] if project["status"] == CLOSED_PROJECT}
        if any(row["project"]["id"] in closed for row in rows):
            self.fetch_redmine_state()

    def _invalidated_rows(self, listed: Collection[int]) -> list[Json]:
        """The rows of what is to be read anew though no list tells of it; what is gone is forgotten."""
        invalidated = self.cache.invalidated().difference(listed)
        rows = self.reader.fetch_rows_of(invalidated)
        self.cache.drop(invalidated - {row["id"] for row in rows})
        return self._in_scope(rows)

    def _rows(self, status: str, since: datetime | None = None) -> list[Json]:
        """The rows of a list in scope."""
        rows = self.reader.fetch_rows(status=status, updated_since=since)
        self.newest_s = max((self.newest_s, *map(updated_s, rows)))
        return self._in_scope(rows)

    def _in_scope(self, rows: Collection[Json]) -> list[Json]:
        """Those in scope; what was moved out of it is forgotten."""
        scope = {project["id"] for project in self.lists["projects"]}
        self.cache.drop(row["id"] for row in rows if row["project"]["id"] not in scope)
        return [row for row in rows if row["project"]["id"] in scope]

    def _read(self, rows: Collection[Json], total: int) -> None:
        """Read the histories of these; one that fails leaves out its project: missing is never "nothing happened"."""
        known = _ListedIds(self.lists)
        for number, row in enumerate(rows, total - len(rows)):
            self.progress(number, total)
            if row["project"]["name"] in self.gaps:
                self.unread.add(row["id"])
                continue
            try:
                issue = self.reader.fetch_issue(row["id"])
            except MissingError:
                self.cache.drop([row["id"]])  # deleted or moved between the list and this read
            except OutOfTimeError:
                raise  # nothing is left to write in; what was read is kept
            except SupSyncError as error:
                self.gaps[row["project"]["name"]] = str(error)
                self.unread.add(row["id"])
            else:
                self.histories += 1
                self.cache.keep(row, issue, self.read_at)
                self.unknown_ids |= known.unknown_ids(issue)

    def _look_up_unknown_ids(self) -> None:
        """Read the lists again for who or what stands in none of them, once for each."""
        asked_for = set(self.cache.recall("strangers") or ())
        if self.unknown_ids - asked_for:
            self.fetch_redmine_state()
            self.cache.remember("strangers", sorted((asked_for | self.unknown_ids) - _ListedIds(self.lists).names))

    def read_releases(self, project_ids: Collection[int]) -> bool:
        """Read the releases of projects, whose days move without a trace in any request; returns whether any did."""
        found = {version["id"]: version for each in project_ids for version in self.reader.fetch_versions(each)}
        versions = [found.get(version["id"], version) for version in self.lists["versions"]]
        if versions == self.lists["versions"]:
            return False
        self.tracker = replace(self.tracker, lists={**self.lists, "versions": versions})
        self._remember(self.tracker)
        return True

    def everything(self) -> Gathered:
        """Every issue in scope with its history, of which the cache may have the greater part; in order of id."""
        rows = self._rows("*")
        self._read([row for row in rows if self.cache.read_at(row) < _settled_s(row)], len(rows))
        self._look_up_unknown_ids()
        return self._gathered(row["id"] for row in rows)

    def current(self) -> Gathered:
        """What a run may change: open issues, and those touched lately."""
        self.read_current()
        return self._gathered(self.cache.ids(self.closed_since))

    def _gathered(self, issue_ids: Iterable[int]) -> Gathered:
        return Gathered(self.lists, tuple(self.stored(issue_ids)), self.gaps)

    def stored(self, issue_ids: Iterable[int]) -> Iterator[Json]:
        """These of the issues read, as far as their project was read whole, the one that they are in now too."""
        return self.cache.issues((each for each in issue_ids if each not in self.unread), without=self.gaps)


class _ListedIds:
    """Who and what stands in the tracker's lists."""

    def __init__(self, lists: Json) -> None:
        kinds = ("people", "statuses", "priorities", "versions", "fields")
        self.names = {f"{kind} {row['id']}" for kind in kinds for row in lists[kind]}
        self.names |= {
            f"place {project['id']} {tracker['id']}"
            for project in lists["projects"]
            for tracker in project["trackers"]
            if "fields" in tracker
        }

    def unknown_ids(self, issue: Json) -> set[str]:
        """Who and what an issue names that stands in none of them; of one not in Redmine's form, decoding tells."""
        with suppress(KeyError, TypeError, AttributeError):
            return set(_named_by(issue)) - self.names
        return set()


def _named_by(issue: Json) -> Iterator[str]:
    yield f"place {issue['project']['id']} {issue['tracker']['id']}"
    yield f"statuses {issue['status']['id']}"
    yield f"priorities {issue['priority']['id']}"
    yield f"people {issue['author']['id']}"
    yield from (f"fields {field['id']}" for field in issue.get("custom_fields", ()))
    yield from (f"people {journal['user']['id']}" for journal in issue.get("journals", ()))
    if issue.get("fixed_version"):
        yield f"versions {issue['fixed_version']['id']}"


def _settled_s(row: Json) -> int:
    """The first second in which a reading shows surely all up to the change that a row tells of."""
    return updated_s(row) + int(CLOCK_TOLERANCE.total_seconds())
