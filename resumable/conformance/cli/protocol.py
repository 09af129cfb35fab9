"""``resumable protocol``: what an adapter has to do."""

from importlib.resources import files

import click

from resumable.conformance import protocol as package


@click.command()
def protocol() -> None:
    """Print the protocol between this program and a target in any language.

    \b
    An adapter that speaks it is a target:
        resumable check --target "command: node adapter.mjs"
    """
    click.echo(files(package).joinpath("PROTOCOL.md").read_text(encoding="utf-8"), nl=False)
