import json

import pytest

from stnctl.reports.explorer.explorer_page import MAX_BYTES, json_text, render_explorer
from tests.reports.pages import Page
from tests.reports.test_page import HOSTILE


@pytest.fixture(scope="module")
def page():
    return render_explorer()


def test_page_is_small_and_complete_in_itself(page):
    assert len(page) <= MAX_BYTES
    parsed = Page(page)
    assert not parsed.open
    [policy] = [m["content"] for m in parsed.all("meta") if "http-equiv" in m]
    assert policy.split("; ") == [
        "default-src 'none'",
        "script-src 'unsafe-inline' blob:",
        "worker-src blob:",
        "img-src data: blob:",
        "style-src 'unsafe-inline'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    for tag, attributes in parsed.elements:
        assert not {"src", "href", "action", "srcset"} & attributes.keys() or (
            tag == "a" and attributes["href"] == "#"
        )


def test_links_lead_to_sections(page):
    parsed = Page(page)
    ids = {attributes["id"] for _, attributes in parsed.elements if "id" in attributes}
    targets = [each["data-target"] for _, each in parsed.elements if "data-target" in each]
    assert targets
    assert set(targets) <= ids


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_in_the_data_can_not_leave_their_element(text):
    document = {"name": text + "<!--"}
    written = json_text(document)
    assert "<" not in written
    assert json.loads(written) == document


def test_numbers_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="JSON"):
        json_text({"x": float("nan")})
