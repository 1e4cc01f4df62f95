import pytest

from stnctl.reports.explorer.explorer_page import render_explorer
from tests.browser.chromium import start_chromium
from tests.browser.transforms_view import opened
from tests.cli.conftest import Command


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    driver = start_chromium(tmp_path_factory.mktemp("chromium"))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    path = tmp_path_factory.mktemp("explorer") / "explorer.html"
    path.write_bytes(render_explorer())
    return path


@pytest.fixture(scope="module")
def stnctl(tmp_path_factory):
    return Command(tmp_path_factory.mktemp("warps"))


@pytest.fixture
def view(browser, page):
    """Return the transforms view; fail if its page has logged an error by the end of the test."""
    browser.get_log("browser")
    yield opened(browser, page)
    assert browser.get_log("browser") == []
