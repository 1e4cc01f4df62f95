"""Bad values of good keys: a name, the text, the place, and words of the message."""

UNITS = "1:22: model.classifier.units: expected a whole number from 1 to 4096, got "
HUGE = "1:29: a number of "

_UNITS = {
    "10**12": f"{UNITS}'10**12'",
    "1000000000000": f"{UNITS}1000000000000",
    "9" * 100: UNITS,
    "9" * 5_000: f"{HUGE}5000 characters",
    "-" + "9" * 60_000: f"{HUGE}60001 characters",
    "0x" + "f" * 5_000: f"{HUGE}5002 characters",
    "0": f"{UNITS}0",
    "-1": f"{UNITS}-1",
    "-0": f"{UNITS}0",
    "true": f"{UNITS}true",
    "yes": f"{UNITS}'yes'",
    "ten": f"{UNITS}'ten'",
    "'128'": f"{UNITS}'128'",
    "128.5": f"{UNITS}128.5",
    "1e400": f"{UNITS}.inf",
    "1_000": f"{UNITS}'1_000'",
    "0b11": f"{UNITS}'0b11'",
    "0o77777": f"{UNITS}32767",
    "1:30": f"{UNITS}'1:30'",
    "2026-01-02": f"{UNITS}'2026-01-02'",
    ".nan": f"{UNITS}.nan",
    ".inf": f"{UNITS}.inf",
    "null": f"{UNITS}null",
    "[128]": f"{UNITS}[128]",
    "{n: 128}": f"{UNITS}a section",
    "__import__('os')": UNITS,
}

WHOLE_NUMBERS = {
    f"units of {value[:20]}": (f"model: {{classifier: {{units: {value}}}}}", message)
    for value, message in _UNITS.items()
}

_RATE = "1:9: train.learning_rate: expected a finite number above 0, got "

NUMBERS = {
    **{
        f"a learning rate of {value}": (f"train: {{learning_rate: {value}}}", _RATE + got)
        for value, got in {
            "0": "0",
            "-0.0": "-0.0",
            "-1e-9": "-1e-09",
            ".nan": ".nan",
            ".inf": ".inf",
            "-.inf": "-.inf",
            "1e400": ".inf",
            "true": "true",
            "'0.1'": "'0.1'",
            "null": "null",
        }.items()
    },
    "a dropout of 1": ("model: {classifier: {dropout: 1.0}}", "1:22: model.classifier.dropout: "),
    "an average with momentum 1": ("train: {ema: 1.0}", "1:9: train.ema: expected a number above"),
    "an average with momentum 0": ("train: {ema: 0}", "1:9: train.ema: expected a number above 0"),
    "a negative penalty": (
        "model: {transformer: {localization: {bottleneck: {activity_l2: -1}}}}",
        "1:51: model.transformer.localization.bottleneck.activity_l2: expected",
    ),
    "a share of all": ("data: {validation: 1}", "1:8: data.validation: expected a number above 0"),
    "a share of nothing": ("data: {validation: 0}", "1:8: data.validation: expected"),
    "no training images": ("data: {train_size: 0}", "1:8: data.train_size: expected a whole"),
    "half an image": ("data: {train_size: 0.5}", "1:8: data.train_size: expected a whole number"),
    "no patience": ("train: {patience: 0}", "1:9: train.patience: expected a whole number from 1"),
    "no threads": ("train: {threads: 0}", "1:9: train.threads: expected a whole number from 1"),
    "too many threads": ("train: {threads: 10000}", "1:9: train.threads: expected a whole number"),
    "a batch of 2**40": ("train: {batch_size: 1099511627776}", "1:9: train.batch_size: expected"),
    "epochs of 2**64": ("train: {epochs: 18446744073709551616}", "1:9: train.epochs: expected"),
    "a seed of 2**32": ("seed: 4294967296", "1:1: seed: expected a whole number from 0 to 42949"),
    "a negative seed": ("seed: -1", "1:1: seed: expected a whole number from 0"),
    "limits of 0 parameters": ("limits: {max_parameters: 0}", "1:10: limits.max_parameters: "),
    "limits of 0 bytes": ("limits: {max_bytes: 0}", "1:10: limits.max_bytes: expected a whole"),
    "limits of no end": ("limits: {max_bytes: .inf}", "1:10: limits.max_bytes: expected a whole"),
    "limits beyond all memory": (f"limits: {{max_bytes: {2**60}}}", "1:10: limits.max_bytes: "),
    "limits in words": ("limits: {max_bytes: 8 GiB}", "1:10: limits.max_bytes: expected a whole"),
}

