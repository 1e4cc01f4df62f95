import hashlib

import numpy as np
import pytest

from stnctl.data.dataset import content_sha256
from stnctl.data.sources import mnist
from stnctl.data.sources.array_checks import canonical_arrays
from stnctl.data.sources.download import SourceUnavailable
from stnctl.data.sources.mnist import find_mnist, load_mnist
from stnctl.data.sources.npz_reader import read_npz
from tests.data.conftest import sending
from tests.data.synthetic import write_npz


@pytest.fixture
def published(tmp_path, server, monkeypatch):
    """A tiny substitute for MNIST on a local server, and no other copy."""
    path = write_npz(tmp_path / "published.npz", train=20, test=10)
    body = path.read_bytes()
    content = content_sha256(canonical_arrays(read_npz(path), "published"))
    monkeypatch.setattr(mnist, "FILE_SHA256", hashlib.sha256(body).hexdigest())
    monkeypatch.setattr(mnist, "CONTENT_SHA256", content)
    monkeypatch.setenv("STNCTL_MNIST_URL", server.url(sending(body)))
    monkeypatch.setenv("STNCTL_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return path


def unpublish(server):
    server.url(sending(b"", status=404))


def test_load_mnist_downloads_once(tmp_path, published, server):
    seen = []
    first = load_mnist(progress=lambda *step: seen.append(step))
    size = published.stat().st_size
    assert seen == [(size, size)]
    assert (tmp_path / "cache" / "mnist.npz").read_bytes() == published.read_bytes()
    unpublish(server)
    assert all(map(np.array_equal, first, load_mnist()))


def test_load_mnist_preset_cache(tmp_path, published):
    load_mnist(cache=tmp_path / "elsewhere")
    assert (tmp_path / "elsewhere" / "mnist.npz").exists()
    assert not (tmp_path / "cache").exists()


def test_load_mnist_uses_the_copy_of_keras(tmp_path, published, server, arrays):
    unpublish(server)
    copy = tmp_path / "keras" / "datasets" / "mnist.npz"
    copy.parent.mkdir(parents=True)
    np.savez(copy, **arrays.named())  # other bytes, same arrays
    assert all(map(np.array_equal, load_mnist(), canonical_arrays(arrays, "published")))
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("content", [b"", b"text", None], ids=["empty", "text", "other data"])
def test_load_mnist_replaces_a_wrong_copy(tmp_path, published, content):
    copies = [tmp_path / "cache" / "mnist.npz", tmp_path / "keras" / "datasets" / "mnist.npz"]
    for copy in copies:
        copy.parent.mkdir(parents=True)
        write_npz(copy, seed=9)
        if content is not None:
            copy.write_bytes(content)
    before = copies[1].read_bytes()
    load_mnist()
    assert copies[0].read_bytes() == published.read_bytes()
    assert copies[1].read_bytes() == before


def test_load_mnist_rejects_offline(tmp_path, published, server):
    unpublish(server)
    copy = tmp_path / "cache" / "mnist.npz"
    copy.parent.mkdir()
    copy.write_bytes(b"something else")
    with pytest.raises(SourceUnavailable, match=r"answered 404 .* No file was changed") as caught:
        load_mnist()
    assert caught.value.exit_code == 4
    assert "--set data.source=PATH" in caught.value.hint
    assert "--set data.offline=digits" in caught.value.hint
    assert copy.read_bytes() == b"something else"


def test_load_mnist_rejects_unwritable_cache(tmp_path, published, monkeypatch):
    monkeypatch.setenv("STNCTL_CACHE_DIR", str(published / "cache"))
    with pytest.raises(SourceUnavailable, match=r"can't write .*published.npz/cache/mnist.npz"):
        load_mnist()


def test_find_mnist_rejects_other_data(tmp_path):
    assert find_mnist(write_npz(tmp_path / "a.npz"), tmp_path / "no.npz", tmp_path) is None
