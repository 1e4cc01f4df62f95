"""A small valid data set, and a local HTTP server with answers from the tests."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from stnctl.data.dataset import Arrays
from tests.data.synthetic import synthetic_arrays

Answer = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture
def arrays() -> Arrays:
    return Arrays(**synthetic_arrays(train=20, test=10))


@pytest.fixture
def with_validation(arrays: Arrays) -> Arrays:
    """The same arrays with a validation set of 10 other images."""
    other = synthetic_arrays(train=10, test=10, seed=1)
    return arrays._replace(x_validation=other["x_test"], y_validation=other["y_test"])


class Server:
    """A server with an answer for each path, on a free port."""

    def __init__(self, http: ThreadingHTTPServer, answers: dict[str, Answer]) -> None:
        self._http = http
        self._answers = answers

    def url(self, answer: Answer, path: str = "/mnist.npz") -> str:
        self._answers[path] = answer
        return f"http://127.0.0.1:{self._http.server_port}{path}"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    answers: dict[str, Answer] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers[self.path](self)

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        yield Server(http, answers)
        http.shutdown()
        thread.join()


def sending(body: bytes, length: int | None = None, status: int = 200) -> Answer:
    """Return an answer that declares ``length`` bytes, by default those it sends."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body) if length is None else length))
        handler.end_headers()
        handler.wfile.write(body)

    return answer
