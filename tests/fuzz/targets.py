"""Fuzzing targets: attempts for each reader, equal for equal random generators."""

import gzip
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

import numpy as np

from stnctl.cli.warp_arguments import check_numbers, join_numbers
from stnctl.config.load import load_config, load_resolved, parse_config
from stnctl.data.dataset import Arrays
from stnctl.data.image_files.image_io import read_image
from stnctl.data.sources.idx_reader import find_idx_sets, read_idx
from stnctl.data.sources.npz_reader import read_npz
from stnctl.geometry.registries import TRANSFORMS
from stnctl.warping.from_parameters import ParameterSpec, matrix_numbers
from stnctl.warping.numbers import EXAMPLES, parse_numbers, parse_pair
from stnctl.warping.theta_path import MapSizes
from tests.data.synthetic import synthetic_arrays
from tests.fuzz import grammar
from tests.fuzz.attempt import Attempt, Target
from tests.fuzz.mutate import damaged, with_correct_checksums
from tests.fuzz.seeds import (
    MODES,
    encode_idx,
    encode_image,
    encode_npy,
    encode_npz,
    images_with_chunks,
)
from tests.fuzz.stored import runs
from tests.fuzz.texts import texts


def config(folder: Path) -> Target:
    """Return attempts on config texts, files that extend another, and configs of runs."""
    seeds = [path.read_bytes() for path in sorted(grammar.CONFIGS.glob("*.yaml"))]
    path = folder / "config.yaml"
    (folder / "other.yaml").write_text("seed: 1\n", encoding="utf-8")

    def attempt(rng: Random) -> Attempt:
        data = grammar.document(rng).encode() if rng.random() < 0.5 else rng.choice(seeds)
        if rng.random() < 0.7:
            data = damaged(rng, data, grammar.TOKENS)
        if rng.random() < 0.5:
            path.write_bytes(data)
            return Attempt(
                {path.name: data}, (partial(rng.choice((load_config, load_resolved)), path),)
            )
        text = data.decode(errors="replace")
        return Attempt({path.name: text.encode()}, (partial(parse_config, text, where="text"),))

    return attempt


def overrides(folder: Path) -> Target:
    """Return attempts on overrides of a short config."""
    seeds = ["", "model: {transformer: {}}\n", "data: {distortion: RTS}\ntrain: {epochs: 2}\n"]

    def attempt(rng: Random) -> Attempt:
        text = rng.choice(seeds)
        given = [grammar.override(rng) for _ in range(rng.choice((1, 1, 1, 2, 4)))]
        if rng.random() < 0.6:
            given[0] = _argument(damaged(rng, given[0].encode(), grammar.TOKENS))
        files = {f"{k}.txt": each.encode(errors="surrogateescape") for k, each in enumerate(given)}
        read = partial(parse_config, text, where="text", overrides=given)
        return Attempt({"config.yaml": text.encode(), **files}, (read,))

    return attempt


def items(folder: Path) -> Target:
    """Return attempts on overrides of list items, with lists and maps as values."""
    seeds = [grammar.LISTS, "model: {transformer: {}}\n"]

    def attempt(rng: Random) -> Attempt:
        text = rng.choice(seeds)
        given = [grammar.item_override(rng) for _ in range(rng.choice((1, 1, 2)))]
        if rng.random() < 0.2:
            given[0] = _argument(damaged(rng, given[0].encode(), grammar.TOKENS))
        files = {f"{k}.txt": each.encode(errors="surrogateescape") for k, each in enumerate(given)}
        read = partial(parse_config, text, where="text", overrides=given)
        return Attempt({"config.yaml": text.encode(), **files}, (read,))

    return attempt


def arrays(folder: Path) -> Target:
    """Return attempts on .npz files and folders of IDX files; half are damaged when unpacked."""
    held = synthetic_arrays(train=10, test=10, side=4)
    held_forms = [held, {**held, "x_train": held["x_train"] / np.float32(255)}]
    members = [
        {f"{key}.npy": encode_npy(value) for key, value in form.items()} for form in held_forms
    ]
    idx = encode_idx(held)

    def attempt(rng: Random) -> Attempt:
        if rng.random() < 0.5:
            name, data = "x.npz", _npz_mutant(rng, rng.choice(members))
            read = partial(read_npz, folder / name)
        else:
            name, data = _idx_mutant(rng, idx, folder)
            read = partial(_read_idx_folder, folder)
        (folder / name).write_bytes(data)
        return Attempt({name: data}, (read,))

    return attempt


