"""``resumable`` on the command line. It needs the extra ``conformance``."""

import sys

_WRONG_USAGE = 2
_UNKNOWN = 3


def main() -> None:
    """Run the command line, or say what to install."""
    try:
        from resumable.conformance import cli  # noqa: PLC0415 - the extra may lack
    except ModuleNotFoundError as error:
        cure = 'the command line needs the harness: pip install "resumable-stream[conformance]"'
        sys.stderr.write(f"resumable: {error}; {cure}\n")
        sys.exit(_WRONG_USAGE)
    except ImportError as error:
        if error.name != "model":
            raise
        cure = (
            "the harness has a package of that name: give yours another, or put it in a package"
        )
        sys.stderr.write(f"resumable: {error}; {cure}\n")
        sys.exit(_WRONG_USAGE)
    except KeyboardInterrupt:
        sys.exit(_UNKNOWN)
    cli.main()


if __name__ == "__main__":
    main()
