import bz2
import gzip
import hashlib
import io
import zipfile

import numpy as np
import pytest

from stnctl.config.choices import PUBLISHED_SETS
from stnctl.data.sources import published_sets
from stnctl.data.sources.download import SourceUnavailable
from stnctl.data.sources.published_sets import (
    EMNIST_NAME,
    IDX_NAMES,
    MIRROR_VARIABLE,
    PUBLICATIONS,
    load_published,
)
from stnctl.errors import InputError
from tests.data.conftest import sending
from tests.data.sources.test_idx_reader import idx


@pytest.fixture
def publish(tmp_path, server, monkeypatch):
    """Return a function that publishes files on a local server, with their MD5 hashes."""
    monkeypatch.setenv("STNCTL_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))

    def publish(publication, files):
        for name, content in files.items():
            url = server.url(sending(content), f"/{publication}/{name}")
        monkeypatch.setenv(MIRROR_VARIABLE, url.rsplit("/", 2)[0])
        hashes = {name: hashlib.md5(content).hexdigest() for name, content in files.items()}
        found = PUBLICATIONS[publication]._replace(md5=hashes)
        monkeypatch.setitem(published_sets.PUBLICATIONS, publication, found)
        return files

    return publish


def idx_files(arrays):
    named = arrays.named()
    return {file: gzip.compress(idx(named[name])) for name, file in IDX_NAMES.items()}


def test_each_publication_has_its_hashes():
    families = {name.split("_")[0] if "emnist" in name else name for name in PUBLISHED_SETS}
    assert families == PUBLICATIONS.keys()
    for publication in PUBLICATIONS.values():
        assert publication.url.startswith("https://")
        assert all(len(bytes.fromhex(md5)) == 16 for md5 in publication.md5.values())


@pytest.mark.parametrize("name", ["fashion_mnist", "kmnist"])
def test_load_published_downloads_once(tmp_path, publish, server, arrays, name):
    files = publish(name, idx_files(arrays))
    seen = []
    data = load_published(name, progress=lambda *step: seen.append(step))
    assert len(data.class_names) == 10
    np.testing.assert_array_equal(data.arrays.x_train, arrays.x_train)
    np.testing.assert_array_equal(data.arrays.y_test, arrays.y_test)
    assert len(seen) == 4
    assert sorted(path.name for path in (tmp_path / "cache" / name).iterdir()) == sorted(files)
    for file in files:
        server.url(sending(b"", status=404), f"/{name}/{file}")
    again = load_published(name)
    np.testing.assert_array_equal(again.arrays.y_train, arrays.y_train)


def test_load_published_uses_the_copy_of_keras(tmp_path, publish, server, arrays):
    files = publish("fashion_mnist", idx_files(arrays))
    copies = tmp_path / "keras" / "datasets" / "fashion-mnist"
    copies.mkdir(parents=True)
    for name, content in files.items():
        server.url(sending(b"", status=404), f"/fashion_mnist/{name}")
        (copies / name).write_bytes(content)
    np.testing.assert_array_equal(load_published("fashion_mnist").arrays.x_test, arrays.x_test)
    assert not (tmp_path / "cache").exists()


def test_load_published_replaces_a_damaged_copy(tmp_path, publish, arrays):
    publish("kmnist", idx_files(arrays))
    copy = tmp_path / "cache" / "kmnist" / IDX_NAMES["y_train"]
    copy.parent.mkdir(parents=True)
    copy.write_bytes(b"damaged")
    np.testing.assert_array_equal(load_published("kmnist").arrays.y_train, arrays.y_train)


def test_load_published_usps(publish):
    row = " ".join(f"{n}:{1 if n == 1 else -1}" for n in range(1, 257))
    text = "".join(f"{label} {row}\n" for label in (1, 2, 10))
    publish("usps", {name: bz2.compress(text.encode()) for name in ("usps.bz2", "usps.t.bz2")})
    arrays = load_published("usps").arrays
    np.testing.assert_array_equal(arrays.y_train, [0, 1, 9])
    assert arrays.x_test.shape == (3, 16, 16)
    assert (arrays.x_test[0, 0, :2].tolist(), arrays.x_test.sum()) == ([255, 0], 3 * 255)


def emnist_zip(arrays, name="letters"):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for file, content in idx_files(arrays).items():
            archive.writestr(f"gzip/emnist-{name}-{file.replace('t10k', 'test')}", content)
    return buffer.getvalue()


def test_load_published_emnist(publish, arrays):
    publish("emnist", {EMNIST_NAME: emnist_zip(arrays)})
    data = load_published("emnist_letters")
    assert data.class_names[:2] == ("A", "B")
    assert data.first_label == 1
    np.testing.assert_array_equal(data.arrays.x_train, arrays.x_train.swapaxes(1, 2))


def test_load_published_rejects_another_archive(publish, arrays):
    publish("emnist", {EMNIST_NAME: emnist_zip(arrays, "other")})
    with pytest.raises(InputError, match="is not a readable file of EMNIST"):
        load_published("emnist_letters")


def test_load_published_rejects_offline(publish, server, arrays):
    files = publish("kmnist", idx_files(arrays))
    name = IDX_NAMES["x_train"]
    server.url(sending(b"", status=404), f"/kmnist/{name}")
    with pytest.raises(SourceUnavailable, match=r"no valid copy of kmnist.*answered 404") as caught:
        load_published("kmnist")
    assert f"put {name} into" in caught.value.hint
    server.url(sending(files[name][:-1] + b"x"), f"/kmnist/{name}")
    with pytest.raises(SourceUnavailable, match="is another file: its md5 is"):
        load_published("kmnist")
