"""`sup-sync completion`: print the completion script for a shell."""

from __future__ import annotations

import click

from sup_sync.cli.options import global_options

PROGRAM = "sup-sync"
VARIABLE = "_SUP_SYNC_COMPLETE"
"""What click asks the environment for."""

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@global_options
def completion(shell: str) -> None:
    """Print what makes SHELL complete sup-sync's commands, options and values."""
    from click.shell_completion import get_completion_class

    root = click.get_current_context().find_root().command
    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"click completes no {shell}: update it")
    made = found(root, {}, PROGRAM, VARIABLE)
    click.echo(made.source_template % made.source_vars())
