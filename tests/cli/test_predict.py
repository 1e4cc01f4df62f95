"""``stnctl predict``: classes of image files."""

import json

import numpy as np
import pytest
from PIL import Image

from tests.image_files import size


@pytest.fixture
def photo(stnctl):
    """Write a photo of a dark bar on bright paper, and return the folder."""
    pixels = np.full((90, 60), 220, np.uint8)
    pixels[20:70, 25:35] = 30
    Image.fromarray(pixels).convert("RGB").save(stnctl.folder / "bar.jpg")
    Image.fromarray(np.full((9, 9), 128, np.uint8)).save(stnctl.folder / "empty.png")
    (stnctl.folder / "text.png").write_text("no image", encoding="utf-8")
    return stnctl.folder


def test_predict(project, stnctl, photo):
    options = ("--runs-dir", str(project / "runs"), "--data", str(project / "tiny.npz"))
    done = stnctl("predict", "stn", "bar.jpg", "digit:3", *options, "--prepare", "digit",
                  "-o", "seen.png")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "predictions (digit)" in done.stdout
    assert "bar.jpg" in done.stdout
    assert done.stdout.endswith("seen.png\n")
    assert min(size(photo / "seen.png")) > 300

    document = json.loads(stnctl("predict", "stn", "bar.jpg", *options, "--json").stdout)
    assert (document["prepare"], document["files"]) == ("fit", [])
    [image] = document["images"]
    assert sum(image["probabilities"]) == pytest.approx(1, abs=1e-4)
    assert image["probability"] == max(image["probabilities"])


def test_predict_rejects(project, stnctl, photo):
    options = ("--runs-dir", str(project / "runs"), "--data", str(project / "tiny.npz"))
    for arguments, code, message in [
        (("empty.png", "--prepare", "digit"), 3, "empty.png shows no digit: all pixels are nearly"),
        (("text.png",), 3, "text.png"),
        (("none.png",), 3, "none.png"),
        (("bar.jpg", "--prepare", "none"), 3, "bar.jpg has 60x90 pixels, expected 12x12"),
        (("bar.jpg", "--prepare", "big"), 2, "--prepare: expected one of digit, fit, none"),
        (("bar.jpg", "-o", "seen.gif"), 2, "--output: expected a .png file"),
    ]:
        done = stnctl("predict", "stn", *arguments, *options)
        assert (done.returncode, done.stdout) == (code, ""), arguments
        assert message in done.stderr
    assert sorted(path.name for path in photo.iterdir()) == ["bar.jpg", "empty.png", "text.png"]
