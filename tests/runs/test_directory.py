from stnctl.runs.directory import RunDirectory


def test_run_directory_layout(runs_dir):
    run = RunDirectory(runs_dir / "x")
    assert run.name == "x"
    names = {
        "config.yaml": run.config,
        "run.json": run.run,
        "metrics.jsonl": run.metrics,
        "history.png": run.history,
        "report.html": run.report,
        "train.log": run.log,
        "checkpoints": run.checkpoints,
        "model.keras": run.model,
        "eval": run.eval,
        "inspect": run.inspect,
        "times.jsonl": run.times,
        "snapshots.npz": run.snapshots,
        ".lock": run.lock,
    }
    assert names == {name: run.path / name for name in names}
