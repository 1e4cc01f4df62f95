import pytest

from stnctl.errors import DivergedError
from stnctl.reports import live_report as module
from stnctl.reports.live_report import live_report
from stnctl.training.callbacks import EpochMetrics, Interrupted
from stnctl.training.execution import run_training
from tests.reports.pages import Page, run_page
from tests.tiny import RecordingCallback, make_job, make_run

pytestmark = pytest.mark.usefixtures("keras_backend", "single_steps")


class PageWatcher(RecordingCallback):
    """Callback that notes at each epoch whether the page so far reloads itself."""

    def __init__(self, run, **stops):
        super().__init__(**stops)
        self.run = run
        self.reloads = []

    def on_epoch_start(self, epoch, step, num_steps):
        super().on_epoch_start(epoch, step, num_steps)
        self.reloads.append(reloads(self.run))


def reloads(run):
    if not run.report.exists():
        return None
    page = Page(run.report.read_bytes())
    return any(each.get("http-equiv") == "refresh" for each in page.all("meta"))


def train(folder, name, *overrides, **stops):
    job = make_job(folder, *overrides)
    run = make_run(job, folder, name)
    warnings = []
    callback = PageWatcher(run, **stops)
    with live_report(callback, run, job, warnings.append) as reporting:
        try:
            run_training(job, run, reporting, on_warning=warnings.append)
        except Interrupted:
            callback.reloads.append("interrupted")
    return run, callback, warnings


def test_report_is_written_after_each_epoch_without_an_effect(tmp_path):
    plain, callback, _ = train(tmp_path, "plain")
    assert not plain.report.exists()
    run, callback, warnings = train(tmp_path, "reported", "train.report=true")
    assert callback.reloads == [None, True]
    assert reloads(run) is False
    assert warnings == []
    assert "validation accuracy" in Page(run.report.read_bytes()).text
    assert run.metrics.read_bytes() == plain.metrics.read_bytes()
    for path in sorted(plain.checkpoints.rglob("*.npz")):
        same = run.checkpoints / path.relative_to(plain.checkpoints)
        assert same.read_bytes() == path.read_bytes()


def test_a_failure_is_one_warning(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("no glyphs")

    monkeypatch.setattr(module, "read_run_page", fail)
    run, callback, warnings = train(tmp_path, "x", "train.report=true")
    assert warnings == [f"{run.report} is not up to date: no glyphs"]
    assert len(callback.ends) == 2
    assert not run.report.exists()


def test_the_page_of_an_interrupted_training_does_not_reload(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "read_run_page", lambda *_, **__: run_page())
    run, callback, _ = train(tmp_path, "x", "train.report=true", stop_at=[4])
    assert callback.reloads == [None, True, "interrupted"]
    assert reloads(run) is False


def test_the_page_of_a_diverged_training_does_not_reload(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "load_trained_model", lambda *_: (None, 1))
    monkeypatch.setattr(module, "read_run_page", lambda *_, **__: run_page())
    job = make_job(tmp_path, "train.report=true")
    run = make_run(job, tmp_path)
    epoch = EpochMetrics(1, 3, 0.1, 0.9, 0.1, 0.9, 1.0, 60.0)

    def diverge():
        with live_report(RecordingCallback(), run, job, print) as report:
            report.on_epoch_end(epoch, best=True)
            assert reloads(run) is True
            raise DivergedError("the loss became inf")

    with pytest.raises(DivergedError):
        diverge()
    assert reloads(run) is False
