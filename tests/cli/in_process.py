"""Commands in the process of the tests, for errors that come before Keras starts."""

from typer.testing import CliRunner

from stnctl.cli.app import app
from stnctl.errors import StnctlError


def outcome(*arguments: str) -> tuple[int, str, str]:
    """Run a command; return its exit code, its stdout, and the text of its error."""
    done = CliRunner().invoke(app, arguments)
    if isinstance(done.exception, StnctlError):
        problem = done.exception
        return problem.exit_code, done.stdout, f"{problem}\n{problem.hint}"
    return done.exit_code, done.stdout, done.stderr
