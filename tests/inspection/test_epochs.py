import json
from dataclasses import replace

import numpy as np
import pytest

from stnctl.errors import InputError
from stnctl.inspection.epochs import evenly_chosen, inspect_epochs, read_epochs
from stnctl.runs.snapshots import Snapshots, write_snapshots
from tests.image_files import size
from tests.inspection.networks import INNER, STEPS, job_of
from tests.tiny import make_job, make_run

EPOCHS = [0, 1, 2, 4]


def snapshots_of(job, epochs=EPOCHS, indices=(5, 0, 3)):
    """Return snapshots of shifts that grow by one pixel (of 12) an epoch, along x."""
    labels = job.examples("validation").labels[list(indices)]
    shape = len(epochs), len(indices)
    theta = np.tile([1.0, 0, 0, 0, 1, 0], (*shape, 1))
    theta[..., 2] = np.array(epochs)[:, None] * 2 / 11
    return Snapshots(
        np.array(indices),
        np.array(epochs),
        np.tile(labels, (len(epochs), 1)).astype("int32"),
        np.full(shape, 0.5, "float32"),
        {each.name: theta.astype("float32") for each in job.network.transformers},
    )


@pytest.mark.parametrize("model", [{}, STEPS], ids=["one", "steps"])
def test_inspect_epochs(model, tmp_path):
    job = job_of(tmp_path, model)
    run = make_run(job, tmp_path)
    inspection = inspect_epochs(run, job, snapshots_of(job))
    assert inspection.report["epochs"] == EPOCHS
    assert [item["index"] for item in inspection.report["items"]] == [5, 0, 3]
    labels = job.examples("validation").labels
    for item in inspection.report["items"]:
        assert item["predicted"] == [labels[item["index"]]] * 4
        assert set(item["theta"]) == {each.name for each in job.network.transformers}
    np.testing.assert_allclose(inspection.warps, EPOCHS, atol=1e-5)
    assert json.loads(inspection.files["items.json"]) == inspection.report
    for name, magic in (("epochs.png", b"\x89PNG"), ("epochs.gif", b"GIF8")):
        (tmp_path / name).write_bytes(inspection.files[name])
        assert inspection.files[name].startswith(magic)
        assert size(tmp_path / name)[0] > 300


def test_read_epochs_of_a_run_without_snapshots(tmp_path):
    job = make_job(tmp_path)
    run = make_run(job, tmp_path)
    with pytest.raises(InputError, match=r"has no snapshots\.npz: the network") as error:
        read_epochs(run)
    assert error.value.hint == f"train again: stnctl train {run.config}"
    write_snapshots(run, snapshots_of(job))
    assert read_epochs(run).epochs.tolist() == EPOCHS


def test_inspect_epochs_rejects_what_does_not_fit(tmp_path):
    job = make_job(tmp_path)
    run = make_run(job, tmp_path)
    snapshots = snapshots_of(job)
    num_images = len(job.view("validation"))
    for changed, message in (
        (replace(snapshots, indices=np.array([0, 1, num_images])), f"has the image {num_images}"),
        (replace(snapshots, thetas={"other": np.zeros((4, 3, 6))}), "is not of the network"),
        (replace(snapshots, thetas={"spatial_transformer": np.zeros((4, 3, 2))}), "not of the net"),
    ):
        with pytest.raises(InputError, match=message):
            inspect_epochs(run, job, changed)
    inner = job_of(tmp_path, INNER)
    with pytest.raises(InputError, match="sample maps of features"):
        inspect_epochs(run, inner, snapshots_of(inner))


@pytest.mark.parametrize(
    ("count", "limit", "places"),
    [(1, 10, [0]), (4, 10, [0, 1, 2, 3]), (10, 4, [0, 3, 6, 9]), (100, 3, [0, 50, 99])],
)
def test_evenly_chosen(count, limit, places):
    assert evenly_chosen(count, limit) == places
