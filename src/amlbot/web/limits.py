"""How much one request may ask for, and what a request that asks for more is told."""

from __future__ import annotations

from dataclasses import dataclass

MAX_BODY = 512 * 1024
"""Bytes of a request. Frontends send the whole conversation every time: some 200 long answers."""
MAX_TEXT = 20_000
"""Characters of one message. Long stories are welcome: danger signs may stand anywhere in them."""
BODY_SECONDS = 10.0
"""Time for a whole request body to come in."""
HEADER_SECONDS = 10.0
"""Time for the first request's headers to come in."""
ANSWER_SECONDS = 10.0
"""Time for an answer, its wait for others included."""


@dataclass(eq=False)  # not frozen: whoever catches an exception may set its traceback
class Refused(Exception):  # noqa: N818  (not an error of the program)
    """A request that is not answered, and why, in words for whoever sent it."""

    message: str
    status: int = 400
    param: str | None = None
    """The field at fault."""
    code: str | None = None

    def as_dict(self) -> dict[str, object]:
        """The shape that OpenAI's clients read; every JSON error of this server has it."""
        kind = "server_error" if self.status >= 500 else "invalid_request_error"
        error = {"message": self.message, "type": kind, "param": self.param, "code": self.code}
        return {"error": error}
