from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from stnctl.figures.layer_layout import layer_layout


def test_layer_layout_of_a_chain():
    layout = layer_layout([(), (0,), (1,)])
    assert (layout.rows, layout.lanes, layout.num_lanes) == ((0, 1, 2), (0, 0, 0), 1)
    assert layout.lines == ((1, ((0, 0), (0, 1))), (2, ((0, 1), (0, 2))))


def test_layer_layout_of_a_transformer():
    """U and the sampler are in one lane; the localization network is beside them."""
    layout = layer_layout([(), (0,), (1,), (0, 2), (3,)])
    assert layout.rows == (0, 1, 2, 3, 4)
    assert layout.lanes == (0, 1, 1, 0, 0)
    lines = dict(layout.lines)
    assert [lane for lane, _ in lines[1]] == [0, 0, 1, 1]
    assert [lane for lane, _ in lines[3]] == [1, 1, 0, 0]


def test_layer_layout_of_an_empty_branch():
    """A line past the layers of a branch has a lane of its own."""
    layout = layer_layout([(), (0,), (1,), (2, 0)])
    assert (layout.lanes, layout.num_lanes) == ((0, 0, 0, 0), 2)
    assert [lane for lane, _ in layout.lines[-1][1]] == [0, 0, 1, 1, 0, 0]


GRAPHS = st.lists(st.lists(st.integers(0, 30), max_size=3), min_size=1, max_size=14).map(
    lambda lists: [tuple(item % n for item in items) if n else () for n, items in enumerate(lists)]
)


@given(GRAPHS)
def test_layer_layout_lines_cross_no_layer(graph):
    layout = layer_layout(graph)
    places = list(zip(layout.lanes, layout.rows, strict=True))
    assert len(set(places)) == len(places)
    assert max(layout.lanes) < layout.num_lanes
    targets = [target for target, sources in enumerate(graph) for _ in set(sources)]
    assert [target for target, _ in layout.lines] == targets
    for target, line in layout.lines:
        assert line[-1] == places[target]
        assert line[0] in [places[source] for source in graph[target]]
        for (lane, top), (other, bottom) in pairwise(line):
            assert lane == other or top == bottom
            passed = [
                place
                for place in places
                if place[0] == lane and min(top, bottom) < place[1] < max(top, bottom)
            ]
            if lane == other:
                assert passed == []
            else:
                assert top not in layout.rows
