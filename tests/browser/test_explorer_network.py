"""Views of a run in the explorer, in headless Chromium."""

import json
import re
from itertools import product

import pytest

from stnctl.reports.explorer.explorer_page import render_explorer
from stnctl.reports.explorer.weight_encoding import FLOAT16, encode_array
from tests.browser.chromium import (
    DESKTOP,
    LEAST_FONT,
    PHONE,
    requested_addresses,
    serious_faults,
    show,
    small_texts,
)
from tests.cli.conftest import Command

selenium = pytest.importorskip("selenium.webdriver", reason="needs Selenium: make test-browser")
By = pytest.importorskip("selenium.webdriver.common.by").By
Keys = pytest.importorskip("selenium.webdriver.common.keys").Keys
WebDriverWait = pytest.importorskip("selenium.webdriver.support.ui").WebDriverWait

CONFIGS = {
    "stn": "{transformer: {transform: rotation, head: unit, localization: compact}, "
    "classifier: speedrun}",
    "cnn": "{transformer: null, classifier: speedrun}",
    "several": "{transformer: [{steps: 2, transform: rigid, localization: compact}, {parallel: 2, "
    "transform: thin_plate_spline, localization: compact}], classifier: speedrun}",
}
HOSTILE = '<img src=x onerror="window.attacked = 1">\u202e'
WAIT_S = 20
PAD, SAID, WORDS = "canvas.pad", ".said", ".follow ~ .words, .look + .words"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Return the paths of the pages of three runs, by name."""
    folder = tmp_path_factory.mktemp("explorer")
    stnctl, paths = Command(folder), {}
    for name, model in CONFIGS.items():
        train = "train: {epochs: 2, batch_size: 64}"
        text = f"data: {{source: digits, distortion: R}}\nmodel: {model}\n{train}\n"
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        for command in (
            ("train", f"{name}.yaml", "--name", name, "-q"),
            ("explore", name, "-o", f"{name}.html", "--no-open"),
        ):
            done = stnctl(*command)
            assert done.returncode == 0, done.stderr
        paths[name] = folder / f"{name}.html"
    return paths


@pytest.fixture(scope="module")
def run(pages):
    """Return the JSON of the run in the page "stn"."""
    return data_of(pages["stn"])


def data_of(page):
    text = page.read_text(encoding="utf-8")
    found = re.search(r'id="explorer-data">(.*?)</script>', text, re.DOTALL)
    return json.loads(found[1])["run"]


def find(browser, selector):
    return browser.find_element(By.CSS_SELECTOR, selector)


def text_of(browser, selector):
    return browser.execute_script(
        "return document.querySelector(arguments[0])?.textContent ?? ''", selector
    )


def wait(browser, condition):
    WebDriverWait(browser, WAIT_S, poll_frequency=0.05).until(lambda _: condition())


def changed(browser, selector, before):
    """Wait until a text is there and differs from another one, and return it."""
    wait(browser, lambda: text_of(browser, selector) not in ("", before))
    return text_of(browser, selector)


def opened(browser, page, **options):
    """Show a page, and wait for all sections: a later one would move those below it."""
    show(browser, page, **options)
    for selector in (".option", "#transforms[data-ready]"):
        wait(browser, lambda selector=selector: browser.find_elements(By.CSS_SELECTOR, selector))


def move_slider(browser, label, value):
    """Set a slider with an event as a user's."""
    script = """
    const label = [...document.querySelectorAll("#recognition label")]
      .find((each) => each.textContent === arguments[0]);
    const slider = document.getElementById(label.htmlFor);
    slider.value = arguments[1];
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    slider.dispatchEvent(new Event("change", { bubbles: true }));
    """
    browser.execute_script(script, label, str(value))


def scroll_to(browser, target):
    script = "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})"
    browser.execute_script(script, target)


