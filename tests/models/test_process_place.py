import pytest

from stnctl.config.train_section import TrainConfig
from stnctl.errors import ConfigError, EnvironmentFault
from stnctl.models.data_parallel import join
from stnctl.models.process_place import ProcessPlace

OWN = {"JAX_NUM_PROCESSES": "2", "JAX_PROCESS_ID": "1", "JAX_COORDINATOR_ADDRESS": "host:1234"}
SLURM = {
    "SLURM_NTASKS": "4",
    "SLURM_PROCID": "3",
    "SLURM_STEP_NODELIST": "node[1-2]",
    "SLURM_LOCALID": "1",
}
OMPI = {"OMPI_COMM_WORLD_SIZE": "3", "OMPI_COMM_WORLD_RANK": "0"}


@pytest.mark.parametrize(
    ("variables", "place"),
    [
        ({}, ProcessPlace(0, 1, None)),
        ({"JAX_PROCESS_ID": ""}, ProcessPlace(0, 1, None)),
        (OWN, ProcessPlace(1, 2, "host:1234")),
        (SLURM, ProcessPlace(3, 4, None)),
        (OMPI, ProcessPlace(0, 3, None)),
        (SLURM | {"JAX_COORDINATOR_ADDRESS": "h:1"}, ProcessPlace(3, 4, "h:1")),
        (SLURM | OWN, ProcessPlace(1, 2, "host:1234")),
        (SLURM | {"SLURM_NTASKS": "1", "SLURM_PROCID": "0"}, ProcessPlace(0, 1, None)),
        (SLURM | {"SLURM_STEP_NODELIST": ""}, ProcessPlace(0, 1, None)),  # a script without srun
    ],
)
def test_of_this_process(variables, place):
    assert ProcessPlace.of_this_process(variables) == place


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"JAX_PROCESS_ID": ""}, "is set, but JAX_PROCESS_ID is missing"),
        ({"JAX_COORDINATOR_ADDRESS": ""}, "is set, but JAX_COORDINATOR_ADDRESS is missing"),
        ({"JAX_PROCESS_ID": "2"}, "JAX_PROCESS_ID is 2, expected 0 to 1, because JAX_NUM"),
        ({"JAX_PROCESS_ID": "-1"}, "JAX_PROCESS_ID is '-1', expected a whole number"),
        ({"JAX_NUM_PROCESSES": "two"}, "JAX_NUM_PROCESSES is 'two', expected a whole number"),
        ({"JAX_COORDINATOR_ADDRESS": "host"}, "is 'host', expected HOST:PORT"),
    ],
)
def test_of_this_process_rejects(changes, message):
    with pytest.raises(EnvironmentFault, match=message):
        ProcessPlace.of_this_process(OWN | changes)


def test_join_rejects_a_batch_that_cannot_be_divided():
    """No process waits for the others."""
    with pytest.raises(ConfigError, match=r"train\.batch_size: expected a multiple of 3.*got 32"):
        join(ProcessPlace(0, 3, "host:1"), TrainConfig(batch_size=32))
