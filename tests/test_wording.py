"""The words of code, tests and docs: none of the list in `tests.wording`."""

from pathlib import Path

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


def places() -> dict[str, list[Path]]:
    """Return the files of the project by their folder, two levels deep at most."""
    found: dict[str, list[Path]] = {}
    for path in files():
        found.setdefault("/".join(path.relative_to(ROOT).parts[:-1][:2]) or ".", []).append(path)
    return found


@pytest.mark.parametrize(("_", "paths"), places().items(), ids=list(places()))
def test_words_are_those_of_the_field(_, paths):
    assert [str(offence) for offence in offences(tuple(paths))] == []