def click(browser, text):
    button = browser.find_element(By.XPATH, f'//section[@id="recognition"]//button[.="{text}"]')
    scroll_to(browser, button)
    button.click()


def probabilities(browser):
    script = """return [...document.querySelectorAll(".bars .value")]
      .map((each) => parseFloat(each.textContent));"""
    return browser.execute_script(script)


def pixels(browser, selector):
    return browser.execute_script(
        "return document.querySelector(arguments[0]).toDataURL()", selector
    )


def chosen_index(browser):
    return find(browser, '.option[aria-selected="true"]').get_attribute("data-index")


def draw(browser, moves):
    """Draw a stroke with the mouse: moves from the middle of the pad, in pixels."""
    pad = find(browser, PAD)
    scroll_to(browser, pad)
    chain = selenium.ActionChains(browser, duration=20).move_to_element(pad)
    for number, (x, y) in enumerate(moves):
        chain.move_by_offset(x, y)
        if number == 0:
            chain.click_and_hold()
    chain.release().perform()


def test_page_of_a_run_loads_nothing_and_has_no_error(browser, pages):
    requested_addresses(browser)
    opened(browser, pages["stn"])
    changed(browser, SAID, "")
    addresses = requested_addresses(browser)
    assert {address.partition(":")[0] for address in addresses} <= {"file", "data", "blob", "about"}
    assert [a for a in addresses if a.startswith("file:")] == [pages["stn"].as_uri()]
    assert browser.get_log("browser") == []


def test_answers_in_the_page_are_those_of_the_run(browser, pages, run):
    opened(browser, pages["stn"])
    seen = changed(browser, SAID, "")
    for index in (0, 7, 41, 60, 150):
        option = find(browser, f'.option[data-index="{index}"]')
        scroll_to(browser, option)
        option.click()
        start = f"The network says {run['digits']['predicted'][index]},"
        probability = pytest.approx(100 * run["digits"]["probabilities"][index], abs=2)

        def is_shown(start=start, probability=probability):
            return (
                text_of(browser, SAID).startswith(start)
                and max(probabilities(browser)) == probability
            )

        wait(browser, is_shown)
    assert seen.startswith("The network says ")


def test_drawing_a_digit_gives_an_answer(browser, pages):
    opened(browser, pages["stn"])
    before = changed(browser, SAID, "")
    click(browser, "Draw a digit")
    wait(browser, lambda: text_of(browser, SAID) == "")
    assert find(browser, PAD).is_displayed()
    assert not find(browser, ".strip").is_displayed()
    draw(browser, [(0, -90), (0, 60), (0, 60), (0, 60)])
    said = changed(browser, SAID, before)
    assert said.startswith("The network says ")
    assert sum(probabilities(browser)) == pytest.approx(100, abs=1)
    first = probabilities(browser)
    draw(browser, [(-80, -90), (60, 0), (60, 0), (-60, 140)])
    wait(browser, lambda: probabilities(browser) != first)
    assert browser.get_log("browser") == []


def test_drawing_is_centered_unless_the_user_switches_it_off(browser, pages):
    opened(browser, pages["stn"], address="#digit=-1")
    wait(browser, lambda: find(browser, PAD).is_displayed())
    draw(browser, [(-110, -110), (30, 0), (0, 60)])
    changed(browser, SAID, "")
    image = ".drawn figure:nth-child(2) canvas"
    centered, probable = pixels(browser, image), probabilities(browser)
    scroll_to(browser, find(browser, "#centering"))
    find(browser, "#centering").click()
    wait(browser, lambda: pixels(browser, image) != centered)
    wait(browser, lambda: probabilities(browser) != probable)
    click(browser, "Clear the pad")
    wait(browser, lambda: text_of(browser, SAID) == "")


