import pytest

from stnctl.figures.gallery import RIGHT, SIDE, WRONG, gallery_png
from tests.figures.png_areas import areas, decode, height, near, width

SIDE_PX = SIDE * 150
FACE = "#3a3a3a"


def draw_gallery(count, *, headings=("U",), right=None, title="runs/x: worst of test"):
    drawn = []
    data = gallery_png(
        lambda axes, n: drawn.append((n, len(axes))),
        headings=headings,
        captions=[f"caption {n}" for n in range(count)],
        right=[True] * count if right is None else right,
        title=title,
    )
    return decode(data), drawn


@pytest.mark.parametrize("headings", [("U",), ("U", "V")])
@pytest.mark.parametrize(
    ("count", "columns", "rows"), [(1, 1, 1), (2, 2, 1), (5, 3, 2), (9, 3, 3), (10, 4, 3)]
)
def test_gallery_has_a_cell_for_each_caption(count, columns, rows, headings):
    pixels, drawn = draw_gallery(count, headings=headings)
    assert drawn == [(n, len(headings)) for n in range(count)]
    cells = areas(near(pixels, FACE))
    assert len(cells) == count * len(headings)
    assert len({box[0].start for box in cells}) == rows
    assert len({box[1].start for box in cells}) == columns * len(headings)
    for box in cells:
        assert min(width(box), height(box)) >= 200
        assert width(box) == pytest.approx(SIDE_PX, abs=4)
        assert height(box) == pytest.approx(SIDE_PX, abs=4)


def test_gallery_separates_its_cells():
    pixels, _ = draw_gallery(4, headings=("U", "V"))
    first, second, third, *_ = areas(near(pixels, FACE))
    assert 10 <= second[1].start - first[1].stop <= third[1].start - second[1].stop
    assert first[0].start > 40  # room for the title


@pytest.mark.parametrize(
    ("right", "present", "absent"),
    [
        ([True, True], [RIGHT], [WRONG]),
        ([False], [WRONG], [RIGHT]),
        ([True, False], [RIGHT, WRONG], []),
    ],
)
def test_gallery_colors_its_captions(right, present, absent):
    pixels, _ = draw_gallery(len(right), right=right)
    for color in present:
        assert near(pixels, color).sum() > 10, color
    for color in absent:
        assert not near(pixels, color).any(), color


def test_gallery_puts_each_caption_below_its_cell():
    pixels, _ = draw_gallery(2, right=[True, False])
    for box, color in zip(areas(near(pixels, FACE)), (RIGHT, WRONG), strict=True):
        below = near(pixels, color)[box[0].stop : box[0].stop + 50, box[1]]
        assert below.sum() == near(pixels, color).sum()


@pytest.mark.parametrize("title", ["x", "one\ntwo\nthree", "w" * 120])
def test_gallery_shows_its_title_whole(title):
    """No letter of the title is cut off or overlaps a cell."""
    pixels, _ = draw_gallery(1, title=title)
    margins = pixels[:3], pixels[:, :3], pixels[:, -3:]
    assert all((margin == 255).all() for margin in margins)
    assert len(areas(near(pixels, FACE))) == 1
