"""Invalid images, data sets and numbers: one message, the right exit code, and no file."""

import io
import os
import struct
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from stnctl.runs.directory import RunDirectory
from tests.cli.fork_server import fork_server
from tests.data.synthetic import synthetic_arrays

IDENTITY = ("--theta", "1", "0", "0", "0", "1", "0")
PIXELS = np.random.default_rng(0).integers(0, 256, (9, 9), np.uint8)
MEGABYTE = 2**20


def listing(folder):
    return sorted(path.name for path in folder.iterdir())


def assert_rejected(folder, warm_child, *arguments, code, message):
    """Assert that a command ends with ``code`` and one error that has ``message``, and no file."""
    before = listing(folder)
    done = warm_child(folder, *arguments, timeout=60)
    assert (done.code, done.stdout) == (code, ""), done.stderr
    text = " ".join(done.stderr.split())
    assert message in text, text
    assert "Traceback" not in done.stderr
    assert done.stderr.count("error ") == 1
    assert listing(folder) == before


# images


def encoded(kind="PNG", pixels=PIXELS):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind)
    return buffer.getvalue()


def png_header(width, height):
    """Return a PNG file of 65 bytes with a header of this size, and no pixels."""
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"")),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def write(data):
    return lambda path: path.write_bytes(data)


IMAGES = {
    "nothing": (write(b""), "is empty, expected PNG"),
    "text": (write(b"digit"), "is not an image"),
    "half a PNG": (write(encoded()[:60]), "is damaged"),
    "half a JPEG": (write(encoded("JPEG")[:-40]), "is damaged"),
    "a wrong checksum": (write(encoded()[:40] + b"\0\0" + encoded()[42:]), "image u.png"),
    "20,000 pixels square": (write(png_header(20_000, 20_000)), "20,000x20,000 pixels"),
    "the largest size": (
        write(png_header(2**31 - 1, 2**31 - 1)),
        "2,147,483,647x2,147,483,647 pixels",
    ),
    "PostScript": (write(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"), "is not an image"),
    "NaN": (
        write(encoded("TIFF", np.full((9, 9), np.nan, np.float32))),
        "expected finite values from 0 to 1",
    ),
    "a folder": (lambda path: path.mkdir(), "is a folder"),
    "a pipe": (os.mkfifo, "pipe, socket or device"),
    "a device": (lambda path: path.symlink_to("/dev/zero"), "pipe, socket or device"),
    "a link to nowhere": (lambda path: path.symlink_to("nowhere"), "does not exist"),
    "a link to itself": (lambda path: path.symlink_to(path.name), "can't be read"),
}


@pytest.mark.parametrize(("make", "message"), IMAGES.values(), ids=IMAGES)
def test_image_is_rejected(stnctl, warm_child, make, message):
    make(stnctl.folder / "u.png")
    assert_rejected(stnctl.folder, warm_child, "warp", "u.png", *IDENTITY, code=3, message=message)


def test_large_image_takes_no_memory(stnctl):
    """Its header has 400 million pixels; the process may use 500 MB more than its libraries."""
    (stnctl.folder / "u.png").write_bytes(png_header(20_000, 20_000))
    done = run_with_memory(500, stnctl.folder, "warp", "u.png", *IDENTITY)
    assert (done.returncode, done.stdout) == (3, "")
    assert "20,000x20,000 pixels, expected at most" in done.stderr


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1)])
def test_image_of_one_pixel(stnctl, warm_child, size):
    (stnctl.folder / "u.png").write_bytes(encoded(pixels=PIXELS[: size[0], : size[1]]))
    done = warm_child(stnctl.folder, "warp", "u.png", *IDENTITY, "-o", "v.png")
    assert done.code == 0, done.stderr
    np.testing.assert_array_equal(
        np.asarray(Image.open(stnctl.folder / "v.png")), PIXELS[: size[0], : size[1]]
    )


# theta


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        (("nan", "0", "0", "0", "1", "0"), "nan"),
        (("1", "0", "inf", "0", "1", "0"), "inf"),
        (("1", "0", "0", "0", "0", "0", "--inverse"), "inverse"),
    ],
)
def test_theta_is_rejected(stnctl, warm_child, numbers, message):
    (stnctl.folder / "u.png").write_bytes(encoded())
    assert_rejected(
        stnctl.folder, warm_child, "warp", "u.png", "--theta", *numbers, code=2, message=message
    )


@pytest.mark.parametrize("shift", ["1e3", "1e30", "-1e30"])
def test_theta_far_away_reads_zeros(stnctl, warm_child, shift):
    (stnctl.folder / "u.png").write_bytes(encoded())
    theta = ("--theta", "1", "0", shift, "0", "1", "0")
    done = warm_child(stnctl.folder, "warp", "u.png", *theta, "-o", "v.png")
    assert done.code == 0, done.stderr
    assert not np.asarray(Image.open(stnctl.folder / "v.png")).any()