def test_undo_takes_back_a_stroke_and_the_address_keeps_the_drawing(browser, pages):
    opened(browser, pages["stn"], address="#digit=-1")
    wait(browser, lambda: find(browser, PAD).is_displayed())
    draw(browser, [(-60, -60), (0, 90)])
    changed(browser, SAID, "")
    one = probabilities(browser)
    draw(browser, [(-60, -60), (90, 0)])
    wait(browser, lambda: probabilities(browser) != one)
    two = probabilities(browser)
    browser.find_element(By.XPATH, '//button[.="Undo"]').click()
    wait(browser, lambda: probabilities(browser) == one)
    browser.find_element(By.XPATH, '//button[.="Redo"]').click()
    wait(browser, lambda: probabilities(browser) == two)
    wait(browser, lambda: re.search(r"strokes=[0-9a-z]+\.[0-9a-z]+", browser.current_url))
    address = browser.current_url.partition("#")[2]
    opened(browser, pages["stn"], address=f"#{address}")
    wait(browser, lambda: probabilities(browser) == pytest.approx(two, abs=1))
    browser.find_element(By.XPATH, '//button[.="Reset"]').click()
    wait(browser, lambda: not find(browser, PAD).is_displayed())


def test_drawing_with_a_finger(browser, pages):
    opened(browser, pages["stn"], width=PHONE, address="#digit=-1")
    wait(browser, lambda: find(browser, PAD).is_displayed())
    pad = find(browser, PAD)
    scroll_to(browser, pad)
    script = "const b = arguments[0].getBoundingClientRect(); return [b.x, b.y, b.width];"
    left, top, side = browser.execute_script(script, pad)
    for kind, share in (("touchStart", 0.2), ("touchMove", 0.5), ("touchMove", 0.8)):
        point = {"x": left + side / 2, "y": top + share * side}
        browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert changed(browser, SAID, "").startswith("The network says ")
    assert browser.execute_script(script, pad)[1] == pytest.approx(top, abs=1)


def test_keyboard_draws_and_chooses(browser, pages, run):
    opened(browser, pages["stn"])
    said = changed(browser, SAID, "")
    option = find(browser, '.option[tabindex="0"]')
    worst = run["digits"]["numWorst"]
    option.send_keys(Keys.HOME)
    wait(browser, lambda: chosen_index(browser) == str(worst))
    browser.switch_to.active_element.send_keys(Keys.ARROW_RIGHT)
    wait(browser, lambda: chosen_index(browser) == str(worst + 2))
    browser.switch_to.active_element.send_keys(Keys.END)
    wait(browser, lambda: chosen_index(browser) == str(worst - 1))
    chosen = '.option[aria-selected="true"]'
    boxes = (
        "return ['.strip', arguments[0]].map((s) => document.querySelector(s))"
        ".map((e) => { const b = e.getBoundingClientRect(); return [b.left, b.right]; })"
    )
    (start, end), (left, right) = browser.execute_script(boxes, chosen)
    assert start <= left < right <= end
    click(browser, "Draw a digit")
    find(browser, PAD).send_keys(Keys.SPACE, *[Keys.ARROW_DOWN] * 15, Keys.SPACE)
    said = changed(browser, SAID, "")
    find(browser, PAD).send_keys(Keys.DELETE)
    wait(browser, lambda: text_of(browser, SAID) == "")
    assert said.startswith("The network says ")


def test_distortions_move_the_frame_and_the_answer(browser, pages):
    opened(browser, pages["stn"])
    changed(browser, SAID, "")
    for label, value in (
        ("Rotate", 50), ("Scale", 0.6), ("Shift across", 6), ("Shift down", -5), ("Clutter", 9),
    ):  # fmt: skip
        before = [pixels(browser, ".follow canvas.map"), probabilities(browser)]
        move_slider(browser, label, value)
        wait(
            browser,
            lambda before=before: (
                pixels(browser, ".follow canvas.map") != before[0]
                and probabilities(browser) != before[1]
            ),
        )
    wait(browser, lambda: "distort=50,0.6,6,-5,9" in browser.current_url)
    words = text_of(browser, WORDS)
    assert words.startswith("From U to V: The image ")
    click(browser, "No distortion")
    changed(browser, WORDS, words)


