"""The process that is measured when `guardrail` runs: a command, and what it cost as the last line on stderr."""

import json
import sys
from time import process_time

from benches.measured import resident_mb
from guardrail_cli.exit_code import ExitCode
from guardrail_cli.main import run


def main() -> None:
    """Run the command line that follows."""
    exit_code = run(sys.argv[1:])
    print(json.dumps({"cpu": process_time(), "resident_mb": resident_mb()}), file=sys.stderr)
    if exit_code == ExitCode.FAILED:
        sys.exit(exit_code)


if __name__ == "__main__":
    main()
