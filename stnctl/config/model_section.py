"""Config section `model`: the network."""

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from stnctl.config.classifier_sections import CLASSIFIERS, ClassifierConfig, NamedClassifier
from stnctl.config.layer_lists import Layers, TransformerConfig, walk_layers
from stnctl.config.section import Section
from stnctl.config.unions import TaggedUnion

if TYPE_CHECKING:
    Transformers = TransformerConfig | tuple[TransformerConfig, ...]
    Classifier = NamedClassifier | Layers
else:
    Input = TaggedUnion("layer", {"transformer": TransformerConfig}, default="transformer")
    Sequence = Annotated[
        tuple[Annotated[TransformerConfig, Input], ...],
        Field(
            max_length=16,
            json_schema_extra={"errorMessage": "a list of at most 16 transformers"},
        ),
    ]
    Transformers = Annotated[
        TransformerConfig | Sequence,
        TaggedUnion("layer", Input.kinds, default="transformer", items=Sequence),
    ]
    Classifier = Annotated[
        NamedClassifier | Layers,
        TaggedUnion("network", CLASSIFIERS, default="article", items=Layers),
    ]


class ModelConfig(Section):
    """Network."""

    transformer: Transformers | None = None
    """Spatial transformer in front of the classifier, a list of transformers in sequence, or null
    for a plain CNN."""

    classifier: Classifier = ClassifierConfig()
    """Classifier: a named network, or a list of layers. The logits follow it."""

    @property
    def has_transformer(self) -> bool:
        """Whether there is a transformer, in front of the classifier or within it."""
        layers = self.classifier if isinstance(self.classifier, tuple) else ()
        inner = any(isinstance(layer, TransformerConfig) for layer in walk_layers(layers))
        return inner or self.transformer not in (None, ())
