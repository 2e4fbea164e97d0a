"""config.yaml and mappings/ as one `Config`; every mistake of all files in one pass, with file and line."""

from sup_sync.config.load import Config, Server, check_files, load_config

__all__ = ["Config", "Server", "check_files", "load_config"]
