"""`sup-sync completion`: print the completion script for a shell."""

from __future__ import annotations

import click

from sup_sync.cli.examples import ExampleCommand
from sup_sync.cli.options import global_options

PROGRAM = "sup-sync"
VARIABLE = "_SUP_SYNC_COMPLETE"  # the environment variable that click reads
SHELLS = ("bash", "zsh", "fish")


@click.command(
    cls=ExampleCommand,
    examples=(
        'eval "$(sup-sync completion bash)"',
        "sup-sync completion fish > ~/.config/fish/completions/sup-sync.fish",
    ),
)
@click.argument("shell", type=click.Choice(SHELLS))
@global_options
def completion(shell: str) -> None:
    """Print the completion script for SHELL."""
    from click.shell_completion import get_completion_class

    root = click.get_current_context().find_root().command
    completion_class = get_completion_class(shell)
    if completion_class is None:
        raise click.UsageError(f"click does not support {shell}; update click")
    completer = completion_class(root, {}, PROGRAM, VARIABLE)
    click.echo(completer.source_template % completer.source_vars())
