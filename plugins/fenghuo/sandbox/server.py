"""The sandbox as a running server, in a process of its own or in a thread of a test."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from fenghuo.sandbox.app import make_app
from fenghuo.sandbox.callbacks import deliver
from fenghuo.sandbox.log import Log, Seen, read
from fenghuo.sandbox.mail_side import listen
from fenghuo.sandbox.scenario import Scenario
from fenghuo.sandbox.world import World

TICK = 0.05


@dataclass(frozen=True, slots=True)
class Options:
    """How a sandbox is started; port 0 takes a free one, always on loopback."""

    log: Path
    scenario: Scenario | None = None
    port: int = 0
    smtp_port: int = 0
    public_url: str | None = None
    ports_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """A sandbox that answers: its URL, its SMTP port, its log."""

    url: str
    smtp_port: int
    log: Path

    def seen(self) -> Seen:
        """Everything seen so far."""
        return read(self.log)


class _Server(uvicorn.Server):
    """Leaves signals to us: uvicorn would raise them again and end with their code, not 0."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


async def run(options: Options, ready: Callable[[Running, Callable[[], None]], None]) -> None:
    """Serve until stopped; ``ready`` gets the running sandbox and the way to stop it.

    Raises OSError when a port is taken.
    """
    with (socket.create_server(("127.0.0.1", options.port), backlog=256) as door,
          closing(Log(options.log)) as log):
        url = f"http://127.0.0.1:{door.getsockname()[1]}"
        # asyncio leaves it out for a socket of ours: every kept connection would wait 40 ms a reply
        door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        world = World(options.scenario, log, url, options.public_url)
        mail = await listen(world, options.smtp_port)
        server = _Server(uvicorn.Config(make_app(world), log_level="critical", access_log=False,
                                        lifespan="off", date_header=False,
                                        timeout_graceful_shutdown=1))
        running = Running(url, mail.sockets[0].getsockname()[1], options.log)
        if options.ports_file is not None:
            _write_ports(options.ports_file, running)
        tasks = [asyncio.create_task(deliver(world.pending, world.delivered)),
                 asyncio.create_task(_tick(world))]
        for task in tasks:
            task.add_done_callback(lambda _done: setattr(server, "should_exit", True))
        ready(running, lambda: setattr(server, "should_exit", True))
        try:
            await server.serve(sockets=[door])
        finally:
            mail.close()
            crashed = [task.exception() for task in tasks if task.done() and not task.cancelled()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for error in crashed:
            if error is not None:
                raise error


async def _tick(world: World) -> None:
    while True:
        world.tick()
        await asyncio.sleep(TICK)


def _write_ports(path: Path, running: Running) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps({"url": running.url, "smtp_port": running.smtp_port,
                                "pid": os.getpid()}))
    part.replace(path)


def run_process(options: Options, say: Callable[[str], None]) -> None:
    """Serve in this process until SIGTERM or SIGINT, then end cleanly."""
    def ready(running: Running, stop: Callable[[], None]) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop)
        say(f"sandbox {running.url} smtp 127.0.0.1:{running.smtp_port} log {running.log}")

    asyncio.run(run(options, ready))


@contextmanager
def in_thread(options: Options) -> Iterator[Running]:
    """A sandbox for the length of a ``with``, in a thread of this process: for tests."""
    started = threading.Event()
    box: list[tuple[Running, asyncio.AbstractEventLoop, Callable[[], None]]] = []
    errors: list[BaseException] = []

    def ready(running: Running, stop: Callable[[], None]) -> None:
        box.append((running, asyncio.get_running_loop(), stop))
        started.set()

    def serve() -> None:
        try:
            asyncio.run(run(options, ready))
        except BaseException as error:
            errors.append(error)
        finally:
            started.set()

    thread = threading.Thread(target=serve, name="sandbox", daemon=True)
    thread.start()
    started.wait()
    try:
        if box:
            yield box[0][0]
    finally:
        if box:
            with suppress(RuntimeError):
                box[0][1].call_soon_threadsafe(box[0][2])
        thread.join()
    if errors:
        raise errors[0]
