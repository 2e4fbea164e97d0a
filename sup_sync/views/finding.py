"""A finding as JSON."""

from __future__ import annotations

from sup_sync.model.issue import Finding
from sup_sync.to_json import Json


def finding_json(finding: Finding) -> Json:
    return {"issue": finding.issue_id, "kind": finding.kind, "text": finding.text, "clause": finding.clause}
