import json

import numpy as np
import pytest

from stnctl.errors import UsageError
from stnctl.inspection.alignment_inspection import alignment_folder, inspect_alignment
from tests.image_files import size
from tests.inspection.networks import INNER, SEQUENCE, job_of, loaded, model_of

pytestmark = pytest.mark.usefixtures("keras_backend")

IDENTITY = [1.0, 0, 0, 0, 1, 0]


def inspect(folder, model, *thetas, distortion="R"):
    job = job_of(folder, model, f"data.distortion={distortion}")
    return inspect_alignment(loaded(job, model_of(job, *thetas)), split="test", checkpoint="best")


def test_the_identity_undoes_nothing(tmp_path):
    inspection = inspect(tmp_path, {}, IDENTITY)
    [[title, parts]] = inspection.alignments
    assert (title, list(parts)) == ("affine", ["rotation"])
    rotation = parts["rotation"]
    assert rotation["spread_after"] == pytest.approx(rotation["spread_before"], rel=1e-5)
    [transformer] = inspection.report["transformers"]
    known = [value for value in transformer["sharpness"] if value is not None]
    np.testing.assert_allclose(known, 1, rtol=1e-4)
    assert json.loads(inspection.files["alignment.json"]) == inspection.report
    path = tmp_path / "alignment.png"
    path.write_bytes(inspection.files["alignment.png"])
    assert min(size(path)) > 300


def test_each_transformer_has_a_figure(tmp_path):
    inspection = inspect(tmp_path, SEQUENCE, [0.0], [1.0, 0.0, 0.0])
    assert list(inspection.files) == ["alignment-1.png", "alignment-2.png", "alignment.json"]
    assert len(inspection.alignments) == 2


@pytest.mark.parametrize(
    ("model", "theta", "distortion"),
    [({}, IDENTITY, "E"), ({}, IDENTITY, "none"), (INNER, IDENTITY, "R")],
)
def test_a_network_or_a_distortion_without_an_alignment(tmp_path, model, theta, distortion):
    with pytest.raises(UsageError, match="has no alignment: it needs a transformer that samples"):
        inspect(tmp_path, model, theta, distortion=distortion)


def test_alignment_folder():
    assert alignment_folder("test", "best") == "test-alignment"
    assert alignment_folder("validation", "last") == "validation-last-alignment"
