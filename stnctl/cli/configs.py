"""``stnctl schema``: JSON Schema of configurations."""

from stnctl.cli import console

EXAMPLES = """\b
Example:
  stnctl schema > stnctl.schema.json
"""


def schema() -> None:
    """Print the JSON Schema of configurations."""
    from stnctl.config.json_schema import config_json_schema

    console.result_json(config_json_schema())
