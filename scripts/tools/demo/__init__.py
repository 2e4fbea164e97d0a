"""The demo: a real Redmine filled with the requests of examples/demo.yaml."""
