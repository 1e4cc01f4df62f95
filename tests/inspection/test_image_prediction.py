import numpy as np
import pytest

from stnctl.data.image_files.image_io import Image
from stnctl.errors import InputError, UsageError
from stnctl.evaluation.classification_metrics import log_probabilities
from stnctl.inspection.image_prediction import (
    default_preparation,
    predict_images,
    predictions_figure,
)
from tests.figures.png_areas import decode
from tests.inspection.networks import INNER, PAIR, SHIFTED, job_of, loaded, model_of
from tests.tiny import SIDE

pytestmark = pytest.mark.usefixtures("keras_backend")


def gray(pixels):
    return Image(np.asarray(pixels, np.uint8)[..., None], "L", ())


@pytest.fixture
def images():
    generator = np.random.default_rng(5)
    return {f"{n}.png": gray(generator.integers(0, 256, (SIDE, SIDE))) for n in range(3)}


def run_of(folder, model, *thetas, overrides=()):
    job = job_of(folder, model, *overrides)
    return loaded(job, model_of(job, *thetas))


@pytest.mark.parametrize("pixels", ["unit", "raw"])
def test_an_image_that_needs_no_preparation(tmp_path, images, pixels):
    """The probabilities are those of the network for these pixels."""
    run = run_of(tmp_path, {}, SHIFTED, overrides=(f"data.pixels={pixels}",))
    found = predict_images(run, images, "none")
    U = np.stack([image.stored for image in images.values()]).astype("float32")
    U /= 255 if pixels == "unit" else 1
    np.testing.assert_allclose(found.U, U, rtol=1e-6)
    logits = run.model.predict(U, verbose=0)
    np.testing.assert_allclose(found.probabilities, np.exp(log_probabilities(logits)), rtol=1e-4)
    np.testing.assert_array_equal(found.predicted, logits.argmax(axis=1))
    [first, *_] = found.documents()
    assert first["image"] == "0.png"
    assert first["probability"] == pytest.approx(first["probabilities"][first["predicted"]])
    assert first["theta"]["spatial_transformer"] == pytest.approx(SHIFTED)
    [(best, share), (_, other)] = found.ranked(0, 2)
    assert (best, share >= other) == (first["predicted"], True)


def test_a_digit_is_put_into_the_middle_of_the_canvas(tmp_path, images):
    run = run_of(tmp_path, {}, SHIFTED, overrides=("data.distortion={set: RTS, canvas: [20, 20]}",))
    margin = (20 - SIDE) // 2
    for prepare in ("digit", "fit"):
        found = predict_images(run, images, prepare)
        assert found.U.shape == (3, 20, 20, 1)
        outside = found.U.copy()
        outside[:, margin:-margin, margin:-margin] = 0
        assert not outside.any()
        assert found.U.max() > 0.5


@pytest.mark.parametrize("model", [{"transformer": None}, {}, PAIR, INNER])
def test_the_figure_of_each_kind_of_network(tmp_path, images, model):
    run = run_of(tmp_path, model)
    picture = decode(predictions_figure(run, images, predict_images(run, images, "fit")))
    assert min(picture.shape[:2]) > 300


def test_an_image_of_another_size(tmp_path):
    run = run_of(tmp_path, {})
    with pytest.raises(InputError, match=f"wide.png has 9x5 pixels, expected {SIDE}x{SIDE} with"):
        predict_images(run, {"wide.png": gray(np.zeros((5, 9)))}, "none")


def test_a_network_of_several_images(tmp_path, images):
    run = run_of(tmp_path, {}, overrides=("data.distortion=addition",))
    with pytest.raises(UsageError, match="takes 2 channels, made of images of 1: expected a net"):
        predict_images(run, images, "fit")


def test_default_preparation(tmp_path):
    assert default_preparation(run_of(tmp_path, {})) == "fit"
