"""Make stnctl/data/embedded/digits.npz from the UCI digits in scikit-learn (version 1.9.1).

Run it from the root of the project: python -m tests.golden.make_digits
"""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

TARGET = Path("stnctl/data/embedded/digits.npz")


def main() -> None:
    digits = load_digits()
    images = digits.images.astype(np.uint8)
    if not np.array_equal(images, digits.images):
        raise ValueError("the images are no longer integers from 0 to 16")
    np.savez_compressed(TARGET, images=images, labels=digits.target.astype(np.uint8))


if __name__ == "__main__":
    main()
