"""Bad configurations: a name, the text, the place, and words of the message."""

BIG = 10 * 2**20
TOO_LONG = "1:1: the text is longer than 65536 bytes"
TOO_DEEP = "nested more than 50 deep"

SIZES = {
    "10 MB of comments": ("#" * BIG, TOO_LONG),
    "10 MB in one text": ("name: " + "x" * BIG, TOO_LONG),
    "10 MB of brackets": ("[" * BIG, TOO_LONG),
    "just over the limit": ("#" * (2**16 + 1), TOO_LONG),
    "over the limit in bytes only": ("# " + "\u20ac" * 22_000, TOO_LONG),
    "10,000 lists in brackets": ("seed: " + "[" * 10_000, f"1:56: {TOO_DEEP}"),
    "10,000 maps in braces": ("{a: " * 10_000, f"1:198: {TOO_DEEP}"),
    "10,000 lists with dashes": ("- " * 10_000, f"1:101: {TOO_DEEP}"),
    "300 sections": ("\n".join(" " * n + f"a{n}:" for n in range(300)), f"50:50: {TOO_DEEP}"),
    "10,000 maps in explicit keys": ("? " * 10_000, f"1:101: {TOO_DEEP}"),
    "4,000 unknown keys": ("\n".join(f"k{n}: 1" for n in range(4_000)), "1:1: k0: unknown key"),
    "6,000 keys": ("\n".join(f"k{n}: 1" for n in range(6_000)), "5000:8: more than 10000 keys and"),
    "20,000 items": ("seed: [" + "1," * 20_000 + "]", "1:20002: more than 10000 keys and values"),
    "a key of 60,000 characters": (
        "x" * 60_000 + ": 1",
        "1:60001: mapping values are not allowed here",
    ),
}

ALIASES = {
    "an alias bomb": (
        "a: &a [x, x]\n" + "".join(f"{c}: &{c} [*{b}, *{b}]\n" for b, c in ["ab", "bc", "cd"]),
        "1:4: the anchor &a is not allowed",
    ),
    "an anchor": ("seed: &s 1", "1:7: the anchor &s is not allowed"),
    "an alias of an anchor": ("seed: *s", "1:7: the alias *s is not allowed"),
    "an alias of itself": ("a: &a [*a]", "1:4: the anchor &a is not allowed"),
    "an alias of the document": ("&a\nmodel: *a", "1:1: the anchor &a is not allowed"),
    "an alias as a key": ("*a : 1", "1:1: the alias *a is not allowed"),
    "a merge key": ("train:\n  <<: {epochs: 1}", "2:3: the merge key << is not allowed"),
    "a merge of many": ("<<: [{seed: 1}, {seed: 2}]", "1:1: the merge key << is not allowed"),
}

KEYS = {
    "a key twice": ("seed: 1\nseed: 2", "2:1: duplicate key 'seed', first on line 1"),
    "a key twice, quoted once": ("seed: 1\n'seed': 2", "2:1: duplicate key 'seed'"),
    "a section twice": ("train: {}\nseed: 1\ntrain: {}", "3:1: duplicate key 'train'"),
    "a key twice in a section": ("train:\n  epochs: 1\n  epochs: 1", "3:3: duplicate key 'epochs'"),
    "a key twice, deep": (
        "model:\n  transformer: {head: bounded, head: bounded}",
        "2:32: duplicate key 'head'",
    ),
    "a key twice in a step": (
        "data: {distortion: [{step: scale, step: shear}]}",
        "1:35: duplicate key 'step'",
    ),
    "a number as a key": ("1: 2", "1:1: a key must be text, got 1"),
    "null as a key": ("train: {~: 2}", "1:9: a key must be text, got null"),
    "a list as a key": ("? [a]\n: 2", "1:3: a key must be text, got a list or a section"),
    "an unknown key": ("sede: 1", "1:1: sede: unknown key, did you mean seed?"),
    "an empty key": ("'': 1", "1:1: ''"),
    "an unknown key in data": (
        "data: {sorce: digits}",
        "1:8: data.sorce: unknown key, did you mean source?",
    ),
    "an unknown key in keys": ("data: {keys: {xtrain: a}}", "1:15: data.keys.xtrain: unknown key"),
    "an unknown key in a set": (
        "data: {distortion: {set: R, rotate: 3}}",
        "1:29: data.distortion.rotate: unknown key, did you mean rotation?",
    ),
    "an unknown key in a step": (
        "data: {distortion: [{step: scale, factors: 3}]}",
        "1:35: data.distortion[0].factors: unknown key",
    ),
    "an unknown key in the model": (
        "model: {clasifier: {}}",
        "1:9: model.clasifier: unknown key, did you mean classifier?",
    ),
    "an unknown key in the classifier": (
        "model:\n  classifier:\n    dropuot: 0.1",
        "3:5: model.classifier.dropuot: unknown key, did you mean dropout?",
    ),
    "an unknown key in the transformer": (
        "model:\n  transformer:\n    paddign: zeros",
        "3:5: model.transformer.paddign: unknown key, did you mean padding?",
    ),
    "an unknown key in the localization": (
        "model: {transformer: {localization: {kernal_size: 3}}}",
        "1:38: model.transformer.localization.kernal_size: unknown key, did you mean kernel_size?",
    ),
    "an unknown key in the bottleneck": (
        "model: {transformer: {localization: {bottleneck: {unit: 3}}}}",
        "1:51: model.transformer.localization.bottleneck.unit: unknown key, did you mean units?",
    ),
    "an unknown key in train": ("train: {epoch: 3}", "1:9: train.epoch: unknown key, did you mean"),
    "an unknown key in limits": ("limits: {bytes: 3}", "1:10: limits.bytes: unknown key"),
    "a key of another section": ("epochs: 3", "1:1: epochs: unknown key here, epochs belongs in"),
    "a private name as a key": ("__class__: 3", "1:1: __class__: unknown key"),
}

