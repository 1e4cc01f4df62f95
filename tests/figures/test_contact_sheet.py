import numpy as np
import pytest

from stnctl.figures.contact_sheet import SIDE, TEXT, SheetRow, contact_sheet_png
from stnctl.figures.raster import FIRST, SECOND
from tests.figures.png_areas import areas, decode, height, near, width

BLUE = "#0000ff"


def blue(rows=28, columns=28):
    image = np.zeros((rows, columns, 3))
    image[..., 2] = 1
    return image


def boxes(rows, color=BLUE, title="x"):
    pixels = decode(contact_sheet_png(rows, title=title))
    return pixels, areas(near(pixels, color), larger_than=20)


@pytest.mark.parametrize(("side", "dots"), [(12, 120), (28, 112), (42, 126), (60, 120), (512, 128)])
def test_sheet_enlarges_by_whole_numbers(side, dots):
    pixels, found = boxes(
        [SheetRow("0", [blue(side, side)] * 3), SheetRow("1", [blue(side, side)] * 2)]
    )
    assert len(found) == 5
    assert {(width(box), height(box)) for box in found} == {(dots, dots)}
    assert len({box[0].start for box in found}) == 2
    assert len({box[1].start for box in found}) == 3
    assert dots <= SIDE
    assert pixels.shape[1] < 3 * 140 + 100


def test_sheet_shows_all_images_at_one_scale():
    """A smaller image is centered in its place."""
    _, (large, small) = boxes([SheetRow("0", [blue(14), blue(56)])])
    assert (height(small), height(large)) == (14 * 2, 56 * 2)
    assert small[1].stop < large[1].start
    _, (first, second) = boxes([SheetRow("0", [blue(30, 60)]), SheetRow("1", [blue(60, 20)])])
    assert (width(first), height(first)) == (120, 60)
    assert (width(second), height(second)) == (40, 120)
    middles = [(box[1].start + box[1].stop) / 2 for box in (first, second)]
    assert middles[0] == pytest.approx(middles[1], abs=1)


def test_sheet_leaves_places_empty():
    _, found = boxes(
        [SheetRow("0", [blue(), None, blue()]), SheetRow("1", [blue(), blue(), blue()])]
    )
    columns = [box[1].start for box in found]
    assert columns == [columns[0], columns[4], columns[0], columns[3], columns[4]]


def test_sheet_keeps_rows_columns_and_values():
    """Row 0 is at the top, column 0 at the left; 0 is black and 1 is white."""
    image = np.full((4, 4, 1), 0.5)
    image[0, 1], image[3, 0], image[2, 2] = 1, 0, 7
    pixels = decode(contact_sheet_png([SheetRow("", [blue(4, 4), image])], title=""))
    [box] = areas(near(pixels, BLUE))
    side = width(box) / 4
    left = box[1].start + width(box) + 8
    for row, column in np.ndindex(4, 4):
        y, x = int(box[0].start + (row + 0.5) * side), int(left + (column + 0.5) * side)
        expected = 255 * min(image[row, column, 0], 1)
        np.testing.assert_allclose(pixels[y, x], expected, atol=1)


def test_sheet_colors_two_channels():
    image = np.zeros((10, 10, 2))
    image[:5, :, 0], image[5:, :, 1] = 1, 1
    pixels = decode(contact_sheet_png([SheetRow("", [image])], title=""))
    [upper] = areas((pixels == FIRST).all(axis=-1))
    [lower] = areas((pixels == SECOND).all(axis=-1))
    assert upper[0].stop == lower[0].start


def inked(pixels, rows, columns):
    """Return whether any pixel there is dark."""
    return bool((pixels[rows, columns] < 200).any())


def test_sheet_writes_labels_and_texts_beside_their_images():
    rows = [
        SheetRow("0", [blue(), blue()], above=["", "epoch 1"], below=["1 + 2 = 3", ""]),
        SheetRow("1", [blue(), blue()]),
    ]
    pixels, (first, second, third, fourth) = boxes(rows)
    above, below = (
        slice(first[0].start - 20, first[0].start),
        slice(first[0].stop, first[0].stop + 20),
    )
    assert [inked(pixels, above, box[1]) for box in (first, second)] == [False, True]
    assert [inked(pixels, below, box[1]) for box in (first, second)] == [True, False]
    between = slice(first[0].stop + 24, third[0].start)
    assert not inked(pixels, between, slice(None))
    assert inked(pixels, first[0], slice(0, first[1].start))
    assert inked(pixels, third[0], slice(0, third[1].start))
    assert not inked(pixels, slice(fourth[0].stop, None), slice(None))


def test_sheet_separates_texts_of_narrow_images():
    _, (first, second) = boxes([SheetRow("0", [blue(60, 4)] * 2, above=["9 + 9 = 18"] * 2)])
    assert second[1].start - first[1].start >= TEXT


@pytest.mark.parametrize("title", ["x", "one\ntwo", "w" * 120, "a $name$ of\\any {kind} \udc80"])
def test_sheet_shows_its_title_whole(title):
    pixels, found = boxes([SheetRow("a long label", [blue()])], title=title)
    assert len(found) == 1
    for margin in (pixels[:5], pixels[-5:], pixels[:, :5], pixels[:, -5:]):
        assert (margin == 255).all()
    assert inked(pixels, slice(0, found[0][0].start), slice(None))


def test_sheet_draws_non_finite_values_black():
    image = np.full((4, 4, 1), np.nan)
    pixels = decode(contact_sheet_png([SheetRow("", [image])], title=""))
    assert len(areas(near(pixels, "#000000", within=0), larger_than=10_000)) == 1
