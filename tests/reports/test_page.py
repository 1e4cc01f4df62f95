import re
import shlex

import pytest

from stnctl.reports.page import RELOAD_SECONDS, render_page
from tests.reports.pages import Page, run_page

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style></title><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "' onmouseover='alert(1)",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_page_escapes_all_texts(text):
    page = Page(render_page(text, [run_page(text), run_page(text)]))
    harmless = Page(render_page("x", [run_page(), run_page()]))
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in harmless.elements]
    for (tag, attributes), (_, expected) in zip(page.elements, harmless.elements, strict=True):
        assert attributes.keys() == expected.keys(), tag
    assert page.text.count(text) >= 2 * 8
    assert shlex.join(["stnctl", "train", text]) in page.text


def test_page_shows_control_characters_as_escapes():
    page = Page(render_page("a\x1b[31mb\u202ec", [run_page("\x00\x9b\u2028")]))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", page.text)
    assert "a\\x1b[31mb" in page.text


def test_page_loads_nothing_and_runs_nothing():
    page = Page(render_page("x", [run_page()]))
    assert not page.open
    [policy] = [m["content"] for m in page.all("meta") if "http-equiv" in m]
    assert policy.split("; ") == [
        "default-src 'none'",
        "img-src data:",
        "style-src 'unsafe-inline'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert not {"script", "link", "iframe", "object", "form"} & {tag for tag, _ in page.elements}
    assert all(image["src"].startswith("data:image/png;base64,") for image in page.all("img"))
    assert all(image["alt"] for image in page.all("img"))
    assert all(link["href"].startswith("#") for link in page.all("a"))


def test_links_lead_to_sections():
    page = Page(render_page("x", [run_page("a"), run_page("b")]))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) - ids.count("a") == len(set(ids) - {"a"})  # the figures here have the id "a"
    assert {link["href"][1:] for link in page.all("a")} <= set(ids)


def test_page_of_a_running_training_reloads_itself():
    page = Page(render_page("x", [run_page()], reload=True))
    contents = {m["http-equiv"]: m["content"] for m in page.all("meta") if "http-equiv" in m}
    assert contents["refresh"] == str(RELOAD_SECONDS)


def test_page_has_the_confusion_matrix():
    run = run_page()
    page = Page(render_page("x", [run]))
    for count in run.metrics.confusion.ravel():
        assert re.search(rf"\b{count}\b", page.text) or not count
    assert f"{100 * run.metrics.accuracy:.2f} %" in page.text
