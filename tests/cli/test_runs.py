"""``stnctl runs``."""

import csv
import io
import json
import re
import shutil
import time

import pytest

from stnctl.cli import console
from stnctl.runs.directory import RunDirectory
from stnctl.runs.lock import run_lock
from stnctl.runs.summary import summarize_runs
from tests.cli.in_process import outcome
from tests.reports.synthetic_run import write_run

RTS = "data:\n  distortion:\n    set: RTS\nmodel:\n  transformer: {}\ntrain:\n  epochs: 3\n"
CNN = "model:\n  classifier: compact\ntrain:\n  epochs: 2\n"


@pytest.fixture
def runs_dir(tmp_path, monkeypatch):
    """Return a folder with four runs, one of them broken, and other things."""
    folder = tmp_path / "runs"
    monkeypatch.setenv("STNCTL_RUNS_DIR", str(folder))
    write_run(folder / "cnn", config=CNN, accuracies=(0.5, 0.75), test=0.75)
    write_run(folder / "stn", config=RTS, accuracies=(0.5, 0.7, 0.875), test=0.9, seed=7)
    write_run(folder / "down", config=RTS, accuracies=(0.25,), end="diverged")
    write_run(folder / "torn", config=CNN).run.write_text("{")
    (folder / "preview").mkdir()
    (folder / "notes.txt").touch()
    return folder


def listed(*arguments):
    """Return the names that ``stnctl runs ls --json`` lists."""
    code, stdout, error = outcome("runs", "ls", "--json", *arguments)
    assert code == 0, error
    return [run["name"] for run in json.loads(stdout)["runs"]]


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_ls_prints_a_table(runs_dir):
    code, stdout, stderr = outcome("runs", "ls", "--sort", "name")
    lines = [" ".join(line.split()) for line in stdout.splitlines()]
    assert code == 0
    assert lines[0] == f"4 of 4 runs in {runs_dir}"
    assert lines[2].startswith("name age state data network parameters epochs validation accuracy")
    assert [re.sub(r" \d+ s ", " 0 s ", line) for line in lines[4:] if line] == [
        "cnn 0 s finished digits compact 1,234 2/2 75.00 % 25.00 % 3.5",
        "down 0 s diverged digits RTS affine + article 1,234 1/3 25.00 % - 3",
        "stn 0 s finished digits RTS affine + article 1,234 3/3 87.50 % 10.00 % 4",
        "torn - broken - compact - 2/2 75.00 % - 3.5",
    ]
    assert "torn is broken: " in stderr
    assert "run.json is not valid JSON" in stderr


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["--sort", "name"], ["cnn", "down", "stn", "torn"]),
        (["--sort", "name", "--reverse", "--limit", "2"], ["torn", "stn"]),
        (["--sort", "test_error"], ["stn", "cnn", "down", "torn"]),
        (["state=finished", "test_error<20%"], ["stn"]),
        (["name=?[not]n", "--sort", "name"], ["cnn", "stn"]),
        (["data.distortion=RTS", "--sort", "name"], ["down", "stn"]),
        (["seed=7"], ["stn"]),
        (["state=running"], []),
    ],
)
def test_ls_sorts_and_selects(runs_dir, arguments, names):
    assert listed(*arguments) == names


def test_ls_shows_the_newest_first(runs_dir):
    for second, name in enumerate(("stn", "cnn", "down")):
        path = runs_dir / name / "run.json"
        record = json.loads(path.read_text()) | {"started": f"2026-11-30T10:00:0{second}Z"}
        path.write_text(json.dumps(record))
    assert listed() == ["down", "cnn", "stn", "torn"]


def test_ls_as_csv(runs_dir):
    write_run(runs_dir / "=cmd|x", config=CNN)
    code, stdout, _ = outcome("runs", "ls", "--csv", "--sort", "name")
    rows = list(csv.DictReader(io.StringIO(stdout)))
    assert code == 0
    assert [row["name"] for row in rows] == ["'=cmd|x", "cnn", "down", "stn", "torn"]
    assert (rows[3]["test_error"], rows[3]["seed"], rows[2]["test_error"]) == (
        str(summarize_runs(runs_dir)[3].test_error),
        "7",
        "",
    )