def test_maps_stay_in_sight_of_the_sliders_on_a_phone(browser, pages):
    opened(browser, pages["stn"], width=PHONE)
    changed(browser, SAID, "")
    scroll_to(browser, find(browser, ".distortion"))
    script = """return ["#history", ".maps.follow", ".distortion"].map((selector) => {
      const { top, bottom } = document.querySelector(selector).getBoundingClientRect();
      return [top, bottom];
    });"""
    history, maps, sliders = browser.execute_script(script)
    assert history[0] == 0
    assert history[1] - 3 <= maps[0] < maps[1] < sliders[1]


def test_chart_has_the_angle_of_the_network_and_of_the_user(browser, pages):
    opened(browser, pages["stn"])
    changed(browser, SAID, "")
    scroll_to(browser, find(browser, ".chartbox"))
    wait(browser, lambda: find(browser, ".chart .curve").is_displayed())
    cells = "return [...document.querySelectorAll('table.score td')].map((e) => e.textContent)"
    angle, loss, probability, answer, *own = browser.execute_script(cells)
    words = re.search(r"rotates ([\d.]+)° (\w+)", text_of(browser, WORDS))
    turn = float(words[1]) * (1 if words[2] == "clockwise" else -1) if words else 0.0
    assert float(angle[:-1].replace("−", "-")) == turn
    best = max(probabilities(browser))
    said = re.match(r"The network says (\d)", text_of(browser, SAID))[1]
    assert answer == said
    assert float(loss) >= 0
    assert float(probability.split()[0]) <= best + 0.1
    assert own[0] == "0.0°"
    move_slider(browser, "Your angle", 100)
    wait(browser, lambda: browser.execute_script(cells)[4] == "100.0°")
    shares = browser.execute_script(
        "return ['.curve', 'circle.own'].map((s) => document.querySelector('.chart ' + s))"
        ".map((e) => { const b = e.getBoundingClientRect(); return [b.left, b.width]; })"
    )
    (left, width), (point, size) = shares
    assert (point + size / 2 - left) / width == pytest.approx(280 / 360, abs=0.01)
    assert re.search(r"win|draw", text_of(browser, ".score + .words"))


def test_epochs_show_the_snapshots_of_the_run(browser, pages, run):
    opened(browser, pages["stn"])
    training = run["training"]
    seen = set()
    for place, epoch in enumerate(training["epochs"]):
        move_slider(browser, "After epoch", place)
        pairs = zip(training["predicted"][place], training["labels"], strict=True)
        count = sum(one == other for one, other in pairs)
        start = f"After epoch {epoch}" if epoch else "Before the training"
        text = f"{start}: {count} of {len(training['labels'])} are right."
        wait(browser, lambda text=text: text in text_of(browser, "#recognition"))
        seen.add(pixels(browser, ".tile canvas"))
    assert len(seen) == len(training["epochs"]) == 3
    said = changed(browser, SAID, "")
    before = probabilities(browser)
    click(browser, "before the training")
    wait(browser, lambda: probabilities(browser) != before)
    assert said.startswith("The network says ")


@pytest.mark.parametrize("name", CONFIGS)
def test_networks_of_other_kinds_have_sensible_views(browser, pages, name):
    opened(browser, pages[name])
    changed(browser, SAID, "")
    scroll_to(browser, find(browser, ".chartbox"))
    wait(browser, lambda: find(browser, ".chart .curve").is_displayed())
    text = text_of(browser, "#recognition")
    assert ("V, what it sees" in text) == (name != "cnn")
    assert ("has no spatial transformer" in text) == (name == "cnn")
    assert ("Through the training" in text) == (name != "cnn")
    choices = browser.find_elements(By.XPATH, '//label[.="Transformer"]')
    assert len(choices) == (name == "several")
    if name == "several":
        assert [each.text for each in browser.find_elements(By.CSS_SELECTOR, ".choice option")]
        before = pixels(browser, ".follow figure:nth-child(2) canvas")
        select = find(browser, f"#{choices[0].get_attribute('for')}")
        select.send_keys(Keys.HOME)
        wait(browser, lambda: pixels(browser, ".follow figure:nth-child(2) canvas") != before)
    assert browser.get_log("browser") == []


