"""The command line: a thin face over the engines, one module for each command."""

import io
import sys
import traceback
from typing import NoReturn

import click

from resumable.conformance.cli import common
from resumable.conformance.cli.check import check
from resumable.conformance.cli.compare import compare
from resumable.conformance.cli.explore import explore
from resumable.conformance.cli.faults import faults
from resumable.conformance.cli.hunt import hunt
from resumable.conformance.cli.mutants import mutants
from resumable.conformance.cli.protocol import protocol
from resumable.conformance.cli.replay import replay
from resumable.conformance.cli.surprises import surprises


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="resumable-stream")
def resumable() -> None:
    """Hold an implementation of a resumable stream against its specification.

    \b
    Exit status:  0 it conforms    1 it diverged    2 wrong usage    3 unknown
    """


resumable.add_command(check)
resumable.add_command(compare)
resumable.add_command(explore)
resumable.add_command(faults)
resumable.add_command(hunt)
resumable.add_command(mutants)
resumable.add_command(protocol)
resumable.add_command(replay)
resumable.add_command(surprises)


def main() -> NoReturn:
    """Run the command line. Ctrl-C before anything is known means that nothing is; and so
    does an error of the harness's own, which must not look like a divergence."""
    _write_what_can_be_written()
    try:
        sys.exit(resumable.main(prog_name="resumable", standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        common.err.print("resumable: interrupted")
        common.leave("unknown")
    except OSError as error:
        common.err.print(f"resumable: could not write all that there is to say: {error}")
        common.leave("unknown")
    except Exception:  # noqa: BLE001 - whatever it is, nothing is known of the target
        traceback.print_exc()
        common.err.print("resumable: this is an error of the harness, not of the target")
        common.leave("unknown")


def _write_what_can_be_written() -> None:
    """A terminal that lacks a letter gets a question mark, and the rest of the report."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
