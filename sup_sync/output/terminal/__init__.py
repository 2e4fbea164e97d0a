"""What the commands print, laid out for a terminal or a pipe; beside the command line alone knows the terminal."""
