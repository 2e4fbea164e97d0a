"""The declaration of the notices that a module of planning/notices/ sends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from sup_sync.immutable import fast_value
from sup_sync.model.rulebook import Rulebook
from sup_sync.planning.notice import Notice, NoticeKind, Text

if TYPE_CHECKING:  # commands that only read the files import the declarations, and not the judging of requests
    from sup_sync.planning.case import Case
    from sup_sync.sla.judgement import Judgement


@fast_value
class NoticeRule:
    """The notices of one module: their kinds, the notices that are due, and the moments at which time makes one due.

    `order` is the position in a note, the lowest first; modules with the same order follow by name. `texts` are further
    texts that the notices contain. `next_at` yields the moments at which a notice may become due, past ones too; None
    if only an event makes one due. `is_for_stopped_work`: the rule also applies to a request on which staff stopped
    work.
    """

    order: int
    kinds: tuple[NoticeKind, ...]
    due: Callable[[Case], Iterator[Notice]]
    next_at: Callable[[Judgement, Rulebook, datetime], Iterator[datetime]] | None = None
    texts: tuple[Text, ...] = ()
    is_for_stopped_work: bool = False
