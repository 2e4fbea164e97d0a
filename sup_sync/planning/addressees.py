"""The people whom the notes of a request mention, assign and notify: those named, or their deputies."""

from __future__ import annotations

from sup_sync.immutable import fast_value
from sup_sync.model.directory import Directory

# The kind of the finding about a person who is not available; a run then rereads the lists before it writes.
UNAVAILABLE_PERSON = "unavailable_person"


@fast_value
class Addressee:
    """A person of `people` in one project: `key` is the person who is available there, or None.

    `wanted` is the key that a ladder or an alert names, `name` its name in the mappings, `namesakes` the number of
    staff members of the project with that name.
    """

    wanted: str
    name: str
    key: str | None
    namesakes: int

    @property
    def mentioned(self) -> str | None:
        """The key of the person to mention: a login is clear even if several people have the name."""
        return self.key or (self.wanted if self.namesakes else None)

    @property
    def notified(self) -> str:
        """The key of the person to notify outside Redmine, which needs no account there."""
        return self.key or self.wanted

    @property
    def problem(self) -> str:
        """The reason why somebody else or nobody is addressed; empty if the person is available."""
        if self.key == self.wanted:
            return ""
        who = f'"{self.name}" ({self.wanted})'
        if self.namesakes > 1:
            reason = f"{self.namesakes} staff members of the project are named {who}"
        else:
            reason = f"{who} is not an active staff member of the project"
        return f"{reason}; {self.key} replaces them" if self.key else f"{reason}; not assigned"


def addressee(wanted: str, project_id: int, directory: Directory) -> Addressee:
    """Find the person to address in a project."""
    name, key = directory.names.people[wanted].name, directory.stand_in(wanted, project_id)
    namesakes = 0 if key == wanted else len(directory.staff_ids(wanted, project_id))
    return Addressee(wanted, name, key, namesakes)
