"""The permissions that the tool's own account needs in Redmine."""

from __future__ import annotations

SET_NOTES_PRIVATE = "set_notes_private"

# What the role must allow in each project, and why; reading members, groups, roles and versions needs no permission.
BOT_PERMISSIONS = {
    "view_issues": "read requests",
    "edit_issues": "write due dates and fields (without it Redmine drops them and posts only the note)",
    "add_issue_notes": "write notes",
    "view_private_notes": "read the private notes of staff (without it Redmine leaves them out silently)",
    SET_NOTES_PRIVATE: "write private notes (without it Redmine publishes them)",
}

# What the role must also allow in the project where reports are published.
WIKI_PERMISSIONS = ("view_wiki_pages", "edit_wiki_pages")
