"""The configuration: reads config.yaml and mappings/ into one `Config` and reports mistakes with file and line."""
