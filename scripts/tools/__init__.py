"""The Python behind the scripts, in a folder for each purpose."""
