"""ICC color profiles of images: kept in files that can hold them, or converted to sRGB."""

import io
import textwrap
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from PIL import Image as PillowImage

DEEP_MODES = ("I;16", "I;16L", "I;16B", "I;16N", "I", "F")
"""Modes in Pillow with one gray value of more than 8 bits for each pixel."""

_SPACES = {
    "1": "GRAY",
    "L": "GRAY",
    "LA": "GRAY",
    **dict.fromkeys(DEEP_MODES, "GRAY"),
    "RGB": "RGB",
    "RGBA": "RGB",
    "P": "RGB",
    "PA": "RGB",
    "YCbCr": "RGB",
    "CMYK": "CMYK",
}
"""Mode in Pillow -> color space of a profile that fits."""

_SRGB_GAMMA, _SRGB_PRIMARIES = 0.45455, (0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)


@dataclass(frozen=True)
class ColorProfile:
    """A valid ICC profile.

    Attributes:
        data: The profile as a file.
        space: Color space of the pixels: "GRAY", "RGB" or "CMYK".
        name: Description of the profile, for messages.
    """

    data: bytes
    space: str
    name: str

    @property
    def is_srgb(self) -> bool:
        """Whether the name of the profile begins with "sRGB"."""
        return self.name.startswith("sRGB")

    def convert(self, image: PillowImage.Image) -> PillowImage.Image:
        """Return an image of 8 bits in the space of the profile as an RGB image in sRGB."""
        from PIL import ImageCms

        source, target = _opened(self.data), ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
        return cast(PillowImage.Image, converted)  # None only for a conversion in place

    def to_srgb(self, pixels: np.ndarray) -> np.ndarray:
        """Return pixels as sRGB; an opacity channel is unchanged.

        Args:
            pixels: (H, W, C), gray or RGB within [0, 1], with or without opacity. Outside of this
                range, they are clipped.

        Returns:
            Array of shape (H, W, C), with the precision of 8 bits.
        """
        count = 1 if self.space == "GRAY" else 3
        colors = np.clip(pixels[..., :count], 0, 1)
        if self.space == "GRAY":
            levels = np.arange(256, dtype=np.uint8)
            curve = np.asarray(self.convert(PillowImage.fromarray(levels[None])))[0, :, 1]
            converted = np.interp(colors, levels / 255, curve / 255)
        else:
            rounded = np.rint(colors * 255).astype(np.uint8)
            converted = np.asarray(self.convert(PillowImage.fromarray(rounded))) / 255
        return np.concatenate([converted, pixels[..., count:]], axis=-1).astype(pixels.dtype)


def read_profile(image: PillowImage.Image, mode: str) -> tuple[ColorProfile | None, str | None]:
    """Return the profile of an image, None without a valid one, and a note if colors are ignored.

    Args:
        image: The image.
        mode: Pillow's mode for the pixels in the file.
    """
    data = image.info.get("icc_profile")
    if not data:
        return None, _ignored_colors(image.info)
    try:
        parsed = _opened(data).profile
        space, name = parsed.xcolor_space.strip(), parsed.profile_description or "without a name"
        if space != _SPACES.get(mode):
            return None, f"its color profile is for {space} pixels and ignored"
        profile = ColorProfile(data, space, textwrap.shorten(name, 60, placeholder=" ..."))
        profile.convert(PillowImage.new("L" if space == "GRAY" else space, (1, 1)))
    except Exception:  # the library raises several types
        return None, "its color profile is damaged and ignored"
    return profile, None


def _opened(data: bytes) -> Any:
    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(io.BytesIO(data))


def _ignored_colors(info: dict[Any, Any]) -> str | None:
    """Return a note on the gamma and the primaries of a PNG, if they are not those of sRGB."""
    if "srgb" in info or not {"gamma", "chromaticity"} & info.keys():
        return None
    gamma = info.get("gamma", _SRGB_GAMMA)
    primaries = info.get("chromaticity", _SRGB_PRIMARIES)
    if np.allclose([gamma, *primaries], [_SRGB_GAMMA, *_SRGB_PRIMARIES], atol=0.005):
        return None
    return "its gamma and primaries, which are not those of sRGB, are ignored"
