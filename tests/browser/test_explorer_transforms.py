"""Sliders, frame and address of the explorer in headless Chromium."""

import numpy as np
import pytest

from tests.browser.chromium import DESKTOP, PHONE, requested_addresses, serious_faults
from tests.browser.transforms_view import assert_same_image, opened

HOSTILE_ADDRESSES = [
    "#transform=rigid:NaN,0,0",
    "#transform=rigid:1e999,0,0",
    "#transform=__proto__:1",
    "#transform=thin_plate_spline:1,2,3",
    "#transform=<img src=x onerror=alert(1)>:1",
    "#sampling=bilinear,zeros,0.5,corners,more",
    "#sampling=constructor,zeros,0.5,corners",
    "#output=0x5",
    "#output=99999x99999",
    "#pixel=-1,3",
    "#image=own",
    "#image=../secret",
]


def test_nothing_is_loaded_and_there_is_no_error(browser, page):
    opened(browser, page)
    requested_addresses(browser)
    opened(browser, page)
    addresses = set(requested_addresses(browser))
    assert page.as_uri() in addresses
    others = addresses - {page.as_uri(), "about:blank"}
    assert {address.partition(":")[0] for address in others} <= {"data", "blob"}
    assert browser.get_log("browser") == []


def test_each_slider_changes_v(view):
    view.click('[data-image="coffee"]')
    for family in ("article", "rigid", "similarity", "affine", "projective", "attention"):
        view.click(f'[data-family="{family}"]')
        sliders = view.script(
            "return [...document.querySelectorAll('.parameter input[type=range]')].map(s => s.id)"
        )
        assert len(sliders) >= 3
        for slider in sliders:
            before, value = (
                view.image(),
                view.script(f"return document.getElementById({slider!r}).value"),
            )
            step = 17 if slider == "parameter-angle" else 0.2
            view.choose(f"#{slider}", float(value) + step)
            assert (view.image() != before).any(), (family, slider)
            view.choose(f"#{slider}", value)
        view.click("#identity")


@pytest.mark.parametrize(
    ("handle", "by"),
    [(".corners", (40, 30)), (".edges", (0, 40)), (".middle", (35, -20)), (".knob", (60, 40))],
)
def test_the_frame_can_be_dragged(view, handle, by):
    view.click('[data-family="affine"]')
    before, identity = view.image(), view.theta()
    view.drag(handle, by)
    theta = view.theta()
    assert theta != identity
    assert (view.image() != before).any()
    fields = view.script(
        "return [...document.querySelectorAll('.parameter input[type=number]')].map(f => +f.value)"
    )
    assert np.allclose(fields, theta, atol=1e-4)
    view.script("document.querySelector('#history button').click()")
    assert view.theta() == identity
    assert (view.image() == before).all()


def test_the_inside_of_the_frame_moves_it(view):
    view.click('[data-family="attention"]')
    view.drag(".middle", (30, 20), start=(45, 50))
    s, tx, ty = view.theta()
    assert s == 1
    assert 0 < ty < tx < 0.5


def test_a_dragged_corner_stays_under_the_pointer(view):
    """The stage has a side of 1 / 0.68 of that of U, which is 2 in normalized coordinates."""
    view.click('[data-family="projective"]')
    side = view.script("return document.querySelector('.stage').getBoundingClientRect().width")
    view.drag(".corners", (0.17 * side, 0.068 * side))
    h = np.append(view.theta(), 1).reshape(3, 3)
    corners = np.array([[-1, -1, 1], [1, -1, 1], [1, 1, 1], [-1, 1, 1]]) @ h.T
    moved = corners[:, :2] / corners[:, 2:]
    expected = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], float)
    expected[0] += np.array([0.25, 0.1]) * 2 * 128 / 127
    assert np.allclose(moved, expected, atol=0.02)


def test_control_points_of_a_spline(view, stnctl):
    view.click('[data-image="checker"]')
    view.click('[data-family="thin_plate_spline"]')
    view.choose("#control-points", 3)
    view.drag('.points[data-index="4"]', (50, -30))
    view.drag('.points[data-index="0"]', (15, 20))
    view.keys('.points[data-index="8"]', "ArrowLeft", 3)
    assert np.count_nonzero(view.theta()) >= 5
    assert len(view.theta()) == 18
    assert_same_image(view, stnctl)


def test_clicks_that_change_nothing_are_no_steps_of_undo(view):
    for control in (".middle", '[data-image="square"]', '[data-family="article"]', "#identity"):
        view.drag(control, (0, 0))
    assert view.script("return document.querySelector('#history button').disabled")


def test_frame_by_keyboard(view):
    before = view.image()
    view.keys(".middle", "ArrowRight", 3)
    theta = view.theta()
    assert np.allclose(theta, [1, 0, 0.06, 0, 1, 0], atol=1e-6)
    view.keys(".knob", "ArrowRight", 5)
    assert np.allclose(view.theta()[0], np.cos(np.radians(10)), atol=1e-6)
    assert (view.image() != before).any()


