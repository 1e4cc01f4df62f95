import hashlib

import pytest

from stnctl.evaluation.file_names import MAX_NAME, file_name, number_text
from stnctl.evaluation.robustness import DistortionOverride


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("RTS", "test-RTS"),
        ("{set: R, rotation: [-30, 30]}", "test-set_R_rotation_-30_30"),
        ("{set: R, rotation: [3.0, 30]}", "test-set_R_rotation_3.0_30"),
        ("[rotate, {step: scale, factor: [1, 2]}]", "test-rotate_step_scale_factor_1_2"),
        ("[]", "test-none"),
        ("", "test-none"),
    ],
)
def test_file_name_of_a_distortion(text, name):
    assert file_name(["test", DistortionOverride(text, ()).name]) == name


def test_file_name_of_long_texts_is_short_and_unique():
    """The texts differ at their end, and in a character that is replaced."""
    texts = [60 * "ab" + end for end in ("c", "d", "/", ":")]
    names = [file_name([text]) for text in texts]
    assert names[0] == (60 * "ab")[:91] + "-" + hashlib.sha256(texts[0].encode()).hexdigest()[:8]
    assert len(set(names)) == 4
    assert {len(name) for name in names} == {MAX_NAME}


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (-30.0, "-30"), (0.1, "0.1"), (1234567.0, "1234567")]
)
def test_number_text(value, text):
    assert number_text(value) == text
