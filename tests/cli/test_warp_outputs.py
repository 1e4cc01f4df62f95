import os
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from stnctl.cli.warp_outputs import STDOUT, Outputs
from stnctl.data.image_files.color_profile import ColorProfile
from stnctl.data.image_files.image_io import CHANNELS, Image
from stnctl.errors import EnvironmentFault, UsageError


@pytest.mark.parametrize(
    ("image", "mode", "destination"),
    [
        ("in/u.png", "RGB", "u-warped.png"),
        ("in/u.jpg", "RGB", "u-warped.jpg"),
        ("u.jpg", "RGBA", "u-warped.png"),
        ("u.gif", "RGB", "u-warped.png"),
        ("u", "RGB", "u-warped.png"),
        ("digit:5", "L", "digit-5-warped.png"),
        ("-", "L", "stdin-warped.png"),
    ],
)
def test_destination_of_images(image, mode, destination):
    assert Outputs().destination(Path(image), mode) == Path(destination)


@pytest.mark.parametrize(
    ("outputs", "destination"),
    [
        (Outputs(figure=Path("f.png")), None),
        (Outputs(animate=Path("a.GIF")), None),
        (Outputs(show=True), None),
        (Outputs(json=True), Path("u-warped.png")),
        (Outputs(output=Path("v.tif"), show=True), Path("v.tif")),
        (Outputs(output=STDOUT), STDOUT),
    ],
)
def test_destination_with_other_outputs(outputs, destination):
    assert outputs.destination(Path("u.png"), "L") == destination


@pytest.mark.parametrize(
    ("outputs", "mode", "note"),
    [
        (Outputs(), "RGB", "V has the color profile of the image, test"),
        (Outputs(output=STDOUT), "RGB", "V has the color profile of the image, test"),
        (Outputs(output=Path("v.jpg")), "L", "V has the color profile of the image, test"),
        (
            Outputs(output=Path("v.png"), figure=Path("f.png")),
            "RGB",
            "V has the color profile of the image, test; other outputs are converted to sRGB",
        ),
        (Outputs(output=Path("v.bmp")), "RGB", "colors are converted from .* test to sRGB"),
        (Outputs(output=Path("v.webp")), "L", "colors are converted from .* test to sRGB"),
        (Outputs(animate=Path("a.gif")), "RGB", "colors are converted from .* test to sRGB"),
    ],
)
def test_profile_note(outputs, mode, note):
    pixels = np.zeros((2, 2, CHANNELS[mode]))
    image = Image(pixels, mode, (), ColorProfile(b"", "RGB", "test"))
    destination = outputs.destination(Path("u.png"), mode)
    assert re.fullmatch(note, outputs.profile_note(image, destination))
    for profile in (None, ColorProfile(b"", "RGB", "sRGB IEC61966-2.1")):
        assert outputs.profile_note(replace(image, profile=profile), destination) is None


@pytest.mark.parametrize(
    ("output", "free"),
    [(Outputs(), True), (Outputs(output=STDOUT), False), (Outputs(json=True), False)],
)
def test_stdout_is_free(output, free):
    assert output.stdout_is_free is free


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"figure": Path("f.jpg")}, "--figure: expected a .png or .pdf or .svg file, got f.jpg"),
        ({"animate": Path("a")}, "--animate: expected a .gif file, got a"),
        ({"output": STDOUT, "json": True}, "both write to stdout"),
    ],
)
def test_outputs_rejects(options, message):
    with pytest.raises(UsageError, match=message):
        Outputs(**options)


@pytest.mark.parametrize(
    ("outputs", "error", "message"),
    [
        (Outputs(Path("v.xyz")), UsageError, "no image format '.xyz'"),
        (Outputs(Path("v.jpg")), UsageError, "does not support RGBA"),
        (Outputs(Path("u.png")), UsageError, "u.png is the image itself"),
        (Outputs(figure=Path("u.png")), UsageError, "u.png is the image itself"),
        (Outputs(Path("d.png")), UsageError, "d.png is a folder"),
        (Outputs(figure=Path("d.png")), UsageError, "d.png is a folder"),
        (Outputs(Path("v.png"), Path("./v.png")), UsageError, "v.png would be written twice"),
        (Outputs(Path("v.png"), Path("link.png")), UsageError, "v.png would be written twice"),
        (
            Outputs(Path("d.png/../v.png"), Path("v.png")),
            UsageError,
            "v.png would be written twice",
        ),
        (Outputs(Path("pipe.png")), UsageError, "pipe.png is a pipe, socket or device"),
        (Outputs(figure=Path("astray.png")), EnvironmentFault, "can't write astray.png: .*no$"),
        (Outputs(animate=Path("no/a.gif")), EnvironmentFault, "there is no folder no"),
    ],
)
def test_destination_rejects(tmp_path, monkeypatch, outputs, error, message):
    """Also with --force."""
    monkeypatch.chdir(tmp_path)
    Path("u.png").touch()
    Path("d.png").mkdir()
    Path("link.png").symlink_to("v.png")
    Path("astray.png").symlink_to("no/v.png")
    os.mkfifo("pipe.png")
    for force in (False, True):
        with pytest.raises(error, match=message):
            replace(outputs, force=force).destination(Path("u.png"), "RGBA")


@pytest.mark.parametrize(
    "outputs",
    [
        Outputs(),
        Outputs(Path("./u-warped.png")),
        Outputs(figure=Path("u-warped.png")),
        Outputs(animate=Path("link.gif")),
    ],
)
def test_destination_replaces_files_with_force_only(tmp_path, monkeypatch, outputs):
    """Also the file that has the default name."""
    monkeypatch.chdir(tmp_path)
    Path("u-warped.png").touch()
    Path("link.gif").symlink_to("u-warped.png")
    with pytest.raises(UsageError, match=r"exists already") as caught:
        outputs.destination(Path("u.png"), "RGB")
    assert caught.value.hint == "replace it with --force, or name another file"
    replace(outputs, force=True).destination(Path("u.png"), "RGB")
