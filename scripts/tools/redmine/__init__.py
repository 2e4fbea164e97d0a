"""A real Redmine from Debian's packages, for the demo and the tests; needs only Python's standard library."""
