from tests.reports.explorer.node import run_node

START = """
import { createStore } from "WEB/app/store.js";
import { applyAddress, formatAddress } from "WEB/app/address.js";
const frames = [];
globalThis.requestAnimationFrame = (callback) => frames.push(callback);
const flush = () => frames.splice(0).forEach((each) => each());
const number = (name, initial) => ({
  name, initial, format: String,
  parse: (text) => {
    if (!/^-?\\d+$/.test(text)) throw new Error("expected a whole number.");
    return Number(text);
  },
});
const store = createStore([number("a", 1), number("b", 2)]);
const state = () => [store.get("a"), store.get("b")];
const seen = [];
"""


def results(script):
    return run_node(START + script + "\nconsole.log(JSON.stringify(seen));")


def test_undo_and_redo_go_through_the_steps():
    script = """
    store.set("a", 5);
    store.set("b", 6);
    seen.push(state());
    store.undo(); seen.push(state());
    store.undo(); seen.push(state(), store.canUndo, store.undo());
    store.redo(); seen.push(state());
    store.set("b", 9); seen.push(state(), store.canRedo, store.redo());
    """
    assert results(script) == [
        [5, 6], [5, 2], [1, 2], False, False, [5, 2], [5, 9], False, False
    ]  # fmt: skip


def test_a_drag_is_one_step():
    script = """
    for (const value of [2, 3, 4]) store.set("a", value, { undo: false });
    store.set("a", 5);
    seen.push(state());
    store.undo(); seen.push(state());
    store.set("a", 7, { undo: false });
    store.undo(); seen.push(state());
    """
    assert results(script) == [[5, 2], [1, 2], [1, 2]]


def test_values_that_are_back_are_no_step():
    script = """
    store.set("a", 3, { undo: false }); store.set("a", 1); seen.push(store.canUndo);
    store.set("b", 5); store.undo(); seen.push(state(), store.canUndo);
    """
    assert results(script) == [False, [1, 2], False]


def test_subscribers_are_called_once_in_a_frame_for_their_slices():
    script = """
    store.subscribe(["a"], () => seen.push(["a", ...state()]));
    store.subscribe(["a", "b"], () => seen.push(["both", ...state()]));
    store.set("a", 3); store.set("a", 4); flush();
    store.set("b", 5); flush(); flush();
    store.set("b", 5); flush();
    """
    assert results(script) == [["a", 4, 2], ["both", 4, 2], ["both", 4, 5]]


def test_reset_can_be_undone():
    script = """
    store.set("a", 3); store.set("b", 4);
    store.reset("a"); seen.push(state());
    store.reset(); seen.push(state());
    store.undo(); seen.push(state());
    """
    assert results(script) == [[1, 4], [1, 2], [1, 4]]


def test_address_holds_what_differs_from_the_start():
    script = """
    seen.push(formatAddress(store));
    store.set("b", -7); seen.push(formatAddress(store));
    store.set("a", 4); const text = formatAddress(store); seen.push(text);
    store.reset(); seen.push(applyAddress(store, text), state());
    """
    assert results(script) == ["", "b=-7", "a=4&b=-7", [], [4, -7]]


STRANGE = [
    ("a=x&b=3", ["The address has a=x: expected a whole number."], [1, 3]),
    ("c=1", ['The address names "c", which this page lacks.'], [1, 2]),
    ("__proto__=1", ['The address names "__proto__", which this page lacks.'], [1, 2]),
    ("a=%00", ["The address has a=\0: expected a whole number."], [1, 2]),
    ("a=%", ["The address has a=%: expected a whole number."], [1, 2]),
    ("", [], [1, 2]),
    ("a=" + "9" * 20_001, ["The address has more than 20,000 characters."], [1, 2]),
]


def test_address_from_a_stranger():
    addresses = [address for address, _, _ in STRANGE]
    script = f"""
    for (const address of {addresses!r}) {{
      store.reset();
      seen.push([address, applyAddress(store, address), state()]);
    }}
    """
    assert results(script) == [list(each) for each in STRANGE]
