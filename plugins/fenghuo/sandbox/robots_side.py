"""The robots of chat groups: what is written into a group stands in the log as ``chat``."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from fenghuo.channels.robots import PLAYED
from fenghuo.sandbox.world import World


class _Text(BaseModel):
    content: str


class _Body(BaseModel):
    text: _Text


def router(world: World) -> APIRouter:
    """The route of every robot that the house's list names."""
    made = APIRouter()

    @made.post(f"/{PLAYED}/{{name}}")
    async def post(name: str, body: _Body) -> dict[str, int | str]:
        world.record("chat", robot=name, body=body.text.content)
        return {"errcode": 0, "errmsg": "ok"}

    return made
