"""What a stranger may do to a run directory, and what no command may do with it."""

import json
import os
import pickle
import shutil
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import numpy as np

from stnctl.runs.checkpoint_paths import META, STATE
from stnctl.runs.checkpoint_reader import follow_pointer
from stnctl.runs.directory import RunDirectory
from stnctl.storage.checksummed_json import CHECKSUM_KEY, checksummed_bytes
from stnctl.storage.npz_bytes import describe_arrays, pack_arrays

EXECUTING = (
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "subprocess.Popen",
    "socket.connect",
    "pickle.find_class",
    "marshal.loads",
)
SECRET = "the secret of somebody else"


@dataclass(frozen=True)
class Stranger:
    """What a stranger gives, and what must not be touched."""

    folder: Path
    run: RunDirectory

    @property
    def bait(self) -> Path:
        return self.folder / "outside" / "bait"

    @property
    def executed(self) -> Path:
        return self.folder / "executed"

    @property
    def commit(self) -> Path:
        """The folder of the only checkpoint."""
        (commit,) = self.run.checkpoints.glob("step-*")
        return commit

    def bomb(self) -> "Bomb":
        return Bomb(f"touch {self.executed}")

    def change_json(self, path, **changes):
        """Change a JSON file, and seal it again if it was sealed."""
        document = json.loads(path.read_text())
        sealed = document.pop(CHECKSUM_KEY, None) is not None
        document |= changes
        path.write_bytes(checksummed_bytes(document) if sealed else json.dumps(document).encode())

    def change_state(self, data, **claims):
        """Put other bytes for the state, with the right sizes and sha256 in meta.json."""
        (self.commit / STATE).write_bytes(data)
        digest = sha256(data).hexdigest()
        claims = {"state_bytes": len(data), "state_sha256": digest, **claims}
        self.change_json(self.commit / META, **claims)

    def change_arrays(self, change):
        """Let ``change`` work on the arrays by name, and seal what comes of it."""
        arrays = follow_pointer(self.run, "best").arrays
        change(arrays)
        self.change_state(pack_arrays(arrays), arrays=describe_arrays(arrays))

    def change_config(self, old, new):
        text = self.run.config.read_text()
        assert old in text
        self.run.config.write_text(text.replace(old, new, 1))

    def lead_out(self, path):
        """Put a link to the bait, or to its folder, in the place of a file or a folder."""
        target = self.bait
        if path.is_dir():
            shutil.copytree(path, self.bait.parent, dirs_exist_ok=True)
            shutil.rmtree(path)
            target = self.bait.parent
        path.unlink(missing_ok=True)
        path.symlink_to(target)


class Bomb:
    """What runs a command when it is unpickled."""

    def __init__(self, command):
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


def refuse(watched, stranger, *arguments, message):
    """Assert that a command refuses the run, and touches nothing."""
    done = watched(stranger.folder, *arguments, timeout=60)
    assert done.code == 3, done.stderr
    assert message in " ".join(done.stderr.split())
    assert_harmless(stranger, done)
    assert done.stdout == ""
    assert done.stderr.count("error ") == 1
    assert len(done.stderr) < 2000
    assert "\x1b" not in done.stderr
    return done


def assert_harmless(stranger, done):
    assert "Traceback" not in done.stderr
    assert SECRET not in done.stderr + done.stdout
    assert not stranger.executed.exists()
    assert [event for event in done.events if event[0] in EXECUTING] == []
    assert [path for path in done.of("open") if "bait" in path or "outside" in path] == []


def pickled_array(stranger):
    file = BytesIO()
    arrays = follow_pointer(stranger.run, "best").arrays
    np.savez(file, **arrays | {first(arrays): np.array([stranger.bomb()], object)})
    stranger.change_state(file.getvalue())


def pickle_for_a_state(stranger):
    filler = bytes((stranger.commit / STATE).stat().st_size)
    stranger.change_state(pickle.dumps((stranger.bomb(), filler)))


def zip_bomb(stranger):
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model/000/kernel.npy", bytes(50_000_000))
    stranger.change_state(file.getvalue())


def first(arrays, group="model"):
    return next(name for name in arrays if name.startswith(group))


def other_shapes(arrays):
    name = first(arrays)
    arrays[name] = arrays[name].reshape(-1)


def other_dtype(arrays):
    name = first(arrays)
    arrays[name] = arrays[name].astype(np.float64)


def not_finite(arrays):
    arrays[first(arrays)].flat[0] = np.nan


def missing_array(arrays):
    del arrays[first(arrays)]


def other_name(arrays):
    name = first(arrays)
    arrays[f"{name}_"] = arrays.pop(name)


def extra_array(arrays):
    arrays["model/999/kernel"] = np.zeros(0, np.float32)


def extra_group(arrays):
    arrays["other/000/kernel"] = np.zeros(3, np.float32)


def name_of_a_path(arrays):
    arrays["../../x"] = np.zeros(3, np.float32)


def average_of_another_network(arrays):
    arrays["average/000/kernel"] = np.zeros(3, np.float32)


def python_tag(stranger):
    text = f"name: !!python/object/apply:os.system ['touch {stranger.executed}']\n"
    stranger.run.config.write_text(text)


def extends_outside(stranger):
    text = stranger.run.config.read_text()
    stranger.run.config.write_text(f"extends: {stranger.bait}\n{text}")


def alias_bomb(stranger):
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40))]
    stranger.run.config.write_text("\n".join(lines))


def pipe_for_a_config(stranger):
    stranger.run.config.unlink()
    os.mkfifo(stranger.run.config)


def link_for_a_config(stranger):
    stranger.lead_out(stranger.run.config)


def lambda_model(path, stranger):
    layer = {"class_name": "Lambda", "config": {"function": f"touch {stranger.executed}"}}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(layer))
        archive.writestr("metadata.json", "{}")


def pickled_model(path, stranger):
    path.write_bytes(pickle.dumps(stranger.bomb()))
