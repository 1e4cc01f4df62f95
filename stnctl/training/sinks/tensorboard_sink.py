"""Sink of TensorBoard: event files in the run, for ``tensorboard --logdir runs``."""

import textwrap
import time
from typing import Any

from stnctl.storage.json_files import json_bytes
from stnctl.training.sinks.sink import SinkStart, Values

FOLDER = "tensorboard"


class TensorBoardSink:
    """Sink that writes event files by TensorBoard's own writer, on any backend of Keras."""

    def __init__(self) -> None:
        """Create a sink without a file."""
        self._writer: Any = None

    def open(self, start: SinkStart) -> None:
        """Create an event file with the configuration. Later steps of earlier files are hidden."""
        from tensorboard.compat.proto.event_pb2 import Event, SessionLog
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        self._writer = EventFileWriter(str(start.folder / FOLDER))
        log = SessionLog(status=SessionLog.START)
        self._add(Event(step=start.num_epochs + 1, session_log=log))
        text = json_bytes(dict(start.config)).decode()
        self._summarize(0, [("config", textwrap.indent(text, "    "))])  # a block of Markdown

    def write(self, epoch: int, values: Values) -> None:
        """Write the numbers of an epoch, which is the step."""
        self._summarize(epoch, list(values.items()))

    def close(self, status: str) -> None:
        """Write the rest, and close the file."""
        self._writer.close()

    def _summarize(self, step: int, values: list[tuple[str, Any]]) -> None:
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
        from tensorboard.compat.proto.tensor_pb2 import TensorProto
        from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
        from tensorboard.compat.proto.types_pb2 import DT_STRING

        summary = Summary()
        for name, value in values:
            if isinstance(value, float):
                summary.value.add(tag=name, simple_value=value)
            else:
                tensor = TensorProto(
                    dtype=DT_STRING,
                    string_val=[value.encode()],
                    tensor_shape=TensorShapeProto(),
                )
                data = SummaryMetadata.PluginData(plugin_name="text")
                metadata = SummaryMetadata(plugin_data=data)
                summary.value.add(tag=name, tensor=tensor, metadata=metadata)
        self._add(Event(step=step, summary=summary))
        self._writer.flush()

    def _add(self, event: Any) -> None:
        event.wall_time = time.time()
        self._writer.add_event(event)
