"""A proposal of mappings for an existing Redmine, made from the names in it."""

from sup_sync.config.onboarding.proposal import Entry, Head, Proposal, TrackerEntry, propose

__all__ = ["Entry", "Head", "Proposal", "TrackerEntry", "propose"]
