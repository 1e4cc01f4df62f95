"""Pinned test sets of seed 0: the same in every version and on every machine.

The drawn numbers are exact (see test_counter_rng.py). Sines and logarithms of them may differ in
their last bits between machines, so thetas are hashed in millionths: far above these bits, and far
below a visible difference; no theta here is nearer than 9e-12 to a rounding boundary. Images may
differ by a little more, since they are computed in float32. Images that are only moved by whole
pixels are hashed in 255ths; of the others, a weighted sum is pinned, with another weight for each
pixel: a backend changes it by less than 1e-4, a single pixel by up to 1.
"""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from stnctl.config.distortion_sets import SETS
from stnctl.config.load import parse_config
from stnctl.data.dataset import Split
from stnctl.data.distortions.distortion_spec import distortion_spec
from stnctl.data.sources.dataset_loader import load_dataset
from stnctl.data.sources.mnist import find_mnist
from stnctl.data.split_view import SplitView, make_split_view

MNIST = Path(__file__).parents[3] / "shared" / "data" / "mnist.npz"

DIGITS = {
    "R": "5e5382032906f6afe75e6875e549e8f8a1be793b41b6a328105c7ca424c99e00",
    "RTS": "22d133462892ad8945536d87dd32b324c3580d6a8454459086dc34331ba58d84",
    "P": "3d05f9e528d75a8ae4dec5f439816375d1ec3f99e7ef5edc09b0eb8f8bd871d9",
    "E": "cfb6762bc0a91c149aca3ee0d0c08cd339320ec4b3322728e4f2653174f3011f",
    "T": "b6c32a5c24309925eef4f691194f87206911e938b07ad3d584c02fd4b1a7438c",
    "TC": "e436d39d721def09ee9567f74fdf808884bf68dcc251fadc4981ba2bacfe4102",
    "addition": "6139750c296d4e91fe6312ed596b9fa990d789c1191a3d97fb5a8f7363dd1862",
}
"""Thetas, crops, and labels of the embedded digits."""

SUMS = {
    "R": -6.5987,
    "RTS": -8.0417,
    "P": 0.4885,
    "E": 3.4521,
    "addition": 10.5882,
}
"""Sums of the images of the embedded digits, each pixel times the cosine of its index."""

PIXELS = {
    "T": "82bea8970d36d0452e796d4a84ed15ef5be98d292fe089c3a43bc8e2f1daf0a2",
    "TC": "bf849926cdfbae7af74fa08e20ca16d147d37cf9fe0a4c5539df6836cb5d37e4",
}
"""Images of the embedded digits that are only moved by whole pixels."""

MNIST_DIGITS = {
    "R": "3d90d156f0ac933315fbce84a9a98e3823b852950f17ca6be276a0d28ab15aeb",
    "TC": "20f12f821a17a2bea4e598a045dea9ca6128ca44350361b03043ed9e8f41f0e7",
}
"""Thetas, crops, and labels of MNIST."""


def digest(arrays):
    """Return the sha256 of the shapes and the values, which are whole numbers."""
    sha256 = hashlib.sha256()
    for array in arrays:
        sha256.update(f"{array.shape}\n".encode())
        sha256.update(np.ascontiguousarray(array, "<i8").data.cast("B"))
    return sha256.hexdigest()


def drawn(epoch):
    """Return the digest of the labels, thetas and crops of an epoch."""
    arrays = [epoch.labels]
    for image in epoch.distortions:
        arrays += [
            image.image_indices,
            *(np.rint(stage.theta * 1e6).astype("<i8") for stage in image.theta_stages),
        ]
        if image.crops is not None:
            arrays += [
                image.crops.image_indices,
                image.crops.image_corners,
                image.crops.canvas_corners,
            ]
    return digest(arrays)


@pytest.fixture(scope="module")
def digits():
    """Return the test sets of the embedded digits, by the names of the sets."""
    epochs = {}
    for name in DIGITS:
        config = parse_config(f"data: {{source: digits, distortion: {name}}}", where="c")
        epochs[name] = make_split_view(config, load_dataset(config.data), "test").examples()
    return epochs


def test_all_sets_are_pinned():
    assert ["none", *DIGITS] == list(SETS)
    assert sorted([*SUMS, *PIXELS]) == sorted(DIGITS)


@pytest.mark.parametrize("name", DIGITS)
def test_thetas_of_digits_are_pinned(digits, name):
    assert len(digits[name]) == 359
    assert drawn(digits[name]) == DIGITS[name]


@pytest.mark.parametrize("name", PIXELS)
def test_pixels_of_moved_digits_are_pinned(digits, name):
    U = 255 * digits[name].inputs(np.arange(359)).astype(np.float64)
    assert np.abs(U - np.rint(U)).max() < 0.01
    assert digest([np.rint(U)]) == PIXELS[name]


@pytest.mark.parametrize("name", SUMS)
def test_sums_of_digits_are_pinned(digits, name):
    U = digits[name].inputs(np.arange(359)).astype(np.float64)
    total = np.sum(U.ravel() * np.cos(np.arange(U.size)))
    assert total == pytest.approx(SUMS[name], abs=1e-3)


@pytest.mark.parametrize("name", MNIST_DIGITS)
def test_thetas_of_mnist_are_pinned(name):
    arrays = find_mnist(MNIST)
    if arrays is None:
        pytest.skip(f"no MNIST at {MNIST}")
    split = Split(arrays.x_test, arrays.y_test)
    assert (
        drawn(SplitView(split, "test", distortion_spec(SETS[name]())).examples())
        == MNIST_DIGITS[name]
    )
