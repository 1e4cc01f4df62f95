"""The report in headless Chromium. The tests are skipped where it is not installed."""

import json
import shutil
from itertools import product

import pytest

from tests.cli.conftest import Command

webdriver = pytest.importorskip("selenium.webdriver", reason="needs Selenium: make test-browser")
axe = pytest.importorskip("axe_core_python.base", reason="needs axe-core: make test-browser")
if not (shutil.which("chromium") and shutil.which("chromedriver")):
    pytest.skip("needs Chromium and ChromeDriver: make test-browser", allow_module_level=True)

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
CONFIG = """
data: {source: digits, distortion: R}
model:
  transformer: {transform: rotation, head: unit, localization: compact}
  classifier: speedrun
train: {epochs: 2, batch_size: 64}
"""
LEAST_FONT, LEAST_PRINTED = 11, 8
"""Smallest legible text on a screen and on paper, in CSS pixels."""

PHONE, DESKTOP = 375, 1280

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


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Return the path of a report about two runs; the first is also measured by a sweep."""
    folder = tmp_path_factory.mktemp("report")
    stnctl = Command(folder)
    (folder / "r.yaml").write_text(CONFIG, encoding="utf-8")
    commands = [
        ("train", "r.yaml", "--name", "stn", "-q"),
        ("train", "r.yaml", "--name", "cnn", "-q", "--set", "model.transformer=null"),
        ("eval", "stn", "--sweep", "rotation=-90:90:45"),
        ("report", "stn", "cnn", "-o", "report.html"),
    ]
    for command in commands:
        done = stnctl(*command)
        assert done.returncode == 0, done.stderr
    return folder / "report.html"


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    options = webdriver.ChromeOptions()
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.binary_location = shutil.which("chromium")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(executable_path=shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    yield driver
    driver.quit()


def show(browser, page, *, width=DESKTOP, media="", colors="light"):
    """Open a page in a window of some width, on a screen or as it is printed."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width == PHONE}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = [{"name": "prefers-color-scheme", "value": colors}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})
    browser.get(page.as_uri())


def test_report_loads_nothing_and_has_no_error(browser, report):
    browser.get_log("performance")
    show(browser, report)
    messages = [json.loads(e["message"])["message"] for e in browser.get_log("performance")]
    sent = [m["params"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    addresses = [each["request"]["url"] for each in sent]
    assert report.as_uri() in addresses
    assert {address.partition(":")[0] for address in addresses} <= {"file", "data"}
    assert [a for a in addresses if a.startswith("file:")] == [report.as_uri()]
    assert browser.get_log("browser") == []
    assert browser.execute_script("return document.images.length") >= 5
    complete = "return [...document.images].every(i => i.complete && i.naturalWidth > 0)"
    assert browser.execute_script(complete)


@pytest.mark.parametrize(("width", "colors"), [*product((PHONE, DESKTOP), ("light", "dark"))])
def test_axe_finds_no_serious_fault(browser, report, width, colors):
    show(browser, report, width=width, colors=colors)
    browser.execute_script(axe.AXE_SCRIPT)
    found = browser.execute_async_script("axe.run().then(arguments[arguments.length - 1])")
    serious = [
        (each["id"], each["nodes"][0]["html"])
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
    ]
    assert serious == []


@pytest.mark.parametrize(
    ("width", "media", "least"),
    [(PHONE, "", LEAST_FONT), (DESKTOP, "", LEAST_FONT), (700, "print", LEAST_PRINTED)],
)
def test_text_is_legible_and_fits(browser, report, width, media, least):
    show(browser, report, width=width, media=media)
    assert browser.execute_script(SMALL_TEXTS, least) == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


def test_the_page_is_light_or_dark_as_the_reader_wants(browser, report):
    backgrounds = set()
    for colors in ("light", "dark"):
        show(browser, report, colors=colors)
        script = "return getComputedStyle(document.body).backgroundColor"
        backgrounds.add(browser.execute_script(script))
    assert len(backgrounds) == 2
