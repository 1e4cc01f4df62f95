"""Parsing of HTML pages, and a run page with given values."""

from html.parser import HTMLParser
from typing import Any

import numpy as np

from stnctl.evaluation.classification_metrics import measure
from stnctl.models.layer_table import LayerRow
from stnctl.reports.run_page import Gallery, RunPage, TransformerPage

VOID = {"meta", "img", "link", "br", "path", "use", "input", "hr"}


class Page(HTMLParser):
    """Parsed page: its elements with their attributes, its text, and elements left open."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += f"{data}\n"

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of all elements of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]


def run_page(text: str = "x", **changes: Any) -> RunPage:
    """Return a run page with ``text`` as each of its texts."""
    random = np.random.default_rng(0)
    values: dict[str, Any] = {
        "name": text,
        "label": text,
        "split": text,
        "checkpoint": "best",
        "epoch": 3,
        "record": {
            "argv": ["train", text],
            "started": text,
            "data": {"source": text, "sha256": text},
            "environment": {text: text, "nested": {"a": 1}},
        },
        "config": text,
        "history": "<svg id='a'></svg>",
        "metrics": measure(random.normal(size=(50, 4)), random.integers(0, 4, 50)),
        "classes": (text, "1", "2", "3"),
        "num_params": 1234,
        "multiply_adds": 56789,
        "layers": [LayerRow(text, text, text, text, (2, 3, 4), 5, 6, shared=False)],
        "galleries": [Gallery(text, b"png")],
        "transformers": [TransformerPage(text, "", [(text, 1.0, 0.5, None)], "<svg></svg>")],
        "robustness": [],
    }
    return RunPage(**{**values, **changes})
