import subprocess
import sys

import pytest

from stnctl.config.load import parse_config
from stnctl.errors import ConfigError


def test_limits_preset():
    limits = parse_config("", where="c.yaml").limits
    assert (limits.max_parameters, limits.max_bytes) == (50_000_000, 8 * 2**30)


@pytest.mark.parametrize("key", ["max_parameters", "max_bytes"])
@pytest.mark.parametrize("value", ["0", "-1", "1.5", "true", "null", ".inf", str(2**50 + 1)])
def test_limits_reject_value(key, value):
    with pytest.raises(ConfigError) as caught:
        parse_config(f"limits: {{{key}: {value}}}", where="c.yaml")
    assert str(caught.value).startswith(f"c.yaml:1:10: limits.{key}: expected a whole number")


@pytest.mark.parametrize("value", [1, 2**50])
def test_limits_at_their_ends(value):
    assert parse_config(f"limits: {{max_bytes: {value}}}", where="c").limits.max_bytes == value


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("limits: {max_parameters: 9}", "c.yaml:2:10: limits.max_parameters: the network has "),
        ("limits: {max_bytes: 9}", "c.yaml:2:10: limits.max_bytes: the training needs about "),
        (
            "model: {classifier: [pool, pool, {layer: conv, kernel_size: 9}]}",
            "c.yaml:2:34: model.classifier[2]: a convolution of 9x9 needs a map of at least 9x9, "
            "got 7x7",
        ),
    ],
)
def test_train_rejects_network(tmp_path, line, message):
    """Before TensorFlow loads, and without a run directory."""
    (tmp_path / "c.yaml").write_text(f"data: {{source: digits}}\n{line}\n")
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "stnctl", "train", "c.yaml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    modules = [line.split()[-1] for line in done.stderr.splitlines() if "|" in line]
    assert (done.returncode, done.stdout) == (2, "")
    assert f"error {message}" in done.stderr
    assert "Traceback" not in done.stderr
    assert not {"keras", "tensorflow"} & set(modules)
    assert [path.name for path in tmp_path.iterdir()] == ["c.yaml"]
