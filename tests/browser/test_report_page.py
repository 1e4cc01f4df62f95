"""The report in headless Chromium. The tests are skipped where it is not installed."""

from itertools import product

import pytest

from tests.browser.chromium import (
    DESKTOP,
    LEAST_FONT,
    LEAST_PRINTED,
    PHONE,
    requested_addresses,
    serious_faults,
    show,
    small_texts,
)
from tests.cli.conftest import Command

CONFIG = """
data: {source: digits, distortion: R}
model:
  transformer: {transform: rotation, head: unit, localization: compact}
  classifier: speedrun
train: {epochs: 2, batch_size: 64}
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


def test_report_loads_nothing_and_has_no_error(browser, report):
    requested_addresses(browser)
    show(browser, report)
    addresses = requested_addresses(browser)
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
    assert serious_faults(browser) == []


@pytest.mark.parametrize(
    ("width", "media", "least"),
    [(PHONE, "", LEAST_FONT), (DESKTOP, "", LEAST_FONT), (700, "print", LEAST_PRINTED)],
)
def test_text_is_legible_and_fits(browser, report, width, media, least):
    show(browser, report, width=width, media=media)
    assert small_texts(browser, least) == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


def test_the_page_is_light_or_dark_as_the_reader_wants(browser, report):
    backgrounds = set()
    for colors in ("light", "dark"):
        show(browser, report, colors=colors)
        script = "return getComputedStyle(document.body).backgroundColor"
        backgrounds.add(browser.execute_script(script))
    assert len(backgrounds) == 2
