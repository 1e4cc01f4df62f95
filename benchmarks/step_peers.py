"""Peers of a training step: the article's networks, as users of Keras and PyTorch would write them.

    python -m benchmarks.step_peers PEER NETWORK DATA.npz --batch 32

trains a network for two epochs on the images of a file, and prints the images per second of the
second epoch. Without a peer, it lists them. The CNN has convolutions of 32 and 64 filters and a
dense layer of 128 units; the STN has a localization network of three convolutions of 64 filters, a
bottleneck of 6 units, and a head that starts at the identity.
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

THREADS = 2
EPOCHS = 2
RATE = 0.001
IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


@dataclass(frozen=True)
class Peer:
    """Library with its settings.

    Attributes:
        train: Function of the network's name, the images (N, 28, 28, 1) from 0 to 1, the labels and
            the batch size; it returns the seconds of the last epoch.
        precision: "float32" or "bfloat16".
    """

    train: Callable[[str, np.ndarray, np.ndarray, int], float]
    precision: str = "float32"


def main() -> None:
    """Train with one peer, and print the images per second."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("network", choices=["cnn", "stn"])
    parser.add_argument("data", type=Path)
    parser.add_argument("--batch", type=int, default=32)
    options = parser.parse_args()
    with np.load(options.data) as arrays:
        images = arrays["x_train"][..., None].astype("float32") / 255
        labels = arrays["y_train"].astype("int64")
    seconds = PEERS[options.peer].train(options.network, images, labels, options.batch)
    sys.stdout.write(f"{len(images) / seconds:.1f}\n")


def train_keras(
    network: str,
    images: np.ndarray,
    labels: np.ndarray,
    batch: int,
    *,
    policy: str = "float32",
) -> float:
    """Train with ``fit`` of Keras on TensorFlow, and a sampler of four gathers."""
    model = keras_model(network, images.shape[1:], policy)
    clock = _Clock()
    for _ in range(EPOCHS):
        clock.start()
        model.fit(images, labels, batch_size=batch, verbose=0)
        clock.stop()
    return clock.seconds