def test_theta_without_inverse_reads_a_line(stnctl, warm_child):
    (stnctl.folder / "u.png").write_bytes(encoded())
    done = warm_child(
        stnctl.folder, "warp", "u.png", "--theta", *["0", "0", "0", "0", "1", "0"], "-o", "v.png"
    )
    assert done.code == 0, done.stderr
    V = np.asarray(Image.open(stnctl.folder / "v.png"))
    np.testing.assert_array_equal(V, PIXELS[:, 4:5] * np.ones((1, 9), np.uint8))


# data sets


ARRAYS = synthetic_arrays(train=20, test=10)


def saved(**changes):
    """Return an .npz file of a valid data set with ``changes``; None removes an array."""
    arrays = {name: array for name, array in (ARRAYS | changes).items() if array is not None}
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def with_member(data):
    """Return a valid .npz file, except that the bytes of y_test are ``data``, compressed."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(saved(y_test=None))) as good,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bad,
    ):
        for name in good.namelist():
            bad.writestr(name, good.read(name))
        bad.writestr("y_test.npy", data)
    return buffer.getvalue()


def npy(shape, dtype, data=b""):
    header = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


DATA_SETS = {
    "nothing": (b"", "not a readable .npz"),
    "text": (b"digits", "not a readable .npz"),
    "half of it": (saved()[: len(saved()) // 2], "not a readable .npz"),
    "a pickle": (b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00.", "not a readable .npz"),
    "objects": (saved(y_test=np.array([None] * 10)), "dtype"),
    "a bomb": (
        with_member(npy((32 * MEGABYTE,), "|u1", bytes(32 * MEGABYTE))),
        "would decompress from",
    ),
    "a wrong shape in a header": (with_member(npy((10**6, 10**6), "|u1", b"0" * 10)), "shape"),
    "a wrong size in a header": (
        with_member(npy((10,), "|u1", b"0" * 9)),
        "holds 9 bytes, expected 10",
    ),
    "no array": (with_member(b"0123456789"), "no readable .npy header"),
    "another dtype": (saved(x_test=ARRAYS["x_test"].astype(complex)), "dtype complex128"),
    "another shape": (saved(x_test=ARRAYS["x_test"].reshape(10, 64)), "shape (10, 64)"),
    "no images": (
        saved(x_test=ARRAYS["x_test"][:0], y_test=ARRAYS["y_test"][:0]),
        "shape (0, 8, 8)",
    ),
    "fewer labels": (saved(y_train=ARRAYS["y_train"][:-1]), "20 images, but y_train has 19 labels"),
    "a negative label": (saved(y_train=ARRAYS["y_train"].astype(int) - 1), "labels from -1"),
    "a label too high": (saved(y_test=ARRAYS["y_test"] + 200), "expected at most 9 as y_train"),
    "NaN": (saved(x_train=np.full((20, 8, 8), np.nan)), "expected finite values"),
    "an array too few": (saved(y_test=None), "no array named y_test"),
}


@pytest.mark.parametrize(("data", "message"), DATA_SETS.values(), ids=DATA_SETS)
def test_data_set_is_rejected(stnctl, warm_child, data, message):
    (stnctl.folder / "x.npz").write_bytes(data)
    source = ("--set", "data.source=x.npz")
    assert_rejected(
        stnctl.folder, warm_child, "train", "tiny.yaml", *source, code=3, message=message
    )


def test_no_network(stnctl):
    """A file in the cache that is not MNIST stays."""
    kept = stnctl.folder / "cache" / "mnist.npz"
    kept.parent.mkdir()
    kept.write_bytes(b"something else")
    done = stnctl(
        *("train", "tiny.yaml", "--set", "data.source=mnist", "--set", "data.offline=null"),
        STNCTL_MNIST_URL="http://127.0.0.1:9/mnist.npz",
        STNCTL_CACHE_DIR=str(kept.parent),
        KERAS_HOME=str(stnctl.folder / "keras"),
    )
    assert (done.returncode, done.stdout) == (4, ""), done.stderr
    assert "data.source=PATH" in done.stderr
    assert kept.read_bytes() == b"something else"
    assert not (stnctl.folder / "runs").exists()


# memory


def test_out_of_memory(stnctl):
    """A layer's weights need 1.4 GB; the process may use 1 GB more than its libraries."""
    layer = ("model.classifier={filters: [512], units: 4096}", "train.optimizer=sgd")
    limits = ("limits.max_parameters=1000000000", "limits.max_bytes=1000000000000")
    changes = [word for change in (*layer, *limits) for word in ("--set", change)]
    done = run_with_memory(1000, stnctl.folder, "train", "tiny.yaml", "--name", "x", *changes)
    assert (done.returncode, done.stdout) == (4, ""), done.stderr
    assert "out of memory" in done.stderr
    assert "train.batch_size" in done.stderr
    run = RunDirectory(stnctl.folder / "runs" / "x")
    assert not list(run.checkpoints.glob("*"))


MEMORY = """
import resource
from pathlib import Path

pages = int(Path("/proc/self/statm").read_text().split()[0]) + 256 * {}
resource.setrlimit(resource.RLIMIT_AS, (pages * 4096,) * 2)
"""


def run_with_memory(megabytes, folder, *arguments):
    """Run a command that may use ``megabytes`` more than its libraries."""
    return fork_server().run(arguments, folder, prelude=MEMORY.format(megabytes))
