import json

import pytest

from tests.pictures import size


def test_eval_writes_and_prints_numbers(workshop, in_workshop):
    done = in_workshop("eval", "stn", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["run"] == "stn"
    assert report["num_examples"] == 32
    assert sum(map(sum, report["confusion"])) == 32
    right = sum(row[index] for index, row in enumerate(report["confusion"]))
    assert report["accuracy"] == right / 32
    assert report["error_percent"] == pytest.approx(100 * (1 - right / 32))
    folder = workshop / "runs" / "stn" / "eval"
    assert report.pop("files") == ["runs/stn/eval/test.json", "runs/stn/eval/test.png"]
    assert json.loads((folder / "test.json").read_text()) == report
    assert min(size(folder / "test.png")) >= 400


def test_eval_names_a_run_by_latest_prefix_or_path(in_workshop):
    done = in_workshop("eval", "runs/stn", "--split", "validation", "--checkpoint", "last")
    assert done.returncode == 0, done.stderr
    assert "validation of tiny.npz, epoch 2" in done.stdout
    assert "recall" in done.stdout
    assert done.stdout.splitlines()[-1] == "runs/stn/eval/validation-last.png"
    assert done.stderr.splitlines()[-1] == "next  stnctl inspect runs/stn --bad 9"


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("eval", "stm"), 3, "did you mean stn?"),
        (("eval", "stn", "--split", "tset"), 2, "did you mean test?"),
        (("eval", "stn", "--checkpoint", "first"), 2, "best, last"),
        (("eval", "stn", "--data", "digits"), 3, "not the data that stn was trained on"),
        (("eval", "stn", "--data", "gone.npz"), 3, "gone.npz"),
    ],
)
def test_eval_rejects(in_workshop, args, code, message):
    done = in_workshop(*args)
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert done.stdout == ""