@pytest.mark.parametrize(
    ("handle", "start"), [(".corners", (0, 0)), (".knob", (0, 0)), (".middle", (32, 32))]
)
def test_frame_by_touch(browser, page, handle, start):
    browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    try:
        view = opened(browser, page, width=PHONE)
        identity = view.theta()
        view.touch_drag(handle, (30, 25), start)
        assert view.theta() != identity
        sizes = view.script(
            "return [...document.querySelectorAll('#transforms :is(button, select)')]"
            ".filter((each) => each.offsetParent).map((each) => each.getBoundingClientRect())"
            ".map(({ width, height }) => Math.min(width, height))"
        )
        assert min(sizes) >= 43.9
    finally:
        browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("stop", [0, 1])
def test_a_stop_of_the_tour_shows_u_and_v(browser, page, width, stop):
    view = opened(browser, page, width=width)
    still(view)
    view.script(f"document.querySelectorAll('.stops button')[{stop}].click()")
    view.settle()
    view.settle()
    assert view.is_in_sight(".stage")
    assert view.is_in_sight("#v-canvas")
    assert view.script("return document.activeElement.id") == "pictures"


def test_on_a_phone_u_and_v_stay_in_sight(browser, page):
    view = opened(browser, page, width=PHONE)
    still(view)
    for selector in ("#parameter-ky", "#interpolation", "#pixel-sentence", "#derivatives"):
        view.center(selector)
        assert view.is_in_sight(".stage"), selector
        assert view.is_in_sight("#v-canvas"), selector
    view.script("document.querySelector('.v-figure .jump').click()")
    view.settle()
    top = view.script("return document.querySelector('#pixel-view').getBoundingClientRect().top")
    bottom = view.script(
        "return document.querySelector('.pictures').getBoundingClientRect().bottom"
    )
    assert bottom - 2 <= top <= bottom + 40
    view.script("document.querySelector('#transforms > .jump').click()")
    assert view.script("return document.activeElement.id") == "tour"


def still(view):
    """Let the page scroll at once."""
    view.script("document.documentElement.style.scrollBehavior = 'auto'")


def test_families_by_a_select_on_a_phone(browser, page):
    view = opened(browser, page, width=PHONE)
    assert not view.script("return document.querySelector('[data-family]').offsetParent")
    view.choose("#family", "projective")
    assert len(view.theta()) == 8
    counts = view.script(
        "return [...document.querySelectorAll('#family option')]"
        ".map((option) => parseInt(option.textContent.split('·')[1]))"
    )
    assert counts == sorted(counts)
    assert len(counts) == 11


def test_another_family_keeps_the_frame(view):
    for name, value in {"tx": 0.2, "angle": 25, "s": 0.6}.items():
        view.choose(f'[data-parameter="{name}"]', value)
    before = view.image().astype(int)
    for family in (
        "similarity",
        "affine",
        "projective",
        "thin_plate_spline",
        "diffeomorphic_affine",
    ):
        view.click(f'[data-family="{family}"]')
        assert np.abs(view.image().astype(int) - before).max() <= 1, family


def test_undo_reset_and_address(browser, page, view):
    first = view.image()
    view.click('[data-image="horse"]')
    view.click('[data-family="similarity"]')
    view.choose("#parameter-angle", 30)
    view.choose("#interpolation", "cubic")
    view.choose("#padding", "reflection")
    view.choose("#output-height", 50)
    view.click("#align-corners")
    changed, command = view.image(), view.text("#command")
    assert changed.shape == (50, 200, 4)
    view.browser.execute_async_script("setTimeout(arguments[0], 500)")
    address = view.script("return location.hash")
    again = opened(browser, page, address=address)
    assert again.text("#command") == command
    assert (again.image() == changed).all()
    reset = "document.querySelectorAll('#history button')[2].click()"
    again.script(reset)
    assert (again.image() == first).all()
    again.script("document.querySelectorAll('#history button')[0].click()")
    assert (again.image() == changed).all()


def test_the_address_has_the_state(view):
    view.click('[data-family="rigid"]')
    view.choose('[data-parameter="tx"]', 0.25)
    view.browser.execute_async_script("setTimeout(arguments[0], 500)")
    address = view.script("return location.hash")
    assert address == "#transform=rigid:0,0.25,0"


@pytest.mark.parametrize("address", HOSTILE_ADDRESSES)
def test_hostile_addresses_only_show_an_error(browser, page, address):
    browser.get_log("browser")
    view = opened(browser, page, address=address)
    assert view.problem()
    assert view.theta() == [1, 0, 0, 0, 1, 0]
    assert view.image().shape == (128, 128, 4)
    assert browser.get_log("browser") == []
    assert view.script("return document.querySelectorAll('main img').length") == 0


@pytest.mark.parametrize(
    ("width", "colors"), [(PHONE, "light"), (PHONE, "dark"), (DESKTOP, "light"), (1440, "dark")]
)
def test_axe_finds_no_serious_fault(browser, page, width, colors):
    view = opened(browser, page, width=width, colors=colors)
    view.click('[data-family="projective"]')
    view.script("document.querySelector('details').open = true")
    assert serious_faults(browser) == []
    assert view.script("return document.documentElement.scrollWidth") <= width
