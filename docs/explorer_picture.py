"""Draws docs/images/explorer.png: a part of docs/explorer.html in headless Chromium.

python -m docs.explorer_picture, after make test-browser
"""

import tempfile
import time
from pathlib import Path

from tests.browser.chromium import show, start_chromium

DOCS = Path(__file__).parent
WIDTH = 1280
TOP = "Draw a digit"
"""Begin of the heading at the top of the picture."""

DELAY = 3.0
"""Seconds for the computation of the loss over the angle."""


def main() -> None:
    """Show the page with a digit that is turned by 30°, and write the picture."""
    with tempfile.TemporaryDirectory() as profile:
        browser = start_chromium(Path(profile))
        try:
            show(browser, DOCS / "explorer.html", width=WIDTH, address="#distort=30,1,0,0,0")
            time.sleep(DELAY)
            browser.execute_script(
                "const all = [...document.querySelectorAll('h3')];"
                "const top = all.find((each) => each.textContent.startsWith(arguments[0]));"
                "const bar = document.getElementById('history').offsetHeight;"
                "const distance = top.getBoundingClientRect().top - bar;"
                "window.scrollBy({top: distance, behavior: 'instant'});",
                TOP,
            )
            time.sleep(DELAY)
            browser.save_screenshot(str(DOCS / "images" / "explorer.png"))
        finally:
            browser.quit()


if __name__ == "__main__":
    main()
