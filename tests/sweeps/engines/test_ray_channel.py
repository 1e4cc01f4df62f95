"""Channel of Ray: messages of the workers, and requests to stop."""

from stnctl.sweeps.engines.ray_channel import Channel


def test_channel_passes_each_message_on_once():
    channel = Channel()
    channel.send("a", [("a", 1, 0, None), ("a", 1, 3, {"epoch": 1})])
    channel.send("b", [("b", 1, 0, None)])
    assert [message[0] for message in channel.receive(False, ())] == ["a", "a", "b"]
    assert channel.receive(False, ()) == []


def test_channel_stops_one_cell_or_all():
    channel = Channel()
    assert not channel.send("a", [])
    channel.receive(False, {"a"})
    assert channel.send("a", [])
    assert not channel.send("b", [])
    channel.receive(True, ())
    assert channel.send("b", [])
