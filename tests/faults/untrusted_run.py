"""Attacks on a run directory from someone else, and checks that no command is affected."""

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
SECRET = "the secret of another user"


@dataclass(frozen=True)
class UntrustedRun:
    """A run from someone else, beside files that no command may open or create."""

    folder: Path
    run: RunDirectory

    @property
    def bait(self) -> Path:
        return self.folder / "outside" / "bait"

    @property
    def executed(self) -> Path:
        return self.folder / "executed"

    @property
    def checkpoint(self) -> Path:
        """The folder of the only checkpoint."""
        (checkpoint,) = self.run.checkpoints.glob("step-*")
        return checkpoint

    def bomb(self) -> "Bomb":
        return Bomb(f"touch {self.executed}")

    def change_json(self, path, **changes):
        """Change keys of a JSON file, and renew its checksum if it has one."""
        document = json.loads(path.read_text())
        has_checksum = document.pop(CHECKSUM_KEY, None) is not None
        document |= changes
        text = json.dumps(document).encode()
        path.write_bytes(checksummed_bytes(document) if has_checksum else text)

    def change_state(self, data, **meta):
        """Replace the bytes of the state, with the correct size and sha256 in meta.json."""
        (self.checkpoint / STATE).write_bytes(data)
        digest = sha256(data).hexdigest()
        meta = {"state_bytes": len(data), "state_sha256": digest, **meta}
        self.change_json(self.checkpoint / META, **meta)

    def change_arrays(self, change):
        """Apply ``change`` to the dict of arrays, and write them with correct checksums."""
        arrays = follow_pointer(self.run, "best").arrays
        change(arrays)
        self.change_state(pack_arrays(arrays), arrays=describe_arrays(arrays))

    def change_config(self, old, new):
        text = self.run.config.read_text()
        assert old in text
        self.run.config.write_text(text.replace(old, new, 1))

    def link_out(self, path):
        """Replace a file or a folder by a link to the bait, or to its folder."""
        target = self.bait
        if path.is_dir():
            shutil.copytree(path, self.bait.parent, dirs_exist_ok=True)
            shutil.rmtree(path)
            target = self.bait.parent
        path.unlink(missing_ok=True)
        path.symlink_to(target)


class Bomb:
    """Object that runs a command when it is unpickled."""

    def __init__(self, command):
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


def assert_rejected(audited_child, untrusted, *arguments, message):
    """Assert that a command rejects the run with ``message``, and opens nothing outside of it."""
    done = audited_child(untrusted.folder, *arguments, timeout=60)
    assert done.code == 3, done.stderr
    text = " ".join(done.stderr.split())
    assert message in text, text
    assert_harmless(untrusted, done)
    assert done.stdout == ""
    assert done.stderr.count("error ") == 1
    assert len(done.stderr) < 2000
    assert "\x1b" not in done.stderr
    return done


def assert_harmless(untrusted, done):
    assert "Traceback" not in done.stderr
    assert SECRET not in done.stderr + done.stdout
    assert not untrusted.executed.exists()
    assert [event for event in done.events if event[0] in EXECUTING] == []
    assert [path for path in done.of("open") if "bait" in path or "outside" in path] == []


def pickled_array(untrusted):
    file = BytesIO()
    arrays = follow_pointer(untrusted.run, "best").arrays
    np.savez(file, **arrays | {first(arrays): np.array([untrusted.bomb()], object)})
    untrusted.change_state(file.getvalue())


def pickle_for_a_state(untrusted):
    filler = bytes((untrusted.checkpoint / STATE).stat().st_size)
    untrusted.change_state(pickle.dumps((untrusted.bomb(), filler)))


def zip_bomb(untrusted):
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model/000/kernel.npy", bytes(50_000_000))
    untrusted.change_state(file.getvalue())


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


def overflowing(arrays):
    for name in arrays:
        if arrays[name].dtype == np.float32:
            arrays[name] = np.full_like(arrays[name], 3e38)


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


def python_tag(untrusted):
    text = f"name: !!python/object/apply:os.system ['touch {untrusted.executed}']\n"
    untrusted.run.config.write_text(text)


def extends_outside(untrusted):
    text = untrusted.run.config.read_text()
    untrusted.run.config.write_text(f"extends: {untrusted.bait}\n{text}")


def alias_bomb(untrusted):
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40))]
    untrusted.run.config.write_text("\n".join(lines))


def pipe_for_a_config(untrusted):
    untrusted.run.config.unlink()
    os.mkfifo(untrusted.run.config)


def link_for_a_config(untrusted):
    untrusted.link_out(untrusted.run.config)


def lambda_model(path, untrusted):
    layer = {"class_name": "Lambda", "config": {"function": f"touch {untrusted.executed}"}}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(layer))
        archive.writestr("metadata.json", "{}")


def pickled_model(path, untrusted):
    path.write_bytes(pickle.dumps(untrusted.bomb()))
