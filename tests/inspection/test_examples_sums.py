import numpy as np
import pytest

from stnctl.data.split_view import SplitView
from stnctl.inspection.examples import sum_terms
from stnctl.inspection.inspected_example import format_sum
from tests.data.distortions.examples import SPECS, noise

INDICES = np.array([7, 0, 31])


def test_sum_terms_add_up_to_the_labels():
    examples = SplitView(noise(40), "test", SPECS["addition"]).examples()
    terms = sum_terms(examples, INDICES)
    assert terms.shape == (3, 2)
    np.testing.assert_array_equal(terms.sum(axis=1), examples.labels[INDICES])
    np.testing.assert_array_equal(terms[:, 0], INDICES % 10)


def test_sum_terms_of_single_images_are_none():
    assert sum_terms(SplitView(noise(40), "test", SPECS["R"]).examples(), INDICES) is None
    assert sum_terms(SplitView(noise(40), "test").examples(), INDICES) is None


@pytest.mark.parametrize(
    ("terms", "text"), [([1, 8], "1 + 8 = 9"), (np.array([9, 9, 0]), "9 + 9 + 0 = 18")]
)
def test_format_sum(terms, text):
    assert format_sum(terms) == text
