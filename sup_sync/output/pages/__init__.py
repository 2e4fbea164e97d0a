"""HTML pages that load nothing from the network, and wiki pages; only this folder imports jinja2 and matplotlib."""

import logging

logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it reports its font cache on stderr, which cron mails
