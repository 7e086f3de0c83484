"""The chat completions protocol: its frames, and the clients that speak it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from amlbot import Bot, KnowledgeBase

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

from starlette.types import ASGIApp

from amlbot.web import create_app
from serving import post, running, send

CASES: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "web.yaml").read_text(encoding="utf-8")
)
QUESTION = [{"role": "user", "content": "what is idh1"}]


@pytest.fixture(scope="module")
def app(small: KnowledgeBase) -> ASGIApp:
    return create_app(Bot(small))


def complete(app: ASGIApp, messages: object, **fields: object) -> Any:
    answer = post(app, "/v1/chat/completions", {"model": "x", "messages": messages, **fields})
    assert answer.status == 200
    return answer.json


def said(completion: Any) -> str:
    return str(completion["choices"][0]["message"]["content"])


def frames(app: ASGIApp, **fields: object) -> list[Any]:
    body = {"messages": QUESTION, "stream": True, **fields}
    answer = post(app, "/v1/chat/completions", body)
    assert answer.headers["content-type"].startswith("text/event-stream")
    *events, done, rest = answer.text.split("\n\n")
    assert (done, rest) == ("data: [DONE]", "")
    return [json.loads(event.removeprefix("data: ")) for event in events]


def test_the_list_of_models(app: ASGIApp) -> None:
    listed = send(app, "GET", "/v1/models").json
    assert listed["object"] == "list"
    [model] = listed["data"]
    assert (model["id"], model["object"], model["owned_by"]) == ("amlbot", "model", "amlbot")
    assert isinstance(model["created"], int)


def test_a_completion(app: ASGIApp) -> None:
    completion = complete(app, QUESTION)
    assert completion["object"] == "chat.completion"
    [choice] = completion["choices"]
    assert choice["finish_reason"] == "stop"
    assert choice["message"]["role"] == "assistant"
    assert said(completion) == (
        "**What is IDH1?**\n\nIDH1 is a gene.\n\n"
        "Where this comes from:\n\n1. A book. A house, 2025: https://example.org/book\n\n"
        "Held against its sources on 2026-11-24. Not reviewed by a clinician.\n\n"
        'There is a longer answer. Type "more".\n\n'
        "You can also ask:\n\n1. What is IDH2?"
    )


def test_a_stream(app: ASGIApp) -> None:
    events = frames(app)
    choices = [event["choices"][0] for event in events]
    assert choices[0]["delta"] == {"role": "assistant", "content": ""}
    assert all("role" not in choice["delta"] for choice in choices[1:])
    assert [choice["finish_reason"] for choice in choices] == [None] * (len(choices) - 1) + ["stop"]
    assert choices[-1]["delta"] == {}
    text = "".join(choice["delta"].get("content", "") for choice in choices)
    assert text == said(complete(app, QUESTION))
    assert len({event["id"] for event in events}) == 1
    assert {event["object"] for event in events} == {"chat.completion.chunk"}
    assert not any("usage" in event for event in events)


def test_usage_in_a_stream_only_when_asked(app: ASGIApp) -> None:
    *_, last = frames(app, stream_options={"include_usage": True})
    assert last["choices"] == []
    assert last["usage"]["prompt_tokens"] == 3
    assert "usage" not in frames(app, stream_options={"include_usage": False})[-1]
    assert "usage" not in frames(app, stream_options="all")[-1]


def test_the_last_user_message_is_answered(app: ASGIApp) -> None:
    messages = [
        {"role": "system", "content": "You are a pirate."},
        *QUESTION,
        {"role": "assistant", "content": "IDH1 is a gene."},
        {"role": "user", "content": [{"type": "text", "text": "1"}, {"type": "image_url"}]},
        {"role": "assistant", "content": None, "tool_calls": []},
    ]
    assert "IDH2 is another gene." in said(complete(app, messages))


def test_unknown_fields_are_ignored(app: ASGIApp) -> None:
    odd: dict[str, object] = {
        "temperature": "hot",
        "top_p": None,
        "user": 7,
        "tools": [],
        "stream": "yes",
        "n": 5,
    }
    assert "IDH1 is a gene." in said(complete(app, QUESTION, **odd))


@pytest.mark.parametrize("case", CASES["bad-chat"], ids=lambda case: case["name"])
def test_a_wrong_request_is_told_what_is_wrong(app: ASGIApp, case: dict[str, str]) -> None:
    answer = send(app, "POST", "/v1/chat/completions", case["body"].encode())
    assert answer.status == 400
    assert answer.json["error"]["param"] == case["param"]
    assert answer.json["error"]["type"] == "invalid_request_error"


def test_a_message_that_is_too_long(app: ASGIApp) -> None:
    long = {"messages": [{"role": "user", "content": "what is idh1 " * 2000}]}
    answer = post(app, "/v1/chat/completions", long)
    assert answer.status == 400
    assert answer.json["error"]["code"] == "context_length_exceeded"


@pytest.mark.parametrize("case", CASES["background"], ids=lambda case: case["name"])
def test_what_a_frontend_asks_for_itself_gets_a_stub(app: ASGIApp, case: dict[str, str]) -> None:
    prompt = case["prompt"] + "\nUSER: I have chest pain" * 200
    assert said(complete(app, [{"role": "user", "content": prompt}])) == case["stub"]


@pytest.mark.parametrize("text", CASES["people"])
def test_what_a_person_asks_is_answered(bot: Bot, text: str) -> None:
    reply = said(complete(create_app(bot), [{"role": "user", "content": text}]))
    assert reply != "Questions about AML"
    assert not reply.startswith("{")


@pytest.fixture(scope="module")
def address(app: ASGIApp) -> Iterator[str]:
    with running(app) as url:
        yield f"{url}/v1"


def test_the_openai_sdk(address: str) -> None:
    openai = pytest.importorskip("openai")
    with openai.OpenAI(base_url=address, api_key="any", max_retries=0) as client:
        assert [model.id for model in client.models.list()] == ["amlbot"]

        create = client.chat.completions.create
        first = create(model="amlbot", messages=QUESTION).choices[0].message
        assert "IDH1 is a gene." in first.content
        talk = [*QUESTION, {"role": "assistant", "content": first.content}]
        picked = create(model="amlbot", messages=[*talk, {"role": "user", "content": "1"}])
        assert "IDH2 is another gene." in picked.choices[0].message.content

        options = {"include_usage": True}
        chunks = list(create(model="m", messages=QUESTION, stream=True, stream_options=options))
        text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
        assert text == first.content
        assert chunks[-1].usage.total_tokens > 3

        with client.chat.completions.stream(model="amlbot", messages=QUESTION) as stream:
            assert stream.get_final_completion().choices[0].message.content == first.content

        with pytest.raises(openai.BadRequestError, match="must hold a message"):
            create(model="amlbot", messages=[])


def test_the_openai_sdk_with_a_key(small: KnowledgeBase) -> None:
    openai = pytest.importorskip("openai")
    with running(create_app(Bot(small), api_key="right")) as url:
        for key, allowed in (("right", True), ("wrong", False)):
            with openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0) as client:
                if allowed:
                    assert client.models.list().data
                else:
                    with pytest.raises(openai.AuthenticationError):
                        client.models.list()
