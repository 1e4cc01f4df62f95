"""The words of code, tests and docs: none of the list in `tests.wording`."""

import pytest

from tests.wording import ROOT, files, offences


def test_offences_preset(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.wording.ROOT", tmp_path)
    path = tmp_path / "stnctl" / "x.py"
    path.parent.mkdir()
    path.write_text(
        '"""What a run tells."""\n\n\ndef goes_on(x: int) -> int:\n    """Return what comes."""\n'
        "    return x  # 1 if absent\n",
        encoding="utf-8",
    )
    found = [(each.line, each.words) for each in offences((path,))]
    assert found == [
        (1, "tells"),
        (4, "goes on"),
        (6, "if absent"),
        (1, "What a run tells."),
        (1, "What a run tells."),
        (4, "Return what comes."),
    ]


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_words_are_those_of_the_field(path):
    assert [str(offence) for offence in offences((path,))] == []
