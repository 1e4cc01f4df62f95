import json

import pytest

from stnctl.training.sinks.sink import values_of
from stnctl.training.sinks.wandb_sink import FILE, WandbSink, chosen_mode
from tests.training.sinks.examples import metrics, start


@pytest.mark.parametrize(
    ("variables", "netrc", "mode"),
    [
        ({}, None, "offline"),
        ({"WANDB_API_KEY": "x"}, None, "online"),
        ({}, "machine api.wandb.ai login user password x", "online"),
        ({}, "machine example.org login user password x", "offline"),
        ({}, "damaged file", "offline"),
        ({"WANDB_MODE": "disabled", "WANDB_API_KEY": "x"}, None, "disabled"),
    ],
)
def test_chosen_mode_never_asks(tmp_path, monkeypatch, variables, netrc, mode):
    for name in ("WANDB_MODE", "WANDB_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", str(tmp_path))
    if netrc is not None:
        (tmp_path / ".netrc").write_text(netrc, encoding="utf-8")
        (tmp_path / ".netrc").chmod(0o600)
    assert chosen_mode() == mode


@pytest.mark.filterwarnings("ignore")
def test_wandb_writes_files_offline(tmp_path, monkeypatch):
    """A resumed training has the same id, and its own file."""
    pytest.importorskip("wandb", reason="needs the extra wandb")
    monkeypatch.setenv("WANDB_MODE", "offline")
    ids = []
    for num_epochs in (0, 1):
        sink = WandbSink()
        sink.open(start(tmp_path, num_epochs=num_epochs))
        sink.write(num_epochs + 1, values_of(metrics(num_epochs + 1)))
        sink.close("finished")
        ids.append(json.loads((tmp_path / FILE).read_text(encoding="utf-8"))["id"])
    assert ids[0] == ids[1]
    assert list((tmp_path / "wandb").glob(f"offline-run-*/run-{ids[0]}.wandb"))
