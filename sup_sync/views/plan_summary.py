"""A plan as JSON, and its counts."""

from __future__ import annotations

from datetime import datetime

from sup_sync.immutable import value
from sup_sync.model.change import NOTE_FIELDS
from sup_sync.planning.forecast import Forecast
from sup_sync.planning.plan import Plan
from sup_sync.to_json import Json, json_value
from sup_sync.views.finding import finding_json


@value
class PlanSummary:
    """The counts of a plan: values by kind of change, notes, requests that change, requests judged, findings."""

    set: int
    change: int
    clear: int
    notes: int
    requests: int
    judged: int
    findings: int

    @classmethod
    def of(cls, plan: Plan) -> PlanSummary:
        values = [each for each in plan.changes if each.field not in NOTE_FIELDS]
        return cls(
            set=sum(not each.old for each in values),
            change=sum(bool(each.old and each.new) for each in values),
            clear=sum(not each.new for each in values),
            notes=plan.notes,
            requests=len({each.issue_id for each in plan.changes}),
            judged=plan.judged,
            findings=len(plan.findings),
        )


def plan_json(plan: Plan, now: datetime, forecast: Forecast) -> Json:
    """Return {"now", "changes": [CHANGE], "findings": [FINDING], "summary", "limits"}.

    CHANGE is {"issue", "field", "old", "new", "reason", "clause"}, FINDING is
    {"issue", "kind", "text", "clause"}. The summary has the fields of PlanSummary, "limits" the "excesses" because of
    which `apply` would write nothing, and the requests that it would leave for the next run ("postponed").
    """
    return {
        "now": json_value(now),
        "changes": [
            {
                "issue": each.issue_id,
                "field": each.field,
                "old": each.old,
                "new": each.new,
                "reason": each.reason,
                "clause": each.clause,
            }
            for each in plan.changes
        ],
        "findings": [finding_json(each) for each in plan.findings],
        "summary": json_value(PlanSummary.of(plan)),
        "limits": {"excesses": list(forecast.excesses), "postponed": list(forecast.postponed)},
    }
