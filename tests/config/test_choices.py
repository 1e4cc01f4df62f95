import subprocess
import sys
from dataclasses import fields
from typing import get_args

from stnctl.config import choices
from stnctl.config.choices import CHECKPOINTS, NAMED_SOURCES, SPLITS
from stnctl.config.data_section import DataConfig
from stnctl.data.dataset import Dataset, Split
from stnctl.runs.checkpoint_paths import Pointer


def test_choices_are_those_of_the_data_and_the_runs():
    assert tuple(field.name for field in fields(Dataset) if field.type is Split) == SPLITS
    assert set(get_args(Pointer)) == set(CHECKPOINTS)
    assert DataConfig().source in NAMED_SOURCES


def test_choices_import_no_library():
    code = "import sys, stnctl.config.choices; print(*{'pydantic', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_choices_are_documented_and_unique():
    families = [
        value
        for name, value in vars(choices).items()
        if name.isupper() and isinstance(value, tuple | dict)
    ]
    assert families
    assert all(len(set(family)) == len(family) > 1 for family in families)
