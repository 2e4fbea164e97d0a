"""sup-sync keeps a support regulation beside a Redmine tracker."""

__version__ = "0.1.0"
