"""A mapping proposed for a tracker that nobody prepared: its names and lists in, ours beside them out."""

from sup_sync.config.onboarding.proposal import Entry, Head, Proposal, TrackerEntry, propose

__all__ = ["Entry", "Head", "Proposal", "TrackerEntry", "propose"]