TEXTS = {
    **{
        f"checkpoints every {value}": (
            f"train: {{checkpoint_every: {value}}}",
            "1:9: train.checkpoint_every: expected such as `300 seconds` or `500 steps`, or null",
        )
        for value in ("0 steps", "300", "5 minutes", "-1 steps", "'1 steps\\n'", "''", "1  steps")
    },
    "an unknown set": ("data: {distortion: RST}", "1:8: data.distortion: expected one of none"),
    "an unknown step": ("data: {distortion: [rotat]}", "1:21: data.distortion[0]: expected one of"),
    "a set without its name": ("data: {distortion: {scale: [1, 1]}}", "1:8: data.distortion: the"),
    "too many steps": (
        f"data: {{distortion: [{', '.join(['rotate'] * 21)}]}}",
        "1:8: data.distortion: expected",
    ),
    "clutter in the middle": (
        "data: {distortion: [clutter, rotate]}",
        "1:8: data.distortion: clutter must be the last step",
    ),
    "a canvas of no side": ("data: {distortion: {set: T, canvas: [0, 9]}}", "1:38: data.distort"),
    "a canvas of 10**9": ("data: {distortion: {set: T, canvas: [9, 1000000000]}}", "1:41: data."),
    "a range turned round": (
        "data: {distortion: {set: R, rotation: [9, -9]}}",
        "1:29: data.distortion.rotation: expected [low, high], the lower one first",
    ),
    "an unknown family": ("model: {transformer: {transform: afine}}", "1:23: model.transformer."),
    "an unknown optimizer": (
        "train: {optimizer: adagrad}",
        "1:9: train.optimizer: expected one of",
    ),
    "a key of another schedule": (
        "train: {schedule: {schedule: cosine, every: 2}}",
        "1:38: train.schedule.every: unknown key here, every belongs to the schedule step",
    ),
    "a warm-up of all epochs": (
        "train: {epochs: 2, schedule: {warmup: 2}}",
        "1:20: train.schedule: a warm-up of 2 epochs, expected less than train.epochs, 2",
    ),
    "an unknown schedule": ("train: {schedule: Cosine}", "1:9: train.schedule: expected one of"),
    "a weight decay of adam": (
        "train: {weight_decay: 0.1}",
        "1:9: train.weight_decay: belongs to the optimizers adamw and sgd, but the optimizer is",
    ),
    "a momentum of adamw": (
        "train: {momentum: 0.9, optimizer: adamw}",
        "1:9: train.momentum: belongs to the optimizer sgd, but the optimizer is adamw",
    ),
    "betas of sgd": (
        "train: {optimizer: sgd, betas: [0.9, 0.9]}",
        "1:25: train.betas: belongs to the optimizers adam and adamw, but the optimizer is sgd",
    ),
    "a beta of 1": ("train: {betas: [0.9, 1]}", "1:22: train.betas[1]: expected a"),
    "a rate of an unknown part": (
        "train: {learning_rate_of: {head: 2}}",
        "1:28: train.learning_rate_of.head: unknown key",
    ),
    "a rate of 0": (
        "train: {learning_rate_of: {classifier: 0}}",
        "1:28: train.learning_rate_of.classifier: expected a number above 0",
    ),
    "a rate without a transformer": (
        "train: {learning_rate_of: {localization: 0.1}}",
        "1:28: train.learning_rate_of.localization: the model has no transformer, so",
    ),
    "a freeze without a transformer": (
        "train: {freeze: {localization: 2 epochs}}",
        "1:18: train.freeze.localization: the model has no transformer, so",
    ),
    "a freeze of the whole network": (
        "model: {transformer: {}}\ntrain: {freeze: {localization: always, classifier: always}}",
        "2:9: train.freeze: all parts are always frozen",
    ),
    "a freeze of a plain CNN": (
        "train: {freeze: {classifier: always}}",
        "1:18: train.freeze.classifier: the whole network is always frozen",
    ),
    "a freeze of 2": (
        "train: {freeze: {classifier: 2}}",
        "1:18: train.freeze.classifier: expected such as `2 epochs`, `500 steps` or `always`",
    ),
    "a start from nothing": (
        "train: {start_from: ''}",
        "1:9: train.start_from: expected the path or the name of a run, or null, got ''",
    ),
    "a norm of 0": ("train: {clip_norm: 0}", "1:9: train.clip_norm: expected a finite number"),
    "a smoothing of 1": ("train: {label_smoothing: 1}", "1:9: train.label_smoothing: expected"),
    "an unknown balance": (
        "train: {class_weights: balance}",
        "1:9: train.class_weights: expected 'balanced', or a list with one weight for each class",
    ),
    "weights of no class": (
        "train: {class_weights: [0, 0]}",
        "1:9: train.class_weights: no class has a weight above 0",
    ),
    "an unknown head": ("model: {transformer: {head: tanh}}", "1:23: model.transf"),
    "a name with a slash": ("name: ../x", "1:1: name: expected a name of 1 to 64 letters"),
    "a name of 65 letters": ("name: " + "x" * 65, "1:1: name: expected a name of 1 to 64"),
    "an empty name": ("name: ''", "1:1: name: expected a name of 1 to 64 letters"),
    "a path of 5,000 letters": (
        "data: {source: " + "x" * 5_000 + "}",
        "1:8: data.source: expected",
    ),
    "bounds of another head": (
        "model: {transformer: {bounds: [[0, 1]]}}",
        "1:23: model.transformer.bounds: belongs to the head bounded",
    ),
    "constraints of all": (
        "model: {transformer: {constraints: [[1, 0, 0], [0, 1, 0]]}}",
        "1:23: model.transformer.constraints: all entries are fixed",
    ),
    "thirteen convolutions": (
        f"model: {{classifier: {{filters: {[1] * 13}}}}}",
        "1:22: model.classifier.filters: expected a list of at most 12",
    ),
}

