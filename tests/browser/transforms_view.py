"""The transforms view of the explorer in headless Chromium."""

import base64
import io
import shlex

import numpy as np
from PIL import Image

from tests.browser.chromium import show

READY = """
const done = arguments[arguments.length - 1];
const section = document.querySelector("#transforms");
(function wait() {
  if (section.dataset.ready) requestAnimationFrame(() => requestAnimationFrame(() => done(true)));
  else setTimeout(wait, 20);
})();
"""
FRAMES = "requestAnimationFrame(() => requestAnimationFrame(() => arguments[0](true)))"
PIXELS = 'return document.querySelector("#v-canvas").toDataURL("image/png")'
PROBLEM = 'return document.querySelector("#problem:not([hidden])")?.textContent ?? ""'


class View:
    """The transforms view in the browser: what a user sees and does."""

    def __init__(self, browser):
        self.browser = browser

    def script(self, text, *arguments):
        return self.browser.execute_script(text, *arguments)

    def settle(self):
        self.browser.execute_async_script(FRAMES)

    def image(self):
        """Return V, (H', W', 4), uint8."""
        self.settle()
        data = self.script(PIXELS).partition(",")[2]
        return np.array(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGBA"))

    def text(self, selector):
        """Return the text of an element. Parts out of sight are updated after a pause."""
        self.settle()
        self.browser.execute_async_script("setTimeout(arguments[0], 250)")
        return self.script("return document.querySelector(arguments[0]).textContent", selector)

    def theta(self):
        """Return the numbers of the command."""
        words = shlex.split(self.text("#command"))
        start = words.index("--points" if "--points" in words else "--theta") + 1
        numbers = []
        for word in words[start:]:
            if word.startswith("--"):
                break
            numbers.append(float(word))
        return numbers

    def click(self, selector):
        self.script("document.querySelector(arguments[0]).click()", selector)
        self.settle()

    def choose(self, selector, value):
        """Set a control as a user does: with the events input and change."""
        self.script(
            "const control = document.querySelector(arguments[0]);"
            "control.value = arguments[1];"
            "control.dispatchEvent(new Event('input', { bubbles: true }));"
            "control.dispatchEvent(new Event('change', { bubbles: true }));",
            selector,
            str(value),
        )
        self.settle()

    def center(self, selector):
        self.script(
            "document.querySelector(arguments[0])"
            ".scrollIntoView({ block: 'center', behavior: 'instant' })",
            selector,
        )
        box = self.script(
            "const box = document.querySelector(arguments[0]).getBoundingClientRect();"
            "return [box.left + box.width / 2, box.top + box.height / 2]",
            selector,
        )
        return round(box[0]), round(box[1])

    def drag(self, selector, by, steps=4, start=(0, 0)):
        """Drag with the mouse by (x, y) CSS pixels, from a start beside the center."""
        x, y = (a + b for a, b in zip(self.center(selector), start, strict=True))
        self.mouse("mousePressed", x, y)
        for step in range(1, steps + 1):
            self.mouse("mouseMoved", x + by[0] * step / steps, y + by[1] * step / steps)
        self.mouse("mouseReleased", x + by[0], y + by[1])
        self.settle()

    def mouse(self, kind, x, y):
        event = {"type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1}
        self.browser.execute_cdp_cmd("Input.dispatchMouseEvent", event)

    def touch_drag(self, selector, by, start=(0, 0)):
        """Drag with a finger by (x, y) CSS pixels, from a start beside the center."""
        x, y = (a + b for a, b in zip(self.center(selector), start, strict=True))
        for kind, points in (
            ("touchStart", [(x, y)]),
            ("touchMove", [(x + by[0] / 2, y + by[1] / 2)]),
            ("touchMove", [(x + by[0], y + by[1])]),
            ("touchEnd", []),
        ):
            touches = [{"x": px, "y": py} for px, py in points]
            event = {"type": kind, "touchPoints": touches}
            self.browser.execute_cdp_cmd("Input.dispatchTouchEvent", event)
        self.settle()

    def is_in_sight(self, selector):
        """Whether all of an element is on the screen, below the bar of the history."""
        return self.script(
            "const box = document.querySelector(arguments[0]).getBoundingClientRect();"
            "const bar = document.querySelector('#history').getBoundingClientRect();"
            "return box.height > 0 && box.top >= bar.bottom - 1 && box.bottom <= innerHeight",
            selector,
        )

    def keys(self, selector, key, times=1, shift=False):
        self.script("document.querySelector(arguments[0]).focus()", selector)
        for _ in range(times):
            for kind in ("rawKeyDown", "keyUp"):
                event = {"type": kind, "key": key, "code": key, "modifiers": 8 * shift}
                self.browser.execute_cdp_cmd("Input.dispatchKeyEvent", event)
        self.settle()

    def problem(self):
        self.settle()
        return self.script(PROBLEM)


def opened(browser, page, **options):
    show(browser, page, **options)
    browser.execute_async_script(READY)
    return View(browser)


def assert_same_image(view, stnctl):
    """Run the shown command, and compare its image with V: at most 1/255 apart."""
    command = shlex.split(view.text("#command"))
    assert command[:2] == ["stnctl", "warp"]
    done = stnctl(*command[1:], "-o", "V.png", "--force")
    assert done.returncode == 0, done.stderr
    expected = np.array(Image.open(stnctl.folder / "V.png").convert("RGBA")).astype(int)
    found = view.image().astype(int)
    assert found.shape == expected.shape
    if (expected[..., 3] < 255).any():  # a canvas keeps colors multiplied by opacity, as bytes
        found, expected = (image[..., :3] * image[..., 3:] / 255 for image in (found, expected))
        assert np.abs(found - expected).max() <= 1.5, command
    else:
        assert np.abs(found - expected).max() <= 1, command
