"""The ASGI app: routes, and what stands around each of them."""

from __future__ import annotations

import asyncio
import hmac
import logging
import os
import re
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .. import __version__
from ..bot import Bot
from ..errors import UsageError, place_of
from ..knowledge.loading import load
from ..rendering.markdown import as_markdown
from ..rendering.render import json_line
from ..reply import Reply
from . import openai, openapi
from .form import Talk
from .limits import ANSWER_SECONDS, BODY_SECONDS, MAX_BODY, Refused
from .messages import Question, ask_request, chat_request, checked, parse
from .page import Page

Endpoint = Callable[[Request], Awaitable[Response]]
Made = TypeVar("Made")

_ORIGIN = re.compile(r"\*|https?://[^/\s]+")
_log = logging.getLogger("amlbot.web")
_SECURITY_HEADERS = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}

_REFUSAL_HEADERS = {
    401: {"www-authenticate": "Bearer"},
    408: {"connection": "close"},  # the rest of the body is not read
    413: {"connection": "close"},
    503: {"retry-after": "2"},
}
"""Headers of a refusal, by its status."""


def create_app(
    bot: Bot | None = None,
    *,
    api_key: str = "",
    cors_origins: Sequence[str] = (),
    answer_seconds: float = ANSWER_SECONDS,
    body_seconds: float = BODY_SECONDS,
) -> Starlette:
    """An ASGI app that answers with ``bot`` (the bundled knowledge by default).

    Holds no conversation: every request brings its own, so any number of copies give the same
    replies. With an ``api_key``, programs must send it as a bearer token; the page stays open.
    Pages of ``cors_origins`` may call it from a browser; by default none may.

    Raises:
        UsageError: for an origin that no browser would send.

    """
    for origin in cors_origins:
        if not _ORIGIN.fullmatch(origin):
            raise UsageError(f"'{origin}' is no origin (write it as in https://example.org)")
    server = _Server(bot or Bot(), api_key, answer_seconds, body_seconds)
    middleware = [Middleware(_Shield)]
    if cors_origins:
        cors = Middleware(
            CORSMiddleware,
            allow_origins=list(cors_origins),
            allow_methods=["GET", "POST"],
            allow_headers=["authorization", "content-type"],
        )
        middleware.append(cors)
    return Starlette(
        routes=server.routes(),
        middleware=middleware,
        exception_handlers={Refused: _refused, HTTPException: _no_such_thing},
    )


def from_environment(
    environ: Mapping[str, str] = os.environ, *, bot: Bot | None = None
) -> Starlette:
    """The app as the environment describes it: what an ASGI server on its own is pointed at.

    ``AMLBOT_KNOWLEDGE`` and ``AMLBOT_REGION`` as for the command, unless there is a ``bot``
    already; ``AMLBOT_API_KEY``; and ``AMLBOT_CORS_ORIGINS`` with spaces between.

    Raises:
        AmlbotError: for what cannot be used of it.

    """
    if bot is None:
        kb = load(environ.get("AMLBOT_KNOWLEDGE") or None)
        bot = Bot(kb, region=environ.get("AMLBOT_REGION", ""))
    return create_app(
        bot,
        api_key=environ.get("AMLBOT_API_KEY", ""),
        cors_origins=environ.get("AMLBOT_CORS_ORIGINS", "").split(),
    )


