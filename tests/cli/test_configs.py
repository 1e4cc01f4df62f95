import json
from pathlib import Path


def test_schema_is_that_of_the_repository(stnctl):
    done = stnctl("schema")
    assert done.returncode == 0
    committed = Path(__file__).parents[2] / "schemas" / "stnctl.schema.json"
    assert json.loads(done.stdout) == json.loads(committed.read_text(encoding="utf-8"))
    assert done.stderr == ""
