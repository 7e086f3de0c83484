"""Running the app: one address, one or more worker processes, and a clean end."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Mapping

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from ..bot import Bot
from ..errors import AmlbotError
from .app import from_environment
from .limits import HEADER_SECONDS

KEEP_ALIVE_SECONDS = 5
GRACE_SECONDS = 10
"""Time for requests under way when the server is told to stop."""
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def serve(bot: Bot, host: str, port: int, workers: int, settings: Mapping[str, str]) -> None:
    """Serve ``bot`` until the process is told to stop.

    ``settings`` are the environment variables of `from_environment`; with more than one worker
    process each builds its own bot from them.

    Raises:
        AmlbotError: if the address or a setting cannot be used.

    """
    os.environ.update(settings)
    app = from_environment(bot=bot)
    _try(host, port)
    _announce(host, port)
    uvicorn.run(
        app if workers == 1 else "amlbot.web:from_environment",
        factory=workers > 1,
        host=host,
        port=port,
        workers=workers,
        http=Impatient,
        ws="none",
        log_level="warning",
        access_log=False,  # a question must not end up in a log, whatever its address was
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def _try(host: str, port: int) -> None:
    """Fail in one line, rather than in every worker."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, port))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        hint = "choose another with --host and --port"
        raise AmlbotError(f"cannot listen on {host} port {port}: {reason} ({hint})") from None


def _announce(host: str, port: int) -> None:
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    lines = [f"Open {url}/ in a browser. Chat frontends connect to {url}/v1"]
    if host not in _LOOPBACK:
        lines.append("Anyone who can reach this machine can use it (docs/serving.md).")
    print(*lines, "Press Ctrl-C to stop.", sep="\n", file=sys.stderr, flush=True)


class Impatient(H11Protocol):
    """Hangs up on a client that does not get round to asking; uvicorn itself would wait forever.

    And sends at once: between several workers, uvicorn's sockets wait 40 ms for more to send.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait, for `HEADER_SECONDS`."""
        super().connection_made(transport)
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.loop.call_later(HEADER_SECONDS, self._hang_up_if_silent)

    def _hang_up_if_silent(self) -> None:
        if self.cycle is None:
            self.transport.close()
