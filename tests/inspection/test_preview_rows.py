import numpy as np
import pytest

from stnctl.data.dataset import Split
from stnctl.data.distortions.distortion_spec import UNDISTORTED
from stnctl.data.split_view import SplitView
from stnctl.inspection.preview_rows import (
    MAX_CLASSES,
    NUM_DRAWN,
    class_rows,
    draws_differ,
    example_rows,
    pixel_statistics,
)
from tests.data.distortions.examples import SPECS, noise

NAMES = tuple(map(str, range(200)))
ROTATED, ADDED = SPECS["R"], SPECS["addition"]


def view_of(spec, name="train", size=40, labels=None):
    split = noise(size)
    return SplitView(split if labels is None else Split(split.images, labels), name, spec)


@pytest.mark.parametrize(
    ("name", "spec", "differ"),
    [("train", ROTATED, True), ("test", ROTATED, False), ("train", UNDISTORTED, False)],
)
def test_draws_differ(name, spec, differ):
    assert draws_differ(view_of(spec, name)) == differ


def test_example_rows_of_training_images_are_epochs():
    """Image 3 is the first of class 3; its row has this image in each epoch."""
    view = view_of(ROTATED)
    rows = example_rows(view, NAMES)
    assert [row.label for row in rows] == [str(label) for label in range(10)]
    assert rows[0].above == ["stored", *(f"epoch {n}" for n in range(1, NUM_DRAWN + 1))]
    assert not any(row.above for row in rows[1:])
    assert not any(row.below for row in rows)
    stored, *drawn = rows[3].images
    np.testing.assert_array_equal(stored, view.split.images[3] / np.float32(255))
    assert len(drawn) == NUM_DRAWN
    for number, image in enumerate(drawn):
        np.testing.assert_array_equal(image, view.examples(number).inputs(np.array([3]))[0])
    assert not np.array_equal(drawn[0], drawn[1])


def test_example_rows_of_test_images_are_images_of_a_class():
    """Class 3 has the images 3, 13, 23 and 33 only."""
    view = view_of(ROTATED, "test")
    rows = example_rows(view, NAMES)
    stored, *drawn = rows[3].images
    np.testing.assert_array_equal(stored, view.split.images[3] / np.float32(255))
    np.testing.assert_array_equal(drawn, view.examples().inputs(np.array([3, 13, 23, 33])))
    assert rows[0].above[:4] == ["stored", "drawn", "others", ""]
    assert len(rows[0].above) == 1 + NUM_DRAWN


def test_example_rows_of_plain_images_have_no_stored_image():
    view = view_of(UNDISTORTED)
    rows = example_rows(view, NAMES)
    assert not any(row.above or row.below for row in rows)
    np.testing.assert_array_equal(rows[3].images, view.examples().inputs(np.array([3, 13, 23, 33])))


@pytest.mark.parametrize("name", ["train", "test"])
def test_example_rows_have_sums_below(name):
    view = view_of(ADDED, name)
    rows = example_rows(view, NAMES)
    assert [row.label for row in rows] == [str(label) for label in range(10)]
    epoch = view.examples()
    for index, row in enumerate(rows):
        other = view.split.labels[epoch.distortions[1].image_indices[index]]
        assert row.below[:2] == ("", f"{index} + {other} = {epoch.labels[index]}")
        assert len(row.below) == len(row.images)
        assert row.images[1].shape == (42, 42, 2)


def test_example_rows_have_at_most_max_classes():
    rows = example_rows(view_of(ROTATED, labels=np.arange(40) * 3), NAMES)
    assert [row.label for row in rows] == [str(3 * n) for n in range(MAX_CLASSES)]


def test_pixel_statistics_of_several_chunks():
    view = view_of(UNDISTORTED, size=600, labels=np.arange(600) % 7)
    indices, labels = np.arange(5, 600), np.array([2, 6])
    found = pixel_statistics(view.examples(), indices, labels)
    for k, label in enumerate(labels):
        U = view.examples().inputs(indices[view.split.labels[indices] == label])
        for array, expected in zip(found, (U.min(0), U.mean(0), U.max(0)), strict=True):
            np.testing.assert_allclose(array[k], expected, atol=1e-6)


def test_class_rows_are_in_bands_of_ten():
    """There are more than 10 sums, in two bands."""
    epoch = view_of(ADDED).examples()
    labels = np.unique(epoch.labels)
    assert len(labels) > 10
    rows = class_rows(epoch, np.arange(40), NAMES)
    assert [row.label for row in rows] == ["min", "mean", "max"] * 2
    assert [text for row in rows[::3] for text in row.above] == [str(label) for label in labels]
    least, mean, largest = pixel_statistics(epoch, np.arange(40), labels)
    np.testing.assert_array_equal(rows[0].images, least[:10])
    np.testing.assert_array_equal(rows[4].images, mean[10:])
    np.testing.assert_array_equal(rows[5].images, largest[10:])


@pytest.mark.parametrize(
    ("brightness", "label", "shown"),
    [
        ((40, 40, 40), "mean\n×6", (240, 240, 240)),
        ((40, 50, 255), "mean\n×5", (200, 250, 255)),  # a rare bright class does not darken all
        ((150, 200, 255), "mean", (150, 200, 255)),
        ((0, 0, 0), "mean", (0, 0, 0)),
    ],
)
def test_class_rows_brighten_dark_means(brightness, label, shown):
    """Minimum and maximum are not brightened."""
    images = np.zeros((3, 4, 5, 1), np.uint8)
    images[:, 1, 2, 0] = brightness
    rows = class_rows(
        SplitView(Split(images, np.arange(3)), "test").examples(), np.arange(3), NAMES
    )
    assert [row.label for row in rows] == ["min", label, "max"]
    for row, expected in zip(rows, (brightness, shown, brightness), strict=True):
        values = [image[1, 2, 0] * 255 for image in row.images]
        np.testing.assert_allclose(values, expected, rtol=1e-6)


def test_class_rows_have_selected_classes_only():
    rows = class_rows(view_of(ROTATED).examples(), np.array([4, 7, 14]), NAMES)
    assert rows[0].above == ["4", "7"]
