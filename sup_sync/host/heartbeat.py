"""Pings to a monitor at the start and end of a run, so that it can raise an alarm if they are missing."""

from __future__ import annotations

import requests

TIMEOUT_S = 10.0


def ping(url: str, event: str) -> str | None:
    """Request `url`/`event`, which is `start` or the run's exit code; return the error, None if it succeeded.

    An unreachable monitor does not change the run. Redmine's key is not sent.
    """
    session = requests.Session()
    session.trust_env = False
    try:
        response = session.get(f"{url.rstrip('/')}/{event}", timeout=TIMEOUT_S, allow_redirects=False)
    except requests.ConnectionError:
        return "connection failed"
    except (OSError, ValueError) as error:  # a RequestException is an OSError
        return type(error).__name__
    return None if response.ok and not response.is_redirect else f"answered {response.status_code}"
