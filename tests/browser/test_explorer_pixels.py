"""Where the value of a pixel of V comes from: the explorer in headless Chromium."""

import numpy as np


def number(text):
    return float(text.replace("−", "-"))


def test_a_pixel_of_v_is_explained(view):
    view.click('[data-image="coffee"]')
    view.choose('[data-parameter="angle"]', 15)
    view.choose('[data-parameter="s"]', 0.7)
    view.keys("#v-canvas", "ArrowRight", 2)
    view.keys("#v-canvas", "ArrowUp", 1, shift=True)
    assert "row 70, column 122" in view.text("#pixel-sentence")
    for interpolation, count in (
        ("nearest", 1),
        ("bilinear", 4),
        ("quadratic", 9),
        ("bicubic", 16),
    ):
        view.choose("#interpolation", interpolation)
        for channel in range(3):
            view.choose("#channel", channel)
            value = number(view.text("#pixel-value"))
            shown = view.image()[70, 122, channel]
            assert abs(np.clip(value, 0, 255) - shown) <= 0.51
            assert (
                view.script("return document.querySelectorAll('#taps tbody tr').length")
                == count + 1
            )
            products = view.script(
                "return [...document.querySelectorAll('#taps tbody tr:not(.sum) td:last-child')]"
                ".map((cell) => +cell.textContent.replace('−', '-'))"
            )
            assert abs(sum(products) - value) <= 0.01 * count
    assert view.script("return document.querySelectorAll('#derivatives tbody tr').length") == 6


def test_derivatives_predict_the_change_of_v(view):
    """Compared with the value of the pixel after a small step of each parameter."""
    view.click('[data-image="coffee"]')
    view.choose("#interpolation", "cubic")
    view.choose('[data-parameter="angle"]', 15)
    view.click('[data-family="affine"]')
    base = number(view.text("#pixel-value"))
    cells = view.script(
        "return [...document.querySelectorAll('#derivatives tbody tr')]"
        ".map((row) => row.lastChild.textContent)"
    )
    slopes = [number(text) for text in cells]
    for name, slope in zip(("a", "b", "tx", "c", "d", "ty"), slopes, strict=True):
        field = f'[data-parameter="{name}"]'
        value = float(view.script(f"return document.querySelector({field!r}).value"))
        view.choose(field, value + 0.001)
        assert abs(number(view.text("#pixel-value")) - base - 0.001 * slope) <= 0.05 + 0.1 * abs(
            0.001 * slope
        )
        view.choose(field, value)


def test_without_a_slope_there_is_no_arrow(view):
    """The start has a pixel inside the square; the example of the tour one at its edge."""
    assert view.text("#slope").startswith("No arrow: U is flat here")
    assert not view.script("return document.querySelector('.magnifier .arrow').getAttribute('d')")
    view.script("document.querySelectorAll('.stops button')[3].click()")
    assert "V changes by +255.0 per pixel" in view.text("#slope")
    assert view.script("return document.querySelector('.magnifier .arrow').getAttribute('d')")
    last = view.script("return document.querySelector('.magnifier .arrow ~ .weight').textContent")
    assert last == "0.05"
    view.choose("#interpolation", "nearest")
    assert view.text("#slope").startswith("No arrow: with nearest")


def test_area_names_the_pixels_of_its_averages(view):
    view.click('[data-family="affine"]')
    for name, value in {"a": 2, "d": 2}.items():
        view.choose(f'[data-parameter="{name}"]', value)
    view.choose("#interpolation", "area")
    assert "single pixel has no weight" in view.text("#slope")
    places = view.script(
        "return [...document.querySelectorAll('#taps tbody tr:not(.sum) td:first-child')]"
        ".map((cell) => cell.textContent)"
    )
    assert "64–65, 64–65" in places


def test_theta_and_pixels_have_their_equations(view):
    view.click('[data-family="affine"]')
    view.choose('[data-parameter="a"]', 0.5)
    view.keys("#v-canvas", "ArrowLeft", 3, shift=True)
    text = view.text("#equations")
    x = (64 - 30) * 2 / 127 - 1
    assert f"x = 0.50 × −{-x:.2f} + 0.00 × 0.01 + 0.00 = −{-x / 2:.2f}" in text
    pixels = (x / 2 + 1) * 127 / 2
    assert f"(128 − 1) / 2 = {pixels:.2f}" in text
    view.click("#align-corners")
    x = ((64 - 30) * 2 + 1) / 128 - 1
    assert f"128 − 1) / 2 = {((x / 2 + 1) * 128 - 1) / 2:.2f}" in view.text("#equations")


def test_hover_and_tap_choose_a_pixel(view):
    x, y = view.center("#v-canvas")
    view.mouse("mouseMoved", x - 30, y - 40)
    view.settle()
    hovered = view.text("#pixel-sentence")
    view.mouse("mouseMoved", 5, 5)
    assert view.text("#pixel-sentence") != hovered
    view.mouse("mousePressed", x - 30, y - 40)
    view.mouse("mouseReleased", x - 30, y - 40)
    view.mouse("mouseMoved", 5, 5)
    assert view.text("#pixel-sentence") == hovered


def test_the_equations_have_the_numbers_of_the_pixel(view):
    view.click('[data-image="coffee"]')
    view.click('[data-family="affine"]')
    view.choose('[data-parameter="a"]', 0.77)
    view.choose('[data-parameter="b"]', 0.31)
    view.keys("#v-canvas", "ArrowRight", 3, shift=True)
    text = view.text("#equations")
    value = number(view.text("#pixel-value"))
    assert f"= {value:.1f}." in text
    cells = view.script(
        "return [...document.querySelectorAll('#derivatives tbody tr td:last-child')]"
        ".map((cell) => cell.textContent)"
    )
    largest = max(cells, key=lambda cell: abs(number(cell)))
    assert text.rstrip(". ").endswith(f"= {largest}")
    view.click('[data-family="thin_plate_spline"]')
    view.choose("#interpolation", "area")
    assert "the first average" in view.text("#equations")