def _read_idx_folder(folder: Path) -> Arrays:
    return read_idx(folder, find_idx_sets(folder).get("", {}))


def images(folder: Path) -> Target:
    """Return attempts on image files of each supported format and mode."""
    seeds = [encode_image(kind, mode) for kind, modes in MODES.items() for mode in modes]
    seeds += images_with_chunks()
    path = folder / "image"

    def attempt(rng: Random) -> Attempt:
        data = damaged(rng, rng.choice(seeds))
        if rng.random() < 0.7:
            data = with_correct_checksums(data) if data[1:4] == b"PNG" else data
        path.write_bytes(data)
        return Attempt({path.name: data}, (partial(read_image, path),))

    return attempt


def theta(folder: Path) -> Target:
    """Return attempts on the numbers of a command line, and on theta of these numbers."""
    words = [*" ".join(EXAMPLES.values()).split(), *map(repr, (1e30, 1e31, -0.0, 1e-400, 10**400))]
    words += ["nan", "-inf", "1_0", "٣", "12px", "--theta", "--theta=1", "=", "0x1p3", "−1"]
    words += ["1e", ""]
    tokens = [word.encode() for word in (*words, " ", ",", ";", "\n", "\x85", "-", ".")]

    def attempt(rng: Random) -> Attempt:
        parts = [rng.choice(words) for _ in range(rng.choice((0, 1, 2, 6, 6, 8, 8, 30)))]
        text = rng.choice((" ", ",", "; ")).join(parts)
        if rng.random() < 0.6:
            text = _argument(damaged(rng, text.encode(), tokens))
        option = rng.choice(list(EXAMPLES))
        joined = partial(_check_arguments, [option, *text.split(" ")])
        pair = partial(parse_pair, option, "x, y", text)
        in_pixels, inverse, align_corners = (rng.random() < 0.5 for _ in range(3))
        maps = MapSizes((3, 4), (2, 1), align_corners)
        name = rng.choice([*TRANSFORMS, ""])
        family = partial(_make_goal, name, text, maps, in_pixels=in_pixels, inverse=inverse)
        return Attempt({"text.txt": text.encode(errors="surrogateescape")}, (pair, joined, family))

    return attempt


def _make_goal(name: str, text: str, maps: MapSizes, **ways: bool) -> None:
    """Make theta of the family ``name``, or of the one that the count of numbers means."""
    numbers = parse_numbers("--theta", text)
    if not name:
        name, numbers = matrix_numbers("--theta", text)
    ParameterSpec("--theta", name, numbers, **ways).theta_path(maps)


def _check_arguments(args: list[str]) -> None:
    for option in EXAMPLES:
        args = join_numbers(args, option)
    check_numbers(args)


def _argument(data: bytes) -> str:
    """Return bytes as in sys.argv, which has no zero bytes."""
    return data.replace(b"\0", b"").decode(errors="surrogateescape")


_COMPRESSIONS = (*2 * (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED), zipfile.ZIP_LZMA)

_NPY_TOKENS = tuple(
    b"'<f8' '|O' '>i2' '<U4' '|u1' '|b1' True False 9999999999 (4,) -1 [] __import__".split()
)


def _npz_mutant(rng: Random, members: dict[str, bytes]) -> bytes:
    compression = rng.choice(_COMPRESSIONS)
    if rng.random() < 0.5:
        return damaged(rng, encode_npz(members, compression))
    name = rng.choice(list(members))
    return encode_npz({**members, name: damaged(rng, members[name], _NPY_TOKENS)}, compression)


def _idx_mutant(rng: Random, files: dict[str, bytes], folder: Path) -> tuple[str, bytes]:
    """Write all files but one into ``folder``; return the name and damaged bytes of that one."""
    name = rng.choice(list(files))
    for other, data in files.items():
        (folder / f"{other}.gz").unlink(missing_ok=True)
        if other != name:
            (folder / other).write_bytes(data)
    if rng.random() < 0.5:
        return name, damaged(rng, files[name])
    (folder / name).unlink(missing_ok=True)
    if rng.random() < 0.5:
        return f"{name}.gz", damaged(rng, gzip.compress(files[name], 1, mtime=0))
    return f"{name}.gz", gzip.compress(damaged(rng, files[name]), 1, mtime=0)


TARGETS: dict[str, Callable[[Path], Target]] = {
    "config": config,
    "overrides": overrides,
    "items": items,
    "arrays": arrays,
    "images": images,
    "runs": runs,
    "theta": theta,
    "texts": texts,
}
"""Name -> function that makes the target in an empty folder."""
