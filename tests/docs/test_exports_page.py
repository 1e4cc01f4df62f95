"""docs/exports.md names all formats, with their files and extras."""

import re
import tomllib

from stnctl.models.exports.formats import FORMATS
from tests.docs.test_cli_page import ROOT

PAGE = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")


def test_exports_page_has_a_row_for_each_format():
    rows = re.findall(r"^\| `(\w+)` \| `([^`]+)` \| (.*?) \|", PAGE, re.MULTILINE)
    expected = {name: (each.file, each.extra) for name, each in FORMATS.items()}
    found = {}
    for name, file, needs in rows:
        extra = re.search(r"stnctl\[(\w+)\]", needs)
        found[name] = (file.rstrip("/"), extra[1] if extra else None)
    assert found == expected


def test_extras_have_the_packages_of_the_formats():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for each in FORMATS.values():
        if each.extra:
            listed = [
                re.split("[><=]", text)[0] for text in project["optional-dependencies"][each.extra]
            ]
            assert sorted(listed) == sorted(name.replace("_", "-") for name in each.packages)
