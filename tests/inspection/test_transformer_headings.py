import pytest

from stnctl.inspection.transformer_headings import TransformerHeading, transformer_headings
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


@pytest.mark.parametrize(
    ("model", "lines"),
    [
        ({}, ["affine"]),
        (SEQUENCE, ["1: rotation", "2: attention"]),
        (STEPS, ["affine, step 1 of 2", "affine, step 2 of 2"]),
        (PAIR, ["affine, branch 1 of 2", "affine, branch 2 of 2"]),
        (INNER, ["affine, in model.classifier[1]"]),
        (BRANCHES, ["1: affine, branch 1 of 3", "2: rotation, branch 2 of 3"]),
        (
            MIXED,
            [
                "1: similarity, branch 1 of 2, step 1 of 2",
                "1: similarity, branch 1 of 2, step 2 of 2",
                "1: similarity, branch 2 of 2, step 1 of 2",
                "1: similarity, branch 2 of 2, step 2 of 2",
                "2: thin plate spline, in model.classifier[1].layers[0]",
                "3: affine, in model.classifier[2], branch 2 of 2",
            ],
        ),
    ],
    ids=["one", "sequence", "steps", "pair", "inner", "branches", "mixed"],
)
def test_headings_name_the_place(model, lines, tmp_path):
    job = job_of(tmp_path, model)
    headings = transformer_headings(job.network.transformers, job.config.model)
    assert [heading.line for heading in headings] == lines


def test_heading_line():
    assert TransformerHeading("2: affine", "step 1 of 3").line == "2: affine, step 1 of 3"
    assert TransformerHeading("affine", "").line == "affine"
