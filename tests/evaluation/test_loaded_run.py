import numpy as np
import pytest

from stnctl.errors import DIVERGED_HINT, DivergedError, InputError
from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.runs.provenance import read_record
from stnctl.storage.json_files import write_json
from stnctl.training.setup import make_model
from tests.given_outputs import loaded_with
from tests.tiny import make_job, make_run

NUM = 10


class Overflowing:
    """Network whose logits overflow for the first two of ten images."""

    def __init__(self, value):
        self.value = value

    def __call__(self, U):
        logits = np.zeros((len(U), 3), "float32")
        logits[:2, 1] = self.value
        return logits


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    return make_job(tmp_path_factory.mktemp("loaded"))


@pytest.fixture
def loaded(job, tmp_path):
    """Return a function that loads a run of this user, or of another user, with a given model."""

    def make(model, *, own=True):
        run = make_run(job, tmp_path)
        record = read_record(run)
        if not own:
            write_json(run.run, record | {"data": record["data"] | {"mark": None}})
        if callable(getattr(model, "get_layer", None)):
            return LoadedRun(run, job, model, num_epochs=1)
        return loaded_with(run, job, model)

    return make


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize(
    ("own", "kind", "code"), [(True, DivergedError, 5), (False, InputError, 3)]
)
def test_predict_rejects_logits_that_are_not_finite(loaded, value, own, kind, code):
    run = loaded(Overflowing(value), own=own)
    expected = r"runs/x: expected finite logits, got infinity or NaN for 2 of 10 images"
    with pytest.raises(kind, match=expected) as error:
        run.predict(run.job.examples("test"), np.arange(NUM))
    assert error.value.exit_code == code
    assert (error.value.hint == DIVERGED_HINT) is own


@pytest.mark.parametrize("value", [3e38, -3e38, 1e30])
def test_predict_returns_extreme_logits(loaded, value):
    run = loaded(Overflowing(value))
    logits = run.predict(run.job.examples("test"), np.arange(NUM))
    assert logits[0, 1] == np.float32(value)


def test_predict_rejects_a_theta_that_is_not_finite(loaded, job, keras_backend):
    """The weights and the logits are finite, but theta overflows: the points are outside of U."""
    model = make_model(job)
    theta = model.get_layer("theta")
    theta.set_weights([np.full_like(array, 3e38) for array in theta.get_weights()])
    run = loaded(model)
    examples = job.examples("test", compiled=True)
    assert np.isfinite(model.predict_on_batch(examples.inputs(np.arange(NUM)))).all()
    for intermediates in (False, True):
        with pytest.raises(DivergedError, match=r"finite theta, got .* for 10 of 10 images"):
            run.predict(examples, np.arange(NUM), intermediates=intermediates)
