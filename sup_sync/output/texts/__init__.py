"""What clients and heads read on pages and screens, in kk, ru and en: a file of texts for each, and their words."""

from sup_sync.output.texts.texts import Texts, load_texts

__all__ = ["Texts", "load_texts"]
