"""Keras layers of the operations that Keras itself does not have.

The import registers all of them with Keras, so that it can load a saved model.
"""

from stnctl.models.keras_layers import composed_theta, coordinates, polar, unit_theta

__all__ = ["composed_theta", "coordinates", "polar", "unit_theta"]
