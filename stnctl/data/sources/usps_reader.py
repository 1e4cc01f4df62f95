"""Reader of USPS digits (Hull 1994) in the text format of LIBSVM, compressed by bzip2.

Each line is ``label 1:value 2:value ...`` with the 256 values of a 16x16 image, from -1 to 1, and
the label 1 to 10 for the digits 0 to 9.
"""

import bz2
from pathlib import Path

import numpy as np

from stnctl.data.sources.user_files import open_user_file
from stnctl.errors import InputError

SIDE = 16
_MAX_BYTES = 100_000_000


def read_usps_file(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read a file of USPS.

    Args:
        path: The file usps.bz2 or usps.t.bz2.

    Returns:
        Images (N, 16, 16), uint8, and labels (N,), int64, from 0.

    Raises:
        InputError: If the file is missing, damaged or too large.
        EnvironmentFault: If there is no permission to read it.
    """
    with open_user_file(path, "data set") as file:
        try:
            with bz2.BZ2File(file) as stream:
                text = stream.read(_MAX_BYTES)
            rows = [line.split() for line in text.decode("ascii").splitlines()]
            labels = np.array([int(row[0]) - 1 for row in rows])
            values = np.array([[float(cell.split(":")[1]) for cell in row[1:]] for row in rows])
            images = values.reshape(-1, SIDE, SIDE)
        except (OSError, EOFError, ValueError, IndexError) as error:
            raise InputError(
                f"{path} is not a readable file of USPS: {error}", hint="download it again"
            ) from error
    return np.rint((np.clip(images, -1, 1) + 1) * 127.5).astype(np.uint8), labels
