"""Node.js, in which the tests run the modules of the explorer."""

import json
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

WEB = Path(str(files("stnctl.reports.explorer") / "web"))
TIMEOUT_S = 300


def run_node(script: str, payload: Any = None) -> Any:
    """Run an ES module in Node.js, and return the JSON value that it prints.

    Args:
        script: Text of the module. It imports the explorer's modules as "WEB/geometry/warp.js", and
            finds the payload in the constant ``payload``.
        payload: JSON value.
    """
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs Node.js to run the explorer's JavaScript")
    start = "const payload = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));"
    require = "import { createRequire } from 'node:module';"
    module = f"{require}\nconst require = createRequire('/');\n{start}\n{script}"
    done = subprocess.run(
        [node, "--input-type=module", "--eval", module.replace("WEB/", f"{WEB.as_uri()}/")],
        input=json.dumps(payload),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