@pytest.mark.parametrize("arguments", [["ls"], ["ls", "state=running"]])
def test_ls_of_nothing(tmp_path, arguments):
    folder = str(tmp_path / "none")
    assert outcome("runs", *arguments, "--runs-dir", folder) == (
        0, "", f"0 runs in {folder}, none to show\n",
    )  # fmt: skip
    assert json.loads(outcome("runs", *arguments, "--runs-dir", folder, "--json")[1]) == {
        "runs": []
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ls", "--sort", "tset_error"], "did you mean test_error?"),
        (["ls", "--json", "--csv"], "--json and --csv exclude each other"),
        (["ls", "epochs"], "expected KEY=VALUE"),
        (["ls", "train.epocs=3"], "did you mean train.epochs?"),
        (["best", "--by", "name"], "--by: expected one of"),
        (["rm", "stn"], "confirm with --yes"),
        (["prune", "--keep-best", "1"], "confirm with --yes"),
    ],
)
def test_runs_rejects(runs_dir, arguments, message):
    code, stdout, error = outcome("runs", *arguments)
    assert (code, stdout) == (2, "")
    assert message in error


@pytest.mark.parametrize("name", ["show", "diff", "rm"])
def test_runs_suggests_a_near_name(runs_dir, name):
    names = ["stn", "snt"] if name == "diff" else ["snt"]
    code, _, error = outcome("runs", name, *names)
    assert code == 3
    assert "no run 'snt'" in error
    assert "did you mean stn?" in error


def test_show_prints_facts_and_epochs(runs_dir):
    code, stdout, _ = outcome("runs", "show", "stn")
    lines = [" ".join(line.split()) for line in stdout.splitlines()]
    assert code == 0
    assert lines[0] == "stn: finished"
    assert "network affine + article, 1,234 parameters" in lines
    assert "epochs 3 of 3, the best one is 3, 4 s each" in lines
    assert "test error 10.00 %, loss 0.25" in lines
    assert "command stnctl train" in lines
    assert "3 0.3333 50.00 % 0.6667 87.50 %" in lines


@pytest.mark.parametrize(
    ("end", "test", "step"),
    [
        ("interrupted", None, "stnctl train --resume"),
        ("end", None, "stnctl eval"),
        ("end", 0.5, ""),
    ],
)
def test_show_suggests_a_next_step(runs_dir, end, test, step):
    run = write_run(runs_dir / "new", config=CNN, end=end, test=test)
    _, _, stderr = outcome("runs", "show", "new")
    assert stderr == (f"next  {step} {run.path}\n" if step else "")


def test_show_as_json(runs_dir):
    document = json.loads(outcome("runs", "show", "stn", "--json")[1])
    assert document["config"]["train"] == {"epochs": 3}
    assert [row["epoch"] for row in document["metrics"]] == [1, 2, 3]
    assert [event["event"] for event in document["events"]] == ["start", "end"]
    assert document["bytes"] > 1000


def test_show_of_a_broken_run(runs_dir):
    code, stdout, _ = outcome("runs", "show", "torn")
    assert code == 0
    assert "torn: broken" in stdout
    assert "run.json is not valid JSON" in stdout
    assert json.loads(outcome("runs", "show", "torn", "--json")[1])["events"] == []


def test_diff_prints_configuration_and_results(runs_dir):
    code, stdout, _ = outcome("runs", "diff", "cnn", "stn")
    lines = [" ".join(line.split()) for line in stdout.splitlines()]
    assert code == 0
    assert "train.epochs 2 3" in lines
    assert "data.distortion none RTS" in lines
    assert "model.classifier compact article" in lines
    assert "validation accuracy 75.00 % 87.50 % +12.50 %" in lines
    assert "parameters 1,234 1,234 0" in lines


