import pytest

from stnctl.models.build import build_model
from stnctl.models.footprint import num_parameters
from tests.models.small_config import LOCALIZATION, NUM_CLASSES, SHAPE, config_of


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
