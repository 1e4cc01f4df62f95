"""The page of the gallery is that of its script, and its images are small."""

import re
from pathlib import Path

import pytest

from benchmarks.gallery import DOCS, FIGURES, IMAGES, Figure, page

PAGE = (DOCS / "gallery.md").read_text(encoding="utf-8")
MAX_BYTES = 150_000


def test_page_is_that_of_the_script():
    """A figure without a result, such as that of classes that are never confused, may be absent."""
    shown = [each for each in FIGURES if f"({_link(each)})" in PAGE]
    assert len(shown) > 10
    assert "\n".join(page(shown, "mnist")) == PAGE


@pytest.mark.parametrize("link", re.findall(r"!\[.*\]\((.*)\)", PAGE))
def test_image_is_small(link):
    assert 5_000 < (DOCS / link).stat().st_size < MAX_BYTES


def test_images_are_all_shown():
    assert {Path(link).name for link in re.findall(r"\((images/gallery/.*)\)", PAGE)} == {
        path.name for path in IMAGES.iterdir()
    }


def _link(figure: Figure) -> str:
    return f"images/gallery/{figure.image}"
