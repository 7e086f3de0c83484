"""The chat completions protocol, as far as a bot that writes nothing new needs it. Pure.

What clients of the protocol rely on, and threads of those that broke without it:
the role in the first delta (LibreChat issue 1353), a null finish reason until the end (ollama
issue 4357), usage in a stream only when it was asked for (shell_gpt pull request 470).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from ..record import Record
from ..rendering.render import json_line
from .messages import Question

MODEL = "amlbot"
"""The one model there is; any other name in a request is answered by it as well."""

_TASKS = (
    # Open WebUI's default prompts (its documentation, "Environment variable configuration").
    (r"### Task:\s*Generate a concise.{0,40} title", "title", True),
    (r"### Task:\s*Generate 1-3 broad tags", "tags", True),
    (r"### Task:\s*Suggest 3-5 relevant follow-up", "follow_ups", True),
    (r"### Task:\s*Analyze the chat history to determine", "queries", True),
    (r"### Task:\s*Generate a detailed prompt for am? image", "prompt", True),
    (r"### Task:\s*You are an autocompletion system", "text", True),
    (r"### Task:.*<chat_history>", "", False),  # later ones of the same kind
    # LibreChat's: the agents package, then the assistants endpoint.
    (r"Analyze this conversation and provide:\s*1\. The detected language", "title", False),
    (r"(?:Please )?(?:provide|generate) a concise, 5-word-or-less title", "title", False),
    (r"Write a concise title for this conversation", "title", False),
    (r"Please generate a concise title \(max 40 characters\)", "title", False),
)
_STUBS: Mapping[str, object] = {"tags": ["Health"], "prompt": "", "text": ""}
"""What a task gets; any that is not named here gets an empty list."""


class Completion(Record):
    """One answer on its way out."""

    id: str
    created: int
    """Seconds since 1970."""
    question: Question
    text: str

    def as_dict(self) -> dict[str, object]:
        """The answer in one piece."""
        message = {"role": "assistant", "content": self.text, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return self._frame("chat.completion", choices=[choice], usage=self._usage())

    def events(self, *, with_usage: bool) -> Iterator[str]:
        """The answer as server-sent events, one a paragraph: it is all there from the start."""
        yield self._event({"role": "assistant", "content": ""})
        for paragraph in re.findall(r".+?(?:\n{2,}|\Z)", self.text, re.DOTALL):
            yield self._event({"content": paragraph})
        yield self._event({}, "stop")
        if with_usage:
            yield _sse(self._frame("chat.completion.chunk", choices=[], usage=self._usage()))
        yield "data: [DONE]\n\n"

    def _event(self, delta: Mapping[str, str], finish: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _sse(self._frame("chat.completion.chunk", choices=[choice]))

    def _frame(self, kind: str, **fields: object) -> dict[str, object]:
        return {"id": self.id, "object": kind, "created": self.created, "model": MODEL, **fields}

    def _usage(self) -> dict[str, int]:
        """Words, for want of tokens."""
        asked = [turn.content for turn in self.question.history] + [self.question.text]
        prompt, answer = len(" ".join(asked).split()), len(self.text.split())
        return {
            "prompt_tokens": prompt,
            "completion_tokens": answer,
            "total_tokens": prompt + answer,
        }


def _sse(data: Mapping[str, object]) -> str:
    return f"data: {json_line(data)}\n\n"


def models(created: int) -> dict[str, object]:
    """The reply to ``GET /v1/models``."""
    model = {"id": MODEL, "object": "model", "created": created, "owned_by": "amlbot"}
    return {"object": "list", "data": [model]}


def background_task(text: str, title: str) -> str | None:
    """The stub for a prompt that a frontend sends on its own behalf; None for a person's message.

    Frontends ask the model for a chat's title, its tags and the next questions. The prompt holds
    the conversation, so that it would match some answer, or set off the safety screen.
    """
    for pattern, field, as_json in _TASKS:
        if re.match(pattern, text.lstrip(), re.IGNORECASE | re.DOTALL):
            stub = title if field == "title" else _STUBS.get(field, [])
            return json.dumps({field: stub}) if as_json else title
    return None
