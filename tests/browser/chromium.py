"""Headless Chromium for the tests of pages, skipped where it is not installed."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
PHONE, DESKTOP = 375, 1280
LEAST_FONT, LEAST_PRINTED = 11, 8
"""Smallest legible text on a screen and on paper, in CSS pixels."""

SMALL_TEXTS = """
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const small = [];
while (walker.nextNode()) {
  const node = walker.currentNode, parent = node.parentElement;
  if (!node.textContent.trim()) continue;
  const svg = parent.closest("svg");
  const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
  const size = scale * parseFloat(getComputedStyle(parent).fontSize);
  if (size < arguments[0]) small.push([node.textContent, size]);
}
return small;
"""


def start_chromium(profile: Path) -> Any:
    """Return a Selenium driver of headless Chromium, with an empty folder for its profile."""
    webdriver = pytest.importorskip(
        "selenium.webdriver", reason="needs Selenium: make test-browser"
    )
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        pytest.skip("needs Chromium and ChromeDriver: make test-browser")
    options = webdriver.ChromeOptions()
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.binary_location = shutil.which("chromium")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(executable_path=shutil.which("chromedriver"))
    return webdriver.Chrome(options=options, service=service)


def show(
    browser: Any,
    page: Path,
    *,
    width: int = DESKTOP,
    media: str = "",
    colors: str = "light",
    address: str = "",
) -> None:
    """Open a page in a window of some width, on a screen or as it is printed."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width == PHONE}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = [{"name": "prefers-color-scheme", "value": colors}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})
    browser.get("about:blank")  # a page that differs only in the part after # is not loaded again
    browser.get(page.as_uri() + address)


def requested_addresses(browser):
    """Return the addresses of all requests since the last call."""
    messages = [json.loads(e["message"])["message"] for e in browser.get_log("performance")]
    sent = [m["params"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    return [each["request"]["url"] for each in sent]


def serious_faults(browser):
    """Return the serious faults that axe-core finds in the page: id and an element of each."""
    axe = pytest.importorskip("axe_core_python.base", reason="needs axe-core: make test-browser")
    browser.execute_script(axe.AXE_SCRIPT)
    found = browser.execute_async_script("axe.run().then(arguments[arguments.length - 1])")
    return [
        (each["id"], each["nodes"][0]["html"])
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
    ]


def small_texts(browser, least):
    """Return the visible texts with a font of less than ``least`` CSS pixels, and their sizes."""
    return browser.execute_script(SMALL_TEXTS, least)
