"""Three ways to run a function on arrays: NumPy, TensorFlow op by op, and TensorFlow under XLA.

TensorFlow is imported only by the ways that need it.
"""

from functools import cache


def on_numpy(function, *arrays):
    return function(*arrays)


def on_tensorflow(function, *arrays):
    tf = tensorflow()
    return _to_numpy(function(*map(tf.constant, arrays)))


def on_xla(function, *arrays):
    tf = tensorflow()
    return _to_numpy(tf.function(function, jit_compile=True)(*map(tf.constant, arrays)))


RUNNERS = {"numpy": on_numpy, "tensorflow": on_tensorflow, "xla": on_xla}
TENSOR_RUNNERS = {"tensorflow": on_tensorflow, "xla": on_xla}


def gradients(function, weights, *arrays, runner=on_tensorflow):
    """Return the gradients of sum(weights * function(*arrays)) to each of the arrays."""
    tf = tensorflow()

    def differentiate(*tensors):
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            total = tf.reduce_sum(weights * function(*tensors))
        return tape.gradient(total, tensors)

    return runner(differentiate, *arrays)


@cache
def tensorflow():
    """Start Keras on TensorFlow as the program does, and return tensorflow."""
    from stnctl.models.backend import start_backend

    start_backend(threads=2)
    import tensorflow as tf

    return tf


def _to_numpy(result):
    if isinstance(result, list | tuple):
        return type(result)(map(_to_numpy, result))
    return result.numpy()
