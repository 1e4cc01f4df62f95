"""Any valid configuration, for property tests."""

from hypothesis import strategies as st

from stnctl.config import distortion_sets as sets
from stnctl.config import distortion_steps
from stnctl.config.choices import OPTIMIZERS, PIXEL_RANGES
from stnctl.config.data_section import ArrayKeys, DataConfig
from stnctl.config.part_sections import Freeze, LearningRateOf
from stnctl.config.penalties_section import Consistency, Penalties
from stnctl.config.schedules import Constant, Cosine, OneCycle, Step
from stnctl.config.schema import Config
from stnctl.config.stage_section import StageConfig
from stnctl.config.train_section import TrainConfig

from .network_strategies import models

TRICKY_TEXTS = (
    *("no", "null", "~", "True", "1", "010", "0o7", "0x1F", "1e-3", "1.", ".5", ".inf", ".nan"),
    *("1_000", "12:30", "2026-01-01", "=", "<<", " a ", "a: b", "a #b", "- a", "? a", "[a", "{a"),
    *("*a", "&a", "!a", "|", ">", "%a", "@a", "`a", "'", '"', "\\", "---"),
    *("a\nb\n", "\t", "\r", "\x85", "\u2028", "\ufeff"),
)

texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40
)
paths = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=40)


def ranges(low, high):
    """Return a strategy of [low, high] pairs in order."""
    return st.tuples(*[st.floats(low, high)] * 2).map(sorted).map(tuple)


canvases = st.tuples(*[st.integers(1, 512)] * 2)
pixels = st.floats(0, 512)
lattices = st.tuples(*[st.integers(2, 10)] * 2)
counts = st.integers(1, 100)
angles, factors = ranges(-360, 360), ranges(0.05, 20)
step = st.one_of(
    st.builds(distortion_steps.Rotate, degrees=angles),
    st.builds(distortion_steps.Scale, factor=factors),
    st.builds(distortion_steps.Shear, degrees=ranges(-80, 80)),
    st.builds(distortion_steps.Shift, distance=ranges(0, 512)),
    st.builds(distortion_steps.Corners, std=pixels),
    st.builds(distortion_steps.Elastic, std=pixels, control_points=lattices),
    st.builds(distortion_steps.ResizeCanvas, size=canvases),
    st.builds(distortion_steps.Place, canvas=canvases),
)
clutter = st.builds(distortion_steps.Clutter, count=counts, size=st.integers(1, 512))
own_canvas = st.none() | canvases
distortions = st.one_of(
    st.just(sets.NoDistortion()),
    st.builds(sets.R, rotation=angles, canvas=own_canvas),
    st.builds(sets.RTS, rotation=angles, scale=factors, canvas=canvases),
    st.builds(sets.P, scale=factors, corner_std=pixels, canvas=own_canvas),
    st.builds(sets.E, scale=factors, elastic_std=pixels, control_points=lattices),
    st.builds(sets.T, canvas=canvases),
    st.builds(sets.TC, canvas=canvases, clutter=counts, clutter_size=st.integers(1, 512)),
    st.builds(sets.Addition, rotation=angles, scale=factors, canvas=canvases),
    st.builds(
        tuple.__add__, st.lists(step, max_size=19).map(tuple), st.tuples() | st.tuples(clutter)
    ),
)
names = texts | st.sampled_from(TRICKY_TEXTS)
keys = st.builds(ArrayKeys, x_train=names, y_test=names) | st.builds(
    ArrayKeys, x_validation=names, y_validation=names
)
data = st.builds(
    DataConfig,
    source=paths,
    offline=st.sampled_from(["digits", None]),
    validation=st.just("test") | st.floats(0, 0.5, exclude_min=True),
    pixels=st.sampled_from(PIXEL_RANGES),
    keys=keys,
    image_shape=st.none() | canvases | st.tuples(*[st.integers(1, 512)] * 3),
    distortion=distortions,
    test_seed=st.integers(0, 2**32 - 1),
)
fractions = st.floats(0, 1, exclude_max=True)
own_keys = {
    "betas": st.tuples(fractions, fractions),
    "momentum": fractions,
    "weight_decay": fractions,
}
rates = st.floats(0, exclude_min=True, allow_infinity=False)
factors = st.floats(1e-3, 1e6)
penalties = st.builds(
    Penalties,
    consistency=st.none() | st.builds(Consistency, weight=factors, distortion=distortions),
    supervised=st.none() | factors,
    inside=st.none() | factors,
)
stages = st.builds(
    StageConfig,
    epochs=st.integers(1, 20),
    distortion=st.none() | distortions,
    freeze=st.none() | st.builds(Freeze, classifier=st.sampled_from([None, "2 steps"])),
    learning_rate=st.none() | rates,
    schedule=st.sampled_from([None, Cosine(), OneCycle()]),
)
weights = st.lists(st.floats(0, 1e6), max_size=20).map(tuple).filter(any)
trains = st.sampled_from(list(OPTIMIZERS)).flatmap(
    lambda name: st.builds(
        TrainConfig,
        epochs=st.integers(1, 100_000),
        batch_size=st.integers(1, 65_536),
        optimizer=st.just(name),
        learning_rate=rates,
        **{key: st.none() | own_keys[key] for key in OPTIMIZERS[name].keys},
        clip_norm=st.none() | rates,
        label_smoothing=fractions,
        learning_rate_of=st.builds(LearningRateOf, classifier=st.floats(1e-3, 1e3)),
        start_from=st.none() | st.text("a0./_ é", min_size=1),
        freeze=st.builds(Freeze, classifier=st.sampled_from([None, "1 steps", "20 epochs"])),
        schedule=st.sampled_from([Constant(warmup=0.5), Step(every=0.1), Cosine(), OneCycle()]),
        class_weights=st.sampled_from([None, "balanced"]) | weights,
        threads=st.integers(1, 256),
    )
)
staged_trains = st.builds(
    TrainConfig,
    epochs=st.integers(42, 1000),
    penalties=penalties,
    on_collapse=st.sampled_from(["warn", "stop", "restart"]),
    stages=st.lists(stages, max_size=2).map(tuple),
)
configs = models.flatmap(
    lambda model: st.builds(
        Config,
        name=st.none() | st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True),
        seed=st.integers(0, 2**32 - 1),
        data=data,
        model=st.just(model),
        train=trains | staged_trains if model.has_transformer else trains,
    )
)