TAGS = {
    "a call of a function": (
        "name: !!python/object/apply:os.system ['touch pwned']",
        "1:7: the tag tag:yaml.org,2002:python/object/apply:os.system is not allowed",
    ),
    "a new object": ("!!python/object/new:os.system [ls]", "1:1: the tag tag:yaml.org,2002:python"),
    "a name of Python's": ("name: !!python/name:os.system ''", "1:7: the tag tag:yaml.org,2002"),
    "a module": ("seed: !!python/module:os ''", "1:7: the tag tag:yaml.org,2002:python/module:os"),
    "bytes": ("name: !!binary aGFsbG8=", "1:7: the tag tag:yaml.org,2002:binary is not allowed"),
    "a set": ("train: !!set {epochs}", "1:8: the tag tag:yaml.org,2002:set is not allowed"),
    "an own tag": ("seed: !mine 3", "1:7: the tag !mine is not allowed"),
    "a tag with a handle": ("%TAG ! tag:x,1:\n---\nseed: !y 3", "3:7: the tag tag:x,1:y is not"),
    "a tag on a key": ("!!str seed: 3", "1:1: the tag tag:yaml.org,2002:str is not allowed"),
}

FORMS = {
    "two documents": ("seed: 1\n---\nseed: 2", "2:1: expected a single document in the stream"),
    "three documents": ("--- {}\n--- {}\n--- {}", "2:1: expected a single document"),
    "another version of YAML": ("%YAML 3.0\n---\nseed: 1", "1:1: found incompatible YAML document"),
    "a tab": ("train:\n\tepochs: 1", "2:1: while scanning for the next token, found character"),
    "a bracket that is open": ("seed: [1, 2", "1:12: while parsing a flow sequence"),
    "a quote that is open": ("name: 'x\n\n", "3:1: while scanning a quoted scalar"),
    "a wrong indent": ("train:\n    epochs: 1\n  threads: 1", "3:3: while parsing a block mapping"),
    "a colon too many": ("name: a: b", "1:8: mapping values are not allowed here"),
    "an unknown escape": ('name: "\\q"', "1:9: while scanning a double-quoted scalar"),
    "an escaped surrogate": ('name: "\\ud800"', "1:7: the escape U+D800 is half a character"),
    "an escape beyond Unicode": ('name: "\\U00110000"', "1:10: an escape or a version is out"),
    "an escape beyond an int": ('name: "\\UFFFFFFFF"', "1:10: an escape or a version is out of"),
    "a version of 5,000 digits": (f"%YAML 1.{'9' * 5_000}\n---", "1:9: an escape or a version is"),
    "an escaped NUL": (
        'data: {source: "a\\0b"}',
        "1:8: data.source: expected mnist, digits, the name",
    ),
    "an escaped color": (
        'data: {source: "\\e[31m"}',
        "1:8: data.source: expected mnist, digits, the name",
    ),
    "an escaped line": (
        'data: {source: "a\\nb"}',
        "1:8: data.source: expected mnist, digits, the name",
    ),
    "an escaped line break": (
        'data: {source: "a\\nb"}',
        "1:8: data.source: expected mnist, digits,",
    ),
    "a NUL": ("seed: 1\nname: a\0b", "2:8: the character U+0000 is not allowed"),
    "a bell": ("name: \a", "1:7: the character U+0007 is not allowed"),
    "a mark in the middle": ("seed: 1\n\ufeffname: a", "2:1: "),
    "UTF-16 with a mark": ("seed: 1".encode("utf-16"), "1:1: the byte 0xff is not UTF-8"),
    "UTF-16 of the other end": ("seed: 1".encode("utf-16-be"), "1:1: the character U+0000"),
    "Latin-1": ("name: caf\u00e9\n".encode("latin-1"), "1:10: the byte 0xe9 is not UTF-8"),
    "a surrogate in UTF-8": (b"name: \xed\xa0\x80", "1:7: the byte 0xed is not UTF-8"),
    "a cut character": ("seed: 1\nname: \u20ac".encode()[:-1], "2:7: the byte 0xe2 is not UTF-8"),
    "an overlong slash": (b"name: \xc0\xaf", "1:7: the byte 0xc0 is not UTF-8"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "1:1: the byte 0x89 is not UTF-8"),
    "a list for a file": ("- seed: 1", "1:1: expected a section"),
    "a text for a file": ("stn", "1:1: expected a section"),
    "a number for a file": ("7", "1:1: expected a section"),
    "true for a file": ("true", "1:1: expected a section"),
}
