"""``stnctl schema``: the JSON Schema of configurations."""

from stnctl.cli import console
from stnctl.config import config_json_schema

EXAMPLES = "Example: stnctl schema > schemas/stnctl.schema.json"


def schema() -> None:
    """Print the JSON Schema of configuration files, for editors."""
    console.result_json(config_json_schema())
