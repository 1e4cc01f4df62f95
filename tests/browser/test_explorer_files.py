"""Image files that are dropped on the explorer, in headless Chromium."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from tests.browser.transforms_view import assert_same_image

DROP = """
const [name, text] = arguments;
const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const files = new DataTransfer();
files.items.add(new File([bytes], name));
document.querySelector("#transforms").dispatchEvent(
  new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
"""


def png(pixels, mode=None):
    buffer = io.BytesIO()
    Image.fromarray(pixels, mode).save(buffer, "PNG")
    return buffer.getvalue()


def random_pixels(height, width, channels):
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (height // 4 + 1, width // 4 + 1, channels), dtype="uint8")
    return coarse.repeat(4, 0).repeat(4, 1)[:height, :width]


def drop(view, name, content):
    view.script(DROP, name, base64.b64encode(content).decode())
    view.browser.execute_async_script("setTimeout(arguments[0], 300)")


@pytest.mark.parametrize("channels", [3, 4])
def test_a_dropped_image(view, stnctl, channels):
    pixels = random_pixels(40, 60, channels)
    if channels == 4:
        pixels[..., 3] = np.where(pixels[..., 3] < 100, 0, 255)
    (stnctl.folder / "it's mine.png").write_bytes(png(pixels))
    drop(view, "it's mine.png", png(pixels))
    assert view.problem() == ""
    assert view.image().shape == (40, 60, 4)
    assert (view.image()[pixels[..., -1] > 0][:, :3] == pixels[pixels[..., -1] > 0][:, :3]).all()
    view.click('[data-family="similarity"]')
    view.choose("#parameter-angle", 20)
    assert_same_image(view, stnctl)
    view.click('[data-image="square"]')
    view.script("document.querySelector('#history button').click()")
    assert view.image().shape == (40, 60, 4)


def test_a_second_image_replaces_the_first(view):
    for side in (20, 30):
        drop(view, "image.png", png(random_pixels(side, side, 3)))
        assert view.image().shape == (side, side, 4)
    view.script("document.querySelector('#history button').click()")
    assert view.image().shape == (128, 128, 4)


def test_a_large_image_is_scaled_down(view):
    drop(view, "large.png", png(random_pixels(600, 1200, 3)))
    assert view.image().shape == (256, 512, 4)
    assert "scaled down to 512 × 256" in view.text("#transforms")


def forged_png(width, height):
    """Return a PNG that claims a size."""
    content = bytearray(png(np.zeros((1, 1), np.uint8)))
    content[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return bytes(content)


HOSTILE_FILES = {
    "text.png": b"not an image",
    "empty.png": b"",
    "script.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "page.html": b"<script>alert(1)</script>",
    "cut.png": png(random_pixels(40, 40, 3))[:60],
    "bomb.png": forged_png(60000, 60000),
    "none.png": forged_png(0, 5),
    "header.jpg": b"\xff\xd8\xff\xe0\x00\x10",
    "loop.jpg": b"\xff\xd8\xff" + b"\xff" * 1000,
    "cut.webp": b"RIFF\x00\x00\x00\x00WEBPVP8X",
    '"><img src=x onerror=alert(1)>.png': b"GIF89a\x05\x00\x05\x00",
}


@pytest.mark.parametrize("name", HOSTILE_FILES)
def test_hostile_files_only_show_an_error(browser, view, name):
    browser.get_log("browser")
    before = view.image()
    drop(view, name, HOSTILE_FILES[name])
    assert view.problem()
    assert (view.image() == before).all()
    assert browser.get_log("browser") == []
