"""The permissions that the tool's own account needs in Redmine."""

from __future__ import annotations

SET_NOTES_PRIVATE = "set_notes_private"

BOT_PERMISSIONS = {
    "view_issues": "read requests",
    "edit_issues": "write due dates and fields (without it Redmine drops them and posts the note alone)",
    "add_issue_notes": "write notes",
    "view_private_notes": "read the notes that staff wrote for staff (without it they are missing, with no hint)",
    SET_NOTES_PRIVATE: "write private notes (without it Redmine publishes them)",
}
"""All that its role must allow in each project, and what for; members, groups, roles and versions need no more."""

WIKI_PERMISSIONS = ("view_wiki_pages", "edit_wiki_pages")
"""What its role must also allow in a project to publish a report there."""
