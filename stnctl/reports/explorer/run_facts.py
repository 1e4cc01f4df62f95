"""Facts about a run, for readers who don't know the names in its config."""

from stnctl.config.labels import data_name, distortion_name, network_name
from stnctl.evaluation.loaded_run import LoadedRun

SET_WORDS = {
    "none": "none",
    "R": "R: rotated",
    "RTS": "RTS: rotated, scaled, shifted",
    "P": "P: seen in perspective",
    "E": "E: warped like rubber",
    "T": "T: shifted",
    "TC": "TC: shifted, among pieces of other images",
    "addition": "addition: two images, each rotated, scaled, shifted",
}
"""Names of the sets of distortions, with their meaning."""


def run_facts(loaded: LoadedRun, accuracy: float) -> list[list[str]]:
    """Return pairs of a name and a text.

    Args:
        loaded: The run.
        accuracy: Share of the test images that are correct.
    """
    config, network = loaded.config.model_dump(mode="json"), loaded.job.network
    distortion = distortion_name(config["data"]["distortion"])
    *transformers, classifier = network_name(config["model"]).split(" + ")
    return [
        ["Data", data_name(config["data"]["source"])],
        ["Distortion of the images", SET_WORDS.get(distortion, distortion)],
        ["Transformers", ", ".join(transformers) or "none"],
        ["Network after them" if transformers else "Network", classifier],
        ["Parameters", f"{network.parameters:,}"],
        ["Multiply-adds for one image", f"{network.multiply_adds:,}"],
        ["Finished epochs", str(loaded.num_epochs)],
        ["Correct on the test images", f"{100 * accuracy:.2f} %"],
    ]
