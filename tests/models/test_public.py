import numpy as np
import pytest

import stnctl
from stnctl.errors import ConfigError
from stnctl.models.build import transformer_layers

LAYERS = {"classifier": [{"layer": "conv", "filters": 2}, {"layer": "transformer"}]}


def test_build_network_of_a_section_and_of_a_file(tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text("seed: 3\nmodel: {classifier: [{layer: conv, filters: 2}, transformer]}\n")
    from_file = stnctl.build_network(path, (26, 25, 2), 5)
    from_section = stnctl.build_network(LAYERS, (26, 25, 2), 5, seed=3)
    assert from_file.output_shape == (None, 5)
    assert len(transformer_layers(from_file)) == 1
    for first, second in zip(from_file.get_weights(), from_section.get_weights(), strict=True):
        np.testing.assert_array_equal(first, second)


def test_build_network_rejects_small_images():
    with pytest.raises(ConfigError, match=r"model\.classifier\[1\].*at least 3x3") as caught:
        stnctl.build_network(LAYERS, (9, 9, 1), 5)
    assert "images of at least" in (caught.value.hint or "")
