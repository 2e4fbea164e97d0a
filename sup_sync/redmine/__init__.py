"""The gateway: a Reader that cannot write, and a Writer; nothing of redminelib leaves it, only Redmine's JSON."""

from sup_sync.redmine.edit_form import EditForm
from sup_sync.redmine.reader import Reader
from sup_sync.redmine.writer import Writer

__all__ = ["EditForm", "Reader", "Writer"]
