import pytest

from stnctl.geometry.interpolation.taps import Interpolation
from stnctl.geometry.registries import (
    INTERPOLATIONS,
    NOT_REGRESSED,
    PADDINGS,
    REGRESSED_TRANSFORMS,
    TRANSFORMS,
)
from stnctl.geometry.transforms.transform import Transform


@pytest.mark.parametrize(
    ("registry", "kind"), [(TRANSFORMS, Transform), (INTERPOLATIONS, Interpolation)]
)
def test_members_preset(registry, kind):
    assert all(isinstance(member, kind) for member in registry.values())
    assert len(set(map(id, registry.values()))) == len(registry)


def test_paddings_preset():
    assert all(callable(locate) for locate in PADDINGS.values())


def test_regressed_transforms_preset():
    assert {*REGRESSED_TRANSFORMS, *NOT_REGRESSED} == set(TRANSFORMS)
    assert not set(REGRESSED_TRANSFORMS) & set(NOT_REGRESSED)
