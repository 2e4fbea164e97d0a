"""config.yaml and mappings/ as one `Config`, with every mistake named by file and line."""
