"""Pictures that the explorer offers to transform."""

from typing import TypedDict

from stnctl.reports.templating import png_url

TITLES = {
    "square": "Square",
    "horse": "Horse",
    "coffee": "Coffee",
    "checker": "Checkerboard",
    "digit:3": "Digit",
}
"""Name of a built-in image -> title on the page."""


class Sample(TypedDict):
    """Picture in the data of the page.

    Attributes:
        name: Name that ``stnctl warp`` takes.
        title: Title on the page.
        url: The picture as a PNG, in a data: address.
    """

    name: str
    title: str
    url: str


def samples() -> list[Sample]:
    """Return the pictures, in the order of the page."""
    return [Sample(name=name, title=title, url=_url(name)) for name, title in TITLES.items()]


def _url(name: str) -> str:
    from stnctl.data.image_files.builtin_images import builtin_image
    from stnctl.data.image_files.image_writer import encode_image

    image = builtin_image(name)
    return png_url(encode_image(image.pixels, image.mode, ".png"))