class _Server:
    """The endpoints around one bot."""

    def __init__(self, bot: Bot, api_key: str, answer_seconds: float, body_seconds: float) -> None:
        self._bot = bot
        self._page = Page(bot)
        self._key = api_key
        self._answer_seconds = answer_seconds
        self._body_seconds = body_seconds
        self._started = int(time.time())
        self._api = openapi.document(__version__, bot.kb.regions)

    def routes(self) -> list[Route]:
        return [
            Route("/", self._show_page, methods=["GET", "POST"]),
            Route("/healthz", self._health),
            Route("/openapi.json", self._describe),
            Route("/api/ask", self._keyed(self._ask), methods=["POST"]),
            Route("/api/intents", self._keyed(self._intents)),
            Route("/v1/models", self._keyed(self._models)),
            Route("/v1/chat/completions", self._keyed(self._complete), methods=["POST"]),
        ]

    def _keyed(self, endpoint: Endpoint) -> Endpoint:
        """``endpoint`` for those who know the key, if there is one."""

        async def guarded(request: Request) -> Response:
            given = request.headers.get("authorization", "").encode("latin-1")
            if self._key and not hmac.compare_digest(given, f"Bearer {self._key}".encode()):
                message = "Send the key of this server as 'Authorization: Bearer KEY'."
                raise Refused(message, 401, code="invalid_api_key")
            return await endpoint(request)

        return guarded

    async def _show_page(self, request: Request) -> Response:
        talk, status = Talk(), 200
        if request.method == "POST":
            try:
                talk = Talk.of(await self._body(request))
            except Refused as refused:
                talk, status = Talk(error="page-too-long"), refused.status
        html = await self._in_time(partial(self._page.html, talk))
        headers = {"content-security-policy": self._page.policy}
        return HTMLResponse(html, status, headers)

    async def _health(self, request: Request) -> Response:
        return _Json({"status": "ok", "version": __version__, "intents": len(self._bot.kb.intents)})

    async def _describe(self, request: Request) -> Response:
        return _Json(self._api)

    async def _ask(self, request: Request) -> Response:
        question = ask_request(parse(await self._body(request)), self._bot.kb.regions)
        reply = await self._reply(question)
        return _Json(reply.as_dict())

    async def _intents(self, request: Request) -> Response:
        return _Json({"intents": [intent.listed() for intent in self._bot.kb.answers]})

    async def _models(self, request: Request) -> Response:
        return _Json(openai.models(self._started))

    async def _complete(self, request: Request) -> Response:
        data = parse(await self._body(request))
        question = chat_request(data)
        text = openai.background_task(question.text, self._bot.say("page-title"))
        if text is None:
            checked(question.text, "messages")
            text = as_markdown(await self._reply(question), self._bot.say)
        id = f"chatcmpl-{uuid.uuid4().hex}"
        completion = openai.Completion(id, int(time.time()), question, text)
        if data.get("stream") is not True:
            return _Json(completion.as_dict())
        options = data.get("stream_options")
        with_usage = isinstance(options, Mapping) and options.get("include_usage") is True
        events = "".join(completion.events(with_usage=with_usage))
        return Response(events, media_type="text/event-stream")

    async def _reply(self, question: Question) -> Reply:
        ask = partial(self._bot.ask, question.text, question.history, question.region)
        return await self._in_time(ask)

    async def _in_time(self, work: Callable[[], Made]) -> Made:
        """What ``work`` returns; it runs beside the event loop, which goes on serving others.

        Raises:
            Refused: if that takes too long.

        """
        try:
            return await asyncio.wait_for(asyncio.to_thread(work), self._answer_seconds)
        except TimeoutError:
            message = "Too many questions at once. Please try again in a moment."
            raise Refused(message, 503, code="overloaded") from None

    async def _body(self, request: Request) -> bytes:
        """The whole body.

        Raises:
            Refused: if it is too large, or too slow in coming.

        """
        parts, size = [], 0
        try:
            async with asyncio.timeout(self._body_seconds):
                async for part in request.stream():
                    size += len(part)
                    if size > MAX_BODY:
                        message = f"The body is larger than {MAX_BODY // 1024} KiB."
                        raise Refused(message, 413, code="request_too_large")
                    parts.append(part)
        except TimeoutError:
            raise Refused("The body was too slow in coming.", 408, code="timeout") from None
        except ClientDisconnect:
            raise Refused("The body ended early.", 400, code="disconnected") from None
        return b"".join(parts)


class _Json(Response):
    """JSON with nothing in it that a terminal would obey: people look at replies in theirs."""

    media_type = "application/json"

    def render(self, content: Mapping[str, object]) -> bytes:
        return json_line(content).encode()


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return _Json(error.as_dict(), error.status, _REFUSAL_HEADERS.get(error.status))


async def _no_such_thing(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    known = {404: "There is nothing at this address.", 405: "This address takes another method."}
    refused = Refused(known.get(error.status_code, error.detail), error.status_code)
    return _Json(refused.as_dict(), error.status_code, error.headers)


class _Shield:
    """Outermost: security headers on every response, and no failure that tells or logs a question.

    A traceback may quote what was asked, so only `place_of` the error is logged.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def send_guarded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in _SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, send_guarded)
        except Exception as error:
            _log.error(place_of(error))
            if not begun:
                failed = Refused("The server failed to answer.", 500).as_dict()
                await _Json(failed, 500)(scope, receive, send_guarded)
