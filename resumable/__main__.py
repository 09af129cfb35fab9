"""``resumable`` on the command line. It needs the extra ``conformance``."""

import sys

_UNKNOWN = 3


def main() -> None:
    """Run the command line, or say what to install."""
    try:
        from resumable.conformance import cli  # noqa: PLC0415 - the extra may lack
    except ModuleNotFoundError as error:
        sys.exit(
            f"resumable: {error}; the command line needs the harness:"
            ' pip install "resumable-stream[conformance]"'
        )
    except KeyboardInterrupt:
        sys.exit(_UNKNOWN)
    cli.main()


if __name__ == "__main__":
    main()
