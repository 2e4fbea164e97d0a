"""Pages that need no network, and the wiki's: alone knows jinja2 and matplotlib, which only these load."""

import logging

logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it would tell of its font cache on stderr, into cron's mail
