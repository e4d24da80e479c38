"""In a scenario the groups are the sandbox's: what robots write there can be read in its log."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fenghuo.channels import Accepted, Outgoing, gateways
from fenghuo.channels.config import GatewayConfig
from fenghuo.sandbox.log import read
from fenghuo.sandbox.server import Running
from fenghuo.settings import Settings
from fenghuo.words import Channel


def test_each_robots_text_stands_in_the_log_under_its_name(
        play: Callable[..., Running], tmp_path: Path) -> None:
    running = play()
    groups = {name: GatewayConfig(name=name, kind=kind)
              for name, kind in (("duty", "wecom"), ("dam", "feishu"))}
    made = [one for one in gateways(Settings(sandbox_url=running.url, sandbox_feeds=True), groups)
            if one.channel is Channel.chat]
    for one in made:
        said = one.submit(Outgoing("a" * 32, Channel.chat, one.name, "", f"到{one.name}"))
        assert said == Accepted("a" * 32)
    assert [(row["robot"], row["body"]) for row in read(tmp_path / "sandbox.jsonl").of("chat")] == [
        ("duty", "到duty"), ("dam", "到dam")]
