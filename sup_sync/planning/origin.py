"""What is known about a planned request besides its changes: where it is from, and who changed it last."""

from __future__ import annotations

from datetime import datetime

from sup_sync.immutable import fast_value
from sup_sync.model.issue import Issue, Side


@fast_value
class Origin:
    """The project and author of a request, by id, and its creation.

    `is_handled`: sup-sync wrote to it before. `is_touched`: a person changed it after sup-sync's last write.
    """

    project_id: int
    author_id: int
    created_at: datetime
    is_handled: bool
    is_touched: bool

    @classmethod
    def of(cls, issue: Issue) -> Origin:
        by_tool = [event.by.side is Side.BOT for event in issue.events]
        return cls(
            issue.project.id,
            issue.author.id,
            issue.created_at,
            is_handled=any(by_tool),
            is_touched=bool(by_tool) and not by_tool[-1],
        )
