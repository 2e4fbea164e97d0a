"""Redmine's anonymous user: people without an account, and all whose accounts were deleted."""

from __future__ import annotations

# Its names in the languages of Redmine 5.0 (`label_user_anonymous` in config/locales); JSON shows only the name.
ANONYMOUS_NAMES = frozenset(
    {
        "Anoniem",
        "Anonim",
        "Anoniman",
        "Anonimas",
        "Anonimni",
        "Anonimo",
        "Anonimowy",
        "Anonym",
        "Anonyme",
        "Anonymní",
        "Anonymous",
        "Anonüümne",
        "Anonīms",
        "Anònim",
        "Anónimo",
        "Anônimo",
        "Ezezaguna",
        "Névtelen",
        "Аноним",
        "Анониман",
        "Анонимен",
        "Анонимно",
        "Анонім",
        "Хамаагүй хэрэглэгч",
        "אלמוני",
        "مجهول الهوية",
        "ناشناس",
        "Ẩn danh",
        "匿名ユーザー",
        "匿名用戶",
        "匿名用户",
        "이름없음",
    }
)
