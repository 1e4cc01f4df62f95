"""Headers of shipped configs. tests/test_configs.py checks those of all files."""

import pytest

from stnctl.config import shipped
from stnctl.config.shipped_header import ShippedHeader, shipped_headers

START = "# yaml-language-server: $schema=../schemas/stnctl.schema.json\n#\n"


@pytest.mark.parametrize(
    ("text", "header"),
    [
        (
            START + "# A CNN on R, a set\n# of digits (version 1.2). More of it.\n#\n"
            "#   stnctl train x\n#\n# Minutes on two CPU cores: 12\n# Test accuracy: 98.0 %\n"
            "name: x\n# Test accuracy: 1.0 %\n",
            ShippedHeader("A CNN on R, a set of digits (version 1.2)", 12, 0.98),
        ),
        (START + "# One sentence.\nname: x\n", ShippedHeader("One sentence", None, None)),
        ("name: x", ShippedHeader("", None, None)),
    ],
)
def test_shipped_headers(tmp_path, monkeypatch, text, header):
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "x.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    assert shipped_headers() == {"x": header}
