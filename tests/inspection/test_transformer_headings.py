import pytest

from stnctl.inspection.transformer_headings import transformer_headings
from tests.inspection.networks import (
    BRANCHES,
    CONVOLUTION,
    INNER,
    PAIR,
    SEQUENCE,
    STEPS,
    job_of,
    transformer,
)

MIXED = {
    "transformer": transformer("similarity", steps=2, parallel=2),
    "classifier": [
        CONVOLUTION,
        {"layer": "residual", "layers": [transformer("thin_plate_spline", padding="border")]},
        {"layer": "parallel", "branches": [[CONVOLUTION], [CONVOLUTION, transformer()]]},
    ],
}


AFTER_PAIR = {"transformer": [transformer(parallel=2), transformer("attention")]}


@pytest.mark.parametrize(
    ("model", "headings"),
    [
        ({}, ["affine"]),
        (SEQUENCE, ["1: rotation", "2: attention"]),
        (STEPS, ["affine | step 1 of 2", "affine | step 2 of 2"]),
        (PAIR, ["affine | branch 1 of 2", "affine | branch 2 of 2"]),
        (
            AFTER_PAIR,
            [
                "1: affine | branch 1 of 2",
                "1: affine | branch 2 of 2",
                "2: attention | on the V of 1",
            ],
        ),
        (INNER, ["affine | in the classifier, layer 2"]),
        (BRANCHES, ["1: affine | branch 1 of 3", "2: rotation | branch 2 of 3"]),
        (
            MIXED,
            [
                "1: similarity | branch 1 of 2, step 1 of 2",
                "1: similarity | branch 1 of 2, step 2 of 2",
                "1: similarity | branch 2 of 2, step 1 of 2",
                "1: similarity | branch 2 of 2, step 2 of 2",
                "2: thin plate spline | in the classifier, layer 2.1",
                "3: affine | in the classifier, layer 3 | branch 2 of 2",
            ],
        ),
    ],
    ids=["one", "sequence", "steps", "pair", "after a pair", "inner", "branches", "mixed"],
)
def test_headings_name_the_layer_and_the_part(model, headings, tmp_path):
    job = job_of(tmp_path, model)
    found = transformer_headings(job.network.transformers, job.config.model)
    assert [" | ".join(heading) for heading in found] == headings