def test_diff_as_json(runs_dir):
    document = json.loads(outcome("runs", "diff", "cnn", "stn", "--json")[1])
    assert document["config"]["train.epochs"] == [2, 3]
    assert document["config"]["seed"] == [0, 7]
    assert [run["name"] for run in document["runs"]] == ["cnn", "stn"]
    assert document["environment"] == []


def test_diff_of_versions_and_of_equal_configs(runs_dir):
    for name, version in (("cnn", "1.0"), ("stn", "2.0")):
        path = runs_dir / name / "run.json"
        record = json.loads(path.read_text()) | {"environment": {"stnctl": version}}
        path.write_text(json.dumps(record))
    shutil.copy(runs_dir / "cnn" / "config.yaml", runs_dir / "stn")
    _, stdout, _ = outcome("runs", "diff", "cnn", "stn")
    assert "the configurations are equal" in stdout
    assert "environment: stnctl 1.0 -> 2.0" in stdout


def test_diff_rejects_a_broken_run(runs_dir):
    assert outcome("runs", "diff", "cnn", "torn")[0] == 3


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ([], "stn"),
        (["--by", "test_error"], "stn"),
        (["--by", "loss"], "stn"),
        (["--by", "epoch_seconds"], "down"),
        (["model.transformer=null"], "cnn"),
    ],
)
def test_best_prints_a_path(runs_dir, arguments, name):
    assert outcome("runs", "best", *arguments)[:2] == (0, f"{runs_dir / name}\n")
    document = json.loads(outcome("runs", "best", *arguments, "--json")[1])
    assert document["name"] == name


def test_best_without_a_value(runs_dir):
    code, stdout, error = outcome("runs", "best", "name=down", "--by", "test_error")
    assert (code, stdout) == (3, "")
    assert "has a test_error" in error
    assert "stnctl eval" in error


def test_rm_removes_runs(runs_dir):
    code, stdout, _ = outcome("runs", "rm", "stn", "cnn", "stn", "--yes")
    assert code == 0
    assert stdout == f"removed {runs_dir / 'stn'}\nremoved {runs_dir / 'cnn'}\n"
    assert names_in(runs_dir) == ["down", "notes.txt", "preview", "torn"]
    assert outcome("runs", "rm", "torn", "--yes")[0] == 0


def test_rm_as_json(runs_dir):
    shown = json.loads(outcome("runs", "rm", "stn", "--dry-run", "--json")[1])
    done = json.loads(outcome("runs", "rm", "stn", "--yes", "--json")[1])
    assert (shown["removed"], done["removed"]) == ([], [str(runs_dir / "stn")])
    assert shown["runs"][0]["name"] == done["runs"][0]["name"] == "stn"
    assert shown["bytes"] == done["bytes"] > 0


@pytest.mark.parametrize(
    ("name", "code"),
    [("preview", 3), ("notes.txt", 3), ("st", 3), ("", 3), ("link", 3), ("..", 3), ("*", 3)],
)
def test_rm_removes_nothing_else(runs_dir, tmp_path, name, code):
    """Nothing is removed, not even the runs before the wrong name."""
    shutil.move(runs_dir / "cnn", tmp_path / "elsewhere")
    (runs_dir / "link").symlink_to(tmp_path / "elsewhere")
    before = names_in(runs_dir)
    assert outcome("runs", "rm", "stn", name, "--yes")[0] == code
    assert names_in(runs_dir) == before
    assert RunDirectory(tmp_path / "elsewhere").is_run


def test_rm_leaves_a_running_run(runs_dir):
    with run_lock(RunDirectory(runs_dir / "cnn")):
        code, _, error = outcome("runs", "rm", "stn", "cnn", "--yes")
    assert code == 4
    assert "cnn is training: nothing was removed" in error
    assert RunDirectory(runs_dir / "stn").is_run


