"""The examples of a command, shown at the end of its help; the docs and the manual page list them too."""

from __future__ import annotations

from typing import Any

import click


class ExampleCommand(click.Command):
    """A command with examples: command lines to copy."""

    def __init__(self, *args: Any, examples: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, each on one line of its own, however long: a wrapped one could not be copied."""
        super().format_epilog(ctx, formatter)
        if self.examples:
            with formatter.section("Examples"):
                for line in self.examples:
                    formatter.write(f"{' ' * formatter.current_indent}{line}\n")
