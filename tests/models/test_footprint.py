import pytest

from stnctl.config.load import parse_config
from stnctl.models.build import build_model
from stnctl.models.footprint import num_parameters

SHAPE, NUM_CLASSES = (20, 22, 2), 7
SMALL = (
    "model.classifier.filters=[3, 4]",
    "model.classifier.units=5",
    "model.transformer={localization: {filters: [4, 3], kernel_size: 2}}",
)
LOCALIZATION = "model.transformer.localization"


def config_of(*overrides):
    return parse_config("", where="x", overrides=(*SMALL, *overrides))


@pytest.mark.parametrize(
    "overrides",
    [
        (),
        ("model.transformer=null",),
        ("model.classifier.filters=[]",),
        ("model.classifier.dropout=0.5",),
        (f"{LOCALIZATION}.bottleneck={{units: 3}}",),
        (f"{LOCALIZATION}.filters=[]",),
        (f"{LOCALIZATION}.head=bounded",),
        (f"{LOCALIZATION}.head=sigmoid",),
        ("model.transformer.output_size=[13, 17]",),
        ("model.transformer.constraints=[[null, 0, null], [0, null, null]]",),
        ("model.transformer.transform=thin_plate_spline",),
        ("model.transformer.transform=projective",),
        ("model.transformer.transform=attention",),
        ("model.transformer.transform=diffeomorphic_affine",),
    ],
    ids=str,
)
@pytest.mark.usefixtures("keras_backend")
def test_num_parameters_equals_that_of_keras(overrides):
    config = config_of(*overrides)
    counted = build_model(config, SHAPE, NUM_CLASSES).count_params()
    assert num_parameters(config.model, SHAPE, NUM_CLASSES) == counted
