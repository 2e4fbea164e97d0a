"""Texts of pages and screens in kk, ru and en: one TOML file per page, and labels that all share."""

from sup_sync.output.texts.texts import Texts, load_texts

__all__ = ["Texts", "load_texts"]
