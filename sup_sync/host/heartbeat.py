"""A dead man's switch: tells a monitor that a run began and how it ended, so that silence is an alarm."""

from __future__ import annotations

import requests

TIMEOUT_S = 10.0


def ping(url: str, what: str) -> str | None:
    """Ask for `url`/`what`: `start`, or the run's exit code; returns why it failed, None where it did not.

    A monitor that is away changes nothing of the run, and the tracker's key is not for it.
    """
    session = requests.Session()
    session.trust_env = False
    try:
        answer = session.get(f"{url.rstrip('/')}/{what}", timeout=TIMEOUT_S, allow_redirects=False)
    except requests.ConnectionError:
        return "no connection"
    except (OSError, ValueError) as error:  # a RequestException is an OSError
        return type(error).__name__
    return None if answer.ok and not answer.is_redirect else f"answered {answer.status_code}"
