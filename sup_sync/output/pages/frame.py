"""The frame of every HTML page: template, style, content security policy, cleaned and escaped texts."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sup_sync import __version__
from sup_sync.output.texts import Texts
from sup_sync.sanitize import shortened

FOLDER = Path(__file__).parent


def render_page(name: str, texts: Texts, **values: object) -> str:
    """Render the page `name`; it loads nothing from the network, and client text is escaped."""
    styles = (FOLDER / each for each in ("report.css", f"{name}.css"))
    style = "".join(path.read_text(encoding="utf-8") for path in dict.fromkeys(styles) if path.exists())
    return (
        _environment()
        .get_template(f"{name}.html")
        .render(
            t=texts,
            language=texts.language,
            style=Markup(style),  # noqa: S704 - our own files
            policy=f"default-src 'none'; style-src 'sha256-{_digest(style)}'; base-uri 'none'; form-action 'none'",
            tool=f"sup-sync {__version__}",
            **values,
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["shown"] = shortened
    environment.filters["unbroken"] = _unbroken
    environment.filters["day_in"] = _day_in
    return environment


def _day_in(day: date, texts: Texts) -> str:
    """Format a day in the language of the page."""
    return texts.day(day)


def _unbroken(text: str) -> str:
    """Replace the space between a number and the next word by a no-break space."""
    return re.sub(r"(?<=\d) (?=\w)", "\N{NO-BREAK SPACE}", text)


def _digest(style: str) -> str:
    """Hash a style for the content security policy."""
    return b64encode(hashlib.sha256(style.encode()).digest()).decode()
