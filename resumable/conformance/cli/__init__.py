"""The command line: a thin face over the engines, one module for each command."""

import click

from resumable.conformance.cli.check import check
from resumable.conformance.cli.explore import explore
from resumable.conformance.cli.hunt import hunt
from resumable.conformance.cli.replay import replay


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="resumable-stream")
def resumable() -> None:
    r"""Hold an implementation of a resumable stream against its specification.

    \b
    Exit status:  0 it conforms    1 it diverged    2 wrong usage    3 unknown
    """


resumable.add_command(check)
resumable.add_command(explore)
resumable.add_command(hunt)
resumable.add_command(replay)