def keras_model(network: str, shape: tuple[int, ...], policy: str = "float32") -> Any:
    """Return the compiled model of Keras for images (H, W, C), in a dtype policy of Keras."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(THREADS)
    import keras
    from keras import layers

    keras.config.set_dtype_policy(policy)
    U = keras.Input(shape)
    x = U
    if network == "stn":
        for _ in range(3):
            x = layers.Conv2D(64, 3, activation="sigmoid")(x)
            x = layers.MaxPooling2D()(x)
        penalty = keras.regularizers.L2(0.01)
        x = layers.Flatten()(x)
        x = layers.Dense(6, activation="tanh", activity_regularizer=penalty, dtype="float32")(x)
        theta = layers.Dense(
            6,
            kernel_initializer="zeros",
            bias_initializer=lambda shape, dtype=None: tf.constant(IDENTITY),
            dtype="float32",
        )(x)
        x = layers.Lambda(_warp, dtype="float32")([U, theta])
    for filters in (32, 64):
        x = layers.Conv2D(filters, 3, activation="relu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Dense(128, activation="sigmoid")(layers.Flatten()(x))
    model = keras.Model(U, layers.Dense(10, dtype="float32")(x))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(RATE), loss, metrics=["accuracy"])
    return model


def _warp(inputs: Any) -> Any:
    """Return V (B, H, W, C) of U and theta, by the four pixels around each point."""
    import tensorflow as tf

    U, theta = inputs
    height, width = U.shape[1], U.shape[2]
    y, x = tf.meshgrid(tf.linspace(-1.0, 1.0, height), tf.linspace(-1.0, 1.0, width), indexing="ij")
    ones = tf.ones(height * width)
    grid = tf.stack([tf.reshape(x, [-1]), tf.reshape(y, [-1]), ones])
    points = tf.matmul(tf.reshape(theta, [-1, 2, 3]), grid[None])
    px = (points[:, 0] + 1) * (width - 1) / 2
    py = (points[:, 1] + 1) * (height - 1) / 2
    x0, y0 = tf.floor(px), tf.floor(py)
    total = 0.0
    for row in (y0, y0 + 1):
        for column in (x0, x0 + 1):
            weight = (1 - tf.abs(px - column)) * (1 - tf.abs(py - row))
            inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
            weight = tf.where(inside, weight, 0.0)
            i = tf.cast(tf.clip_by_value(row, 0, height - 1), tf.int32)
            j = tf.cast(tf.clip_by_value(column, 0, width - 1), tf.int32)
            values = tf.gather_nd(U, tf.stack([i, j], -1), batch_dims=1)
            total += weight[..., None] * values
    return tf.reshape(total, [-1, height, width, U.shape[3]])


def train_torch(
    network: str,
    images: np.ndarray,
    labels: np.ndarray,
    batch: int,
    *,
    channels_last: bool = False,
    compiled: bool = False,
    bfloat16: bool = False,
) -> float:
    """Train with an ordinary loop of PyTorch on tensors in memory."""
    import torch

    torch.set_num_threads(THREADS)
    model: Any = _torch_network(network)
    U = torch.from_numpy(images.transpose(0, 3, 1, 2).copy())
    if channels_last:
        model = model.to(memory_format=torch.channels_last)
        U = U.to(memory_format=torch.channels_last)
    y = torch.from_numpy(labels)
    if compiled:
        model = torch.compile(model)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    clock = _Clock()
    for _ in range(EPOCHS):
        clock.start()
        for chosen in torch.randperm(len(U)).split(batch):
            optimizer.zero_grad()
            with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
                logits = model(U[chosen])
            loss = torch.nn.functional.cross_entropy(logits.float(), y[chosen])
            loss.backward()
            optimizer.step()
            loss.item()
        clock.stop()
    return clock.seconds


def _torch_network(network: str) -> Any:
    import torch
    from torch import nn

    class Transformer(nn.Module):  # type: ignore[misc] # PyTorch has no types here
        def __init__(self) -> None:
            super().__init__()
            parts: list[nn.Module] = []
            for channels in (1, 64, 64):
                parts += [nn.Conv2d(channels, 64, 3), nn.Sigmoid(), nn.MaxPool2d(2)]
            head = nn.Linear(6, 6)
            nn.init.zeros_(head.weight)
            head.bias.data = torch.tensor(IDENTITY)
            self.localization = nn.Sequential(
                *parts, nn.Flatten(), nn.Linear(64, 6), nn.Tanh(), head
            )

        def forward(self, U: Any) -> Any:
            theta = self.localization(U).float().view(-1, 2, 3)
            grid = nn.functional.affine_grid(theta, list(U.shape), align_corners=True)
            return nn.functional.grid_sample(U, grid, align_corners=True)

    classifier = [
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(1600, 128), nn.Sigmoid(), nn.Linear(128, 10),
    ]  # fmt: skip
    return nn.Sequential(*([Transformer()] if network == "stn" else []), *classifier)


class _Clock:
    """Stop watch of the last lap."""

    def __init__(self) -> None:
        self.begin = self.seconds = 0.0

    def start(self) -> None:
        self.begin = time.perf_counter()

    def stop(self) -> None:
        self.seconds = time.perf_counter() - self.begin


PEERS = {
    "Keras fit": Peer(train_keras),
    "Keras fit, bfloat16": Peer(partial(train_keras, policy="mixed_bfloat16"), "bfloat16"),
    "PyTorch": Peer(train_torch),
    "PyTorch, channels last": Peer(partial(train_torch, channels_last=True)),
    "PyTorch compiled": Peer(partial(train_torch, compiled=True)),
    "PyTorch, bfloat16": Peer(partial(train_torch, bfloat16=True), "bfloat16"),
    "PyTorch, channels last, bfloat16": Peer(
        partial(train_torch, channels_last=True, bfloat16=True), "bfloat16"
    ),
}
"""Name -> peer."""


if __name__ == "__main__":
    main()