KINDS = {
    **{
        f"a list for {section}": (f"{section}: []", f"1:1: {section}: expected a section")
        for section in ("data", "model", "train", "limits")
    },
    **{
        f"null for {section}": (f"{section}:", f"1:1: {section}: expected a section with the keys")
        for section in ("data", "model", "train", "limits")
    },
    "null for the classifier": ("model: {classifier: }", "1:9: model.classifier: expected one of"),
    "null for the distortion": ("data: {distortion: null}", "1:8: data.distortion: "),
    "a section for a list": (
        "model: {classifier: {filters: {0: 3}}}",
        "1:32: a key must be text, got 0",
    ),
    "a section for filters": ("model: {classifier: {filters: {a: 3}}}", "1:22: model.classifier.f"),
    "a section for a number": ("seed: {value: 3}", "1:1: seed: expected a whole number"),
    "a number for a section": ("train: 3", "1:1: train: expected a section with the keys epochs"),
    "true for a transformer": ("model: {transformer: true}", "1:9: model.transformer: expected"),
    "a list of three for a size": (
        "model: {transformer: {output_size: [1, 2, 3]}}",
        "1:23: model.transformer.output_size: expected [height, width]",
    ),
    "a number for a switch": (
        "model: {transformer: {align_corners: 1}}",
        "1:23: model.transformer",
    ),
    "a date for a name": ("name: [2026-01-02]", "1:1: name: expected"),
}
