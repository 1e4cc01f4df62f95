import pytest

from stnctl.figures.canvas import new_figure, png
from stnctl.figures.text import (
    MAX_COLUMNS,
    MAX_LINES,
    add_legend,
    drawable,
    set_axis_names,
    set_ticks,
    set_title,
    write,
)
from tests.figures.png_areas import decode

NAMES = [
    *(
        r"$\foo$.png",
        r"$\frac{1}{0$",
        "cost $5 and $6",
        "{a}{{b",
        "_hidden",
        "写真.png",
        "\U0001f600",
    ),
    *("\udcff.png", "\ud800", "a\x00\x1b[31m\t\r\x85\u2028\u202eb", "\u0301", "\uffff", "", " "),
    *("\\", "%s {} \\n", "two\nlines"),
]
LONG = ["\x00" * 300, "ab cd " * 2000, "x" * 100_000, "\n" * 500]


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        (r"$\frac{1}{0$", r"$\frac{1}{0$"),
        ("a\tb\x1b[31m\x00", r"a\x09b\x1b[31m\x00"),
        ("\udcff\ud800", r"\udcff\ud800"),
        ("a\u202eb\u2028\x85", r"a\u202eb\u2028\u0085"),
        ("23\u202fPM.png\xa0", "23\u202fPM.png\xa0"),
        ("one\ntwo", "one\ntwo"),
        ("", ""),
    ],
)
def test_drawable_preset(text, drawn):
    assert drawable(text) == drawn


@pytest.mark.parametrize("text", NAMES + LONG, ids=lambda text: ascii(text[:20]))
def test_drawable_is_bounded_and_idempotent(text):
    found = drawable(text)
    assert drawable(found) == found
    lines = found.split("\n")
    assert len(lines) <= MAX_LINES
    assert max(map(len, lines)) <= MAX_COLUMNS


def test_drawable_marks_the_end_of_long_text():
    assert drawable("x" * 5000).endswith("x\n...")
    assert drawable("a\n" * 9, 3) == "a\na\n..."
    assert drawable("a\nb\nc", 3) == "a\nb\nc"


def test_all_texts_draw_any_name():
    """Each text is drawn as it is, and no text is read as math."""
    with new_figure(2, 1) as figure:
        axes = figure.add_axes((0, 0, 1, 1))
        places = range(len(NAMES))
        set_ticks(axes.xaxis, places, NAMES)
        add_legend(axes, [line for n in places for line in axes.plot([0, n])], NAMES)
        for place, name in enumerate(NAMES):
            write(axes, place, 0.5, name)
            write(figure, 0.5, 0.5, name)
            set_title(axes, name)
            set_axis_names(axes, x=name, y=name)
            named = axes.get_title(), axes.get_xlabel(), axes.get_ylabel()
            assert named == (drawable(name),) * 3
        data = png(figure)
        found = [
            [label.get_text() for label in axes.get_xticklabels()],
            [text.get_text() for text in axes.get_legend().get_texts()],
            *([text.get_text() for text in place.texts] for place in (axes, figure)),
        ]
    assert found == [[drawable(name) for name in NAMES]] * 4
    assert (decode(data) == 0).any()


@pytest.mark.parametrize("text", LONG, ids=lambda text: ascii(text[:20]))
def test_write_draws_long_text(text):
    with new_figure(2, 1) as figure:
        write(figure, 0.5, 0.5, text)
        assert max(decode(png(figure)).shape) < 4000
