"""Choice of examples to inspect: its candidates, its order, and its names."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from stnctl.data.batches import epoch_order
from stnctl.data.split_view import EpochExamples
from stnctl.errors import UsageError, did_you_mean
from stnctl.evaluation.classification_metrics import cross_entropy
from stnctl.evaluation.file_names import file_name
from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.inspection.displacement import displacements
from stnctl.inspection.examples import best_indices, given_indices, worst_indices

Progress = Callable[[int, int], None]
"""Called with the number of evaluated images, and the total."""

_MAX_SHOWN = 10

KINDS = {
    "bad": ("the worst prediction", "the {} worst predictions"),
    "good": ("the best prediction", "the {} best predictions"),
    "random": ("a random example", "{} random examples"),
    "most-warped": ("the most warped example", "the {} most warped examples"),
}
"""Kind of a ranking -> title for one example, and for several ones."""


@dataclass(frozen=True)
class Selection:
    """Choice of examples to inspect: a ranking of candidates, or given indices.

    Attributes:
        kind: A key of `KINDS`, or "index" for given indices.
        count: Number of examples; not used if the kind is "index".
        indices: The given indices; () unless the kind is "index".
        label: Name or number of the class of the candidates; None for all classes.
        confused: Names or numbers of two classes: the candidates are of one of them and taken for
            the other; None for all examples.
        seed: Seed of the kind "random".
        sort: Key of `SORTS` by which the chosen examples are sorted; None for the order of the
            ranking.
    """

    kind: str
    count: int = 0
    indices: tuple[int, ...] = ()
    label: str | None = None
    confused: tuple[str, str] | None = None
    seed: int = 0
    sort: str | None = None

    def title(self, count: int) -> str:
        """Return text for a heading, such as ``the 9 worst predictions``.

        Args:
            count: Number of chosen examples, which may be smaller than the wanted one.
        """
        if self.kind == "index":
            return "given examples"
        one, several = KINDS[self.kind]
        title = one if count == 1 else several.format(count)
        if self.label is not None:
            title += f" of class {self.label}"
        if self.confused is not None:
            title += " among the confused {} and {}".format(*self.confused)
        return title

    @property
    def needs_displacements(self) -> bool:
        """Whether the examples are ranked or sorted by their displacements."""
        return self.sort == "displacement" or self.kind == "most-warped"

    def folder(self, split: str, checkpoint: str, distortion: str | None = None) -> str:
        """Return the name of the folder for the selection, such as ``test-bad-9``.

        Args:
            split: Name of the split.
            checkpoint: "best" or "last". The name of the folder contains only "last".
            distortion: Text of the distortion that replaces that of the run, or None.
        """
        words = [split]
        if checkpoint != "best":
            words.append(checkpoint)
        if distortion is not None:
            words.append(distortion)
        if self.label is not None:
            words += ["class", self.label]
        if self.confused is not None:
            words += ["confused", *self.confused]
        values = self.indices if self.kind == "index" else (self.count,)
        words += [self.kind, *map(str, values)]
        if self.kind == "random" and self.seed:
            words += ["seed", str(self.seed)]
        if self.sort is not None:
            words += ["sort", self.sort]
        return file_name(words)

    def choose(self, loaded: LoadedRun, examples: EpochExamples, progress: Progress) -> np.ndarray:
        """Return the indices of the selected examples, (n,), at least one.

        Args:
            loaded: The run.
            examples: The examples of an epoch.
            progress: Called with the number of evaluated images, and the total.

        Raises:
            UsageError: If a given index is out of range; if no example is a candidate; or if the
                most warped examples are asked of a network without a transformer.
            DivergedError: If a logit is not finite.
            InputError: The same, for a run of another user.
        """
        if self.kind == "index":
            return given_indices(self.indices, len(examples))
        transformers = loaded.job.network.transformers if self.kind == "most-warped" else ()
        if self.kind == "most-warped" and not transformers:
            raise UsageError(
                f"--most-warped: the network of {loaded.run.name} has no transformer",
                hint="use --bad or --random",
            )
        candidates = self._of_the_class(loaded, examples)
        if self.kind == "random" and self.confused is None:
            order = epoch_order(self.seed, 0, len(candidates))[: self.count]
            return np.asarray(candidates[order])
        outputs = loaded.predict(examples, candidates, thetas=True, progress=progress)
        logits, labels = outputs["logits"], examples.labels[candidates]
        kept = self._confusions(loaded, labels, logits.argmax(axis=1))
        if self.kind == "most-warped":
            thetas = [outputs[f"{each.name}/theta"] for each in transformers]
            order = worst_indices(displacements(transformers, thetas)[kept], self.count)
        elif self.kind == "random":
            order = epoch_order(self.seed, 0, len(kept))[: self.count]
        else:
            ranking = worst_indices if self.kind == "bad" else best_indices
            order = ranking(cross_entropy(logits, labels)[kept], self.count)
        return np.asarray(candidates[kept[order]])

    def _of_the_class(self, loaded: LoadedRun, examples: EpochExamples) -> np.ndarray:
        """Return the indices of the examples of the class, or of the confused ones."""
        names = [each for each in (self.label, *(self.confused or ())) if each is not None]
        if not names:
            return np.arange(len(examples))
        labels = [class_number(name, loaded.job.class_names) for name in names]
        found = np.flatnonzero(np.isin(examples.labels, labels))
        if not len(found):
            shown = " or ".join(names)
            raise UsageError(f"the {examples.view.name} set has no example of class {shown}")
        return found

    def _confusions(
        self, loaded: LoadedRun, labels: np.ndarray, predicted: np.ndarray
    ) -> np.ndarray:
        """Return the places of confused examples, (m,), or of all without `confused`."""
        if self.confused is None:
            return np.arange(len(labels))
        one, other = (class_number(name, loaded.job.class_names) for name in self.confused)
        found = np.flatnonzero(
            ((labels == one) & (predicted == other)) | ((labels == other) & (predicted == one))
        )
        if not len(found):
            raise UsageError(
                "no {0} is taken for {1}, and no {1} for {0}".format(*self.confused),
                hint="the confusion matrix of `stnctl eval` has the confused classes",
            )
        return found


def class_number(text: str, names: Sequence[str]) -> int:
    """Return the label of a class.

    Args:
        text: Name of the class, or its label.
        names: Names of the classes, in the order of the labels.

    Raises:
        UsageError: If there is no such class.
    """
    if text in names:
        return names.index(text)
    if re.fullmatch(r"[0-9]{1,4}", text) and int(text) < len(names):
        return int(text)
    if names[0].isdecimal() and names[-1].isdecimal():
        known = f"{names[0]} to {names[-1]}"
    else:
        known = ", ".join(names[:_MAX_SHOWN]) + (", ..." if len(names) > _MAX_SHOWN else "")
    raise UsageError(f"no class {text}: the classes are {known}{did_you_mean(text, names)}")
