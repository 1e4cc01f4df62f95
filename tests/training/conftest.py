import pytest

from tests.tiny import make_job, make_run


@pytest.fixture
def job(tmp_path):
    return make_job(tmp_path)


@pytest.fixture
def run(job, tmp_path):
    return make_run(job, tmp_path)
