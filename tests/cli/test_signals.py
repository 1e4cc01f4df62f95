import os
import signal
import subprocess
import sys

import pytest

from stnctl.cli.signals import stop_on_signals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stop_on_signals_notes_the_first(number):
    before = signal.getsignal(number)
    with stop_on_signals() as stop:
        assert stop.signal is None
        os.kill(os.getpid(), number)
        assert stop.signal == number
    assert signal.getsignal(number) is before


def test_stop_on_signals_leaves_at_the_second():
    code = (
        "import os, signal\n"
        "from stnctl.cli.signals import stop_on_signals\n"
        "with stop_on_signals():\n"
        "    for _ in range(2):\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "print('still here')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 143
    assert "still here" not in done.stdout
    assert "once more to leave at once" in done.stderr