@pytest.mark.parametrize(
    ("name", "width", "colors"),
    [*product(("stn",), (PHONE, DESKTOP), ("light", "dark")), ("cnn", DESKTOP, "light")],
)
def test_axe_finds_no_serious_fault(browser, pages, name, width, colors):
    opened(browser, pages[name], width=width, colors=colors)
    changed(browser, SAID, "")
    scroll_to(browser, find(browser, ".chartbox"))
    wait(browser, lambda: find(browser, ".chart .curve").is_displayed())
    assert serious_faults(browser) == []
    assert small_texts(browser, LEAST_FONT) == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


ADDRESSES = [
    "digit=200", "digit=-2", "digit=1e1", "strokes=zz", "strokes=<img>", "strokes=00000",
    "distort=1,2", "distort=999,1,0,0,0", "distort=NaN,1,0,0,0", "weights=9", "stn=4",
    "label=10", "turn=181", "epoch=99", "centering=maybe",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_address_from_a_stranger_shows_an_error_and_the_page_works(browser, pages, address):
    opened(browser, pages["stn"], address=f"#{address}")
    wait(browser, lambda: find(browser, "#problem").is_displayed())
    assert text_of(browser, "#problem-text").startswith("The address has ")
    assert changed(browser, SAID, "").startswith("The network says ")


def test_texts_of_a_stranger_are_shown_as_text(browser, run, tmp_path):
    document = json.loads(json.dumps(run))
    document["name"] = HOSTILE
    document["facts"] = [[HOSTILE, HOSTILE]]
    document["notes"] = [HOSTILE]
    document["classes"] = [HOSTILE] * len(document["classes"])
    document["checkpoints"][0]["title"] = HOSTILE
    document["network"]["transformers"][0]["heading"] = HOSTILE
    page = tmp_path / "hostile.html"
    page.write_bytes(render_explorer(document))
    opened(browser, page)
    assert HOSTILE in changed(browser, SAID, "")
    assert HOSTILE in text_of(browser, ".facts")
    assert browser.execute_script("return window.attacked") is None
    assert (
        browser.execute_script("return document.querySelectorAll('#recognition img').length") == 0
    )
    assert browser.get_log("browser") == []


def test_damaged_and_diverged_weights_show_an_error(browser, run, tmp_path):
    for kind in ("damaged", "diverged"):
        document = json.loads(json.dumps(run))
        [layer] = [n["name"] for n in document["network"]["nodes"] if n["name"] == "logits"]
        for checkpoint in document["checkpoints"]:
            kernel = checkpoint["layers"][layer]["kernel"]
            if kind == "damaged":
                kernel["data"] = kernel["data"][:-8]
            else:
                rows, columns = kernel["shape"]
                infinite = encode_array([[0.0] * columns] * rows, FLOAT16).document
                infinite["data"] = "AHwA" * (len(infinite["data"]) // 4)
                checkpoint["layers"][layer]["kernel"] = infinite
        page = tmp_path / f"{kind}.html"
        page.write_bytes(render_explorer(document))
        opened(browser, page)
        wait(browser, lambda: find(browser, "#problem").is_displayed())
        problem = text_of(browser, "#problem-text")
        assert "The network can't" in problem
        assert text_of(browser, SAID) == ""
        assert len(browser.find_elements(By.CSS_SELECTOR, ".tile")) == len(
            run["training"]["labels"]
        )