def test_prune_keeps_the_best(runs_dir):
    write_run(runs_dir / "busy", config=CNN, accuracies=(0.1,))
    before = names_in(runs_dir)
    with run_lock(RunDirectory(runs_dir / "busy")):
        code, stdout, _ = outcome("runs", "prune", "--keep-best", "1", "--dry-run")
        assert code == 0
        assert stdout.startswith("would remove 2 runs, 0.0 MB; nothing was removed")
        assert names_in(runs_dir) == before
        assert outcome("runs", "prune", "--keep-best", "1", "--yes")[0] == 0
    assert names_in(runs_dir) == ["busy", "notes.txt", "preview", "stn", "torn"]


def test_prune_counts_only_selected_runs(runs_dir):
    assert outcome("runs", "prune", "data.distortion=RTS", "--keep-best", "1", "-y")[0] == 0
    assert names_in(runs_dir) == ["cnn", "notes.txt", "preview", "stn", "torn"]
    code, stdout, error = outcome("runs", "prune", "--keep-best", "9", "--yes")
    assert (code, stdout) == (0, "")
    assert error == f"note  {runs_dir / 'torn'} is broken, and stays\nthere is nothing to remove\n"


def test_rm_after_the_answer_no(runs_dir, monkeypatch):
    monkeypatch.setattr(console, "ask", lambda question: False)
    code, stdout, error = outcome("runs", "rm", "stn")
    assert (code, stdout) == (0, "")
    assert error.endswith("nothing was removed\n")
    assert RunDirectory(runs_dir / "stn").is_run


HOSTILE = "\x1b[2J\x1b]0;x\x07\u202e\n=1+1"


def test_runs_prints_no_control_characters(runs_dir):
    """Names, data, configurations and metrics of untrusted runs are shown as escapes."""
    text = json.dumps(HOSTILE)
    config = f"model:\n  classifier: {text}\ndata:\n  distortion: {text}\ntrain: {text}\n"
    run = write_run(runs_dir / HOSTILE, config="", argv=[HOSTILE], environment={"stnctl": HOSTILE})
    run.config.write_text(f"schema_version: 2\n{config}")
    run.metrics.write_text(f'{{"epoch": {text}, "loss": {text}, "step": 1}}\n')
    run.times.write_text(f'{{"seconds": {text}}}\n')
    lines = [
        ["ls"], ["ls", "--json"], ["ls", "--csv"], ["show", HOSTILE], ["best"], ["best", "--json"],
        ["diff", HOSTILE, "stn"], ["ls", f"train.epochs={HOSTILE}"], ["rm", HOSTILE, "--dry-run"],
        ["show", f"{HOSTILE[:5]}z"],
    ]  # fmt: skip
    for line in lines:
        _, stdout, _ = outcome("runs", *line)
        assert {*stdout} & {*"\x1b\x07\u202e"} == set(), line
    assert outcome("runs", "rm", HOSTILE, "--yes")[0] == 0
    assert not run.path.exists()


@pytest.mark.parametrize("value", ["1e308", "-5", "10" * 99, "null", '"x"', "[]"])
def test_ls_of_hostile_numbers(runs_dir, value):
    """They are unknown, or printed; none stops the list."""
    run = RunDirectory(runs_dir / "stn")
    run.metrics.write_text(f'{{"epoch": {value}, "loss": {value}}}\n')
    run.times.write_text(f'{{"seconds": {value}}}\n' * 2)
    for line in (["ls"], ["ls", "--json"], ["show", "stn"], ["diff", "cnn", "stn"], ["best"]):
        assert outcome("runs", *line)[0] == 0, line


def test_summarize_runs_is_fast(tmp_path):
    """1,000 runs take less than a second; `benchmarks/list_runs.py` has the whole command."""
    for number in range(100):
        write_run(tmp_path / f"run-{number}", config=f"{RTS}  batch_size: {number}\n", seed=number)
    clock = time.process_time()
    assert len(summarize_runs(tmp_path)) == 100
    assert time.process_time() - clock < 0.25
