from io import BytesIO

import pytest
from PIL import Image

from stnctl.errors import UsageError
from stnctl.inspection.morph import NUM_FRAMES, check_can_morph, morph_gif
from tests.inspection.networks import INNER, PAIR, ROTATED, inspected, job_of, loaded


def test_morph_gif(tmp_path, keras_backend):
    examples = inspected(job_of(tmp_path, {}), ROTATED)
    with Image.open(BytesIO(morph_gif(examples, title="x"))) as image:
        assert getattr(image, "n_frames", 1) == 2 * NUM_FRAMES - 2


@pytest.mark.parametrize(
    ("model", "found"),
    [
        ({"transformer": None}, "no transformer"),
        (PAIR, "spatial_transformer, spatial_transformer_2"),
        (INNER, "spatial_transformer"),
    ],
    ids=["none", "pair", "inner"],
)
def test_check_can_morph_rejects(model, found, tmp_path):
    with pytest.raises(UsageError, match=f"--animate: expected exactly one .* x has {found}$"):
        check_can_morph(loaded(job_of(tmp_path, model), None))
