"""Outputs of an exported model, computed in a fresh process.

    python -P read_export.py FORMAT MODEL INPUTS.npy OUTPUTS.npy

The script reads inputs (B, H, W, C) and writes logits (B, num_classes). It imports stnctl only for
the format keras, whose layers are those of stnctl. So it shows that the other formats can be used
without it.
"""

import sys
from typing import Any

import numpy as np

BATCHES = (1, 7)
"""Sizes of the first batches, so that the exported model is called with several sizes."""


def read_keras(path: str) -> Any:
    """Return the function of a .keras file."""
    import keras

    import stnctl.models.build  # noqa: F401 - registers the layers

    model = keras.saving.load_model(path, compile=False)
    return lambda U: model.predict(U, verbose=0)


def read_saved_model(path: str) -> Any:
    """Return the function of a SavedModel."""
    import tensorflow as tf

    model = tf.saved_model.load(path)
    return lambda U: model.serve(U).numpy()


def read_onnx(path: str) -> Any:
    """Return the function of an .onnx file."""
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda U: session.run(None, {name: U})[0]


def read_litert(path: str) -> Any:
    """Return the function of a .tflite file."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(path)
    source, result = interpreter.get_input_details()[0], interpreter.get_output_details()[0]

    def call(U: np.ndarray) -> np.ndarray:
        interpreter.resize_tensor_input(source["index"], U.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(source["index"], U)
        interpreter.invoke()
        return np.array(interpreter.get_tensor(result["index"]))

    return call


READERS = {
    "keras": read_keras,
    "saved_model": read_saved_model,
    "onnx": read_onnx,
    "litert": read_litert,
}
"""Name of a format -> function from the path of a model to its function of U."""


def main(name: str, path: str, inputs: str, outputs: str) -> None:
    """Write the outputs of a model for given inputs."""
    U = np.load(inputs, allow_pickle=False)
    call = READERS[name](path)
    parts = np.split(U, np.cumsum(BATCHES))
    np.save(outputs, np.concatenate([call(part) for part in parts if len(part)]))


if __name__ == "__main__":
    main(*sys.argv[1:])
