"""The HTTP API: what it answers, what it refuses, and what it never does."""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from amlbot import AmlbotError, Bot, Candidate, KnowledgeBase, Match

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

from starlette.types import ASGIApp

from amlbot.web import create_app, from_environment
from amlbot.web.limits import MAX_BODY, MAX_TEXT
from serving import Answer, post, send

CASES: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "web.yaml").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def app(small: KnowledgeBase) -> ASGIApp:
    return create_app(Bot(small))


def ask(app: ASGIApp, text: str, **fields: object) -> Any:
    answer = post(app, "/api/ask", {"text": text, **fields})
    assert answer.status == 200
    return answer.json


def test_a_reply_is_the_one_that_python_gives(app: ASGIApp, small: KnowledgeBase) -> None:
    reply = Bot(small).ask("what is idh1?")
    assert ask(app, "what is idh1?") == json.loads(json.dumps(reply.as_dict()))


def test_history_gives_a_number_its_meaning(app: ASGIApp) -> None:
    history = [{"role": "user", "content": "what is idh1"}, {"role": "assistant", "content": "…"}]
    assert ask(app, "1", history=history)["intent"] == "idh2-what"
    assert ask(app, "1")["intent"] is None


def test_the_region_picks_the_numbers(app: ASGIApp) -> None:
    assert "Call 911" in ask(app, "fever number to call")["text"]
    assert "Call 999" in ask(app, "fever number to call", region="uk")["text"]


@pytest.mark.parametrize("before", ["", "It began years ago. " * 900])
def test_danger_comes_first(bot: Bot, before: str) -> None:
    reply = ask(create_app(bot), f"{before}what is npm1? I have chest pain and can't breathe")
    assert (reply["outcome"], reply["level"]) == ("urgent", "emergency")


def test_intents(app: ASGIApp, small: KnowledgeBase) -> None:
    listed = send(app, "GET", "/api/intents").json["intents"]
    assert listed[0] == {"id": "idh1-what", "title": "What is IDH1?", "topic": "Genes"}
    assert {i["id"] for i in listed} == {i.id for i in small.intents.values() if not i.chat}


def test_health(app: ASGIApp, small: KnowledgeBase) -> None:
    health = send(app, "GET", "/healthz").json
    assert (health["status"], health["intents"]) == ("ok", len(small.intents))


@pytest.mark.parametrize("case", CASES["bad-ask"], ids=lambda case: case["name"])
def test_a_wrong_request_is_told_what_is_wrong(app: ASGIApp, case: dict[str, str]) -> None:
    refused_with(400, send(app, "POST", "/api/ask", case["body"].encode()), case.get("param"))


@pytest.mark.parametrize("case", CASES["odd-ask"], ids=lambda case: case["name"])
def test_an_odd_request_is_answered(app: ASGIApp, case: dict[str, str]) -> None:
    answer = send(app, "POST", "/api/ask", case["body"].encode())
    assert answer.status == 200
    assert answer.json["text"]


def refused_with(status: int, answer: Answer, param: str | None = None) -> None:
    assert answer.status == status
    error = answer.json["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["param"] == param
    assert error["message"].endswith(".")


@pytest.mark.parametrize("path", ["/api/ask", "/v1/chat/completions"])
def test_hostile_bodies(app: ASGIApp, path: str) -> None:
    refused_with(413, send(app, "POST", path, b"x" * 1_000_000))
    refused_with(413, send(app, "POST", path, [b"x" * 1000] * (MAX_BODY // 1000 + 1)))
    refused_with(400, send(app, "POST", path, b'{"text":' + b"[" * 200_000))
    refused_with(400, send(app, "POST", path, b'{"text": "\xff\xfe"}'))
    refused_with(400, send(app, "POST", path, b'{"text": ' + b"9" * 5000 + b"}"))
    refused_with(400, send(app, "POST", path, [b'{"text": "what', b""]))


def test_a_body_that_ends_early(app: ASGIApp) -> None:
    refused_with(400, send(app, "POST", "/api/ask", []))


def test_a_slow_body(small: KnowledgeBase) -> None:
    hasty = create_app(Bot(small), body_seconds=0.05)
    refused_with(408, send(hasty, "POST", "/api/ask", [b'{"text"', b": "] * 50, pause=0.02))


def test_a_message_may_have_so_many_characters(app: ASGIApp) -> None:
    assert ask(app, "x" * MAX_TEXT)["outcome"] == "unknown"
    refused_with(400, post(app, "/api/ask", {"text": "x" * (MAX_TEXT + 1)}), "text")


def test_a_history_of_any_length_is_cut(app: ASGIApp) -> None:
    history = [{"role": "user", "content": "what is idh1 " * 300}] * 100
    assert post(app, "/api/ask", {"text": "1", "history": history}).status == 200
    history.append({"role": "user", "content": "what is idh1"})
    assert ask(app, "1", history=history)["intent"] == "idh2-what"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/api/ask", 405),
        ("DELETE", "/", 405),
        ("POST", "/healthz", 405),
    ],
)
def test_no_such_thing(app: ASGIApp, method: str, path: str, status: int) -> None:
    refused_with(status, send(app, method, path))


def test_with_a_key_only_those_who_know_it_are_answered(small: KnowledgeBase) -> None:
    app = create_app(Bot(small), api_key="k3y-µ")
    for given in ({}, {"authorization": "Bearer wrong"}, {"authorization": "k3y"}):
        refused_with(401, send(app, "GET", "/api/intents", headers=given))
        refused_with(401, send(app, "GET", "/v1/models", headers=given))
    assert send(app, "GET", "/v1/models", headers={"authorization": "Bearer k3y-µ"}).status == 200
    assert send(app, "GET", "/healthz").status == 200
    assert send(app, "GET", "/").status == 200


def test_without_a_key_any_is_accepted(app: ASGIApp) -> None:
    assert send(app, "GET", "/v1/models", headers={"authorization": "Bearer sk-1"}).status == 200


def test_other_sites_may_not_call_unless_they_are_named(small: KnowledgeBase) -> None:
    asking = {
        "origin": "https://clinic.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization, content-type",
    }
    closed = send(create_app(Bot(small)), "OPTIONS", "/api/ask", headers=asking)
    assert "access-control-allow-origin" not in closed.headers
    named = create_app(Bot(small), api_key="k", cors_origins=["https://clinic.example"])
    opened = send(named, "OPTIONS", "/api/ask", headers=asking)
    assert opened.headers["access-control-allow-origin"] == "https://clinic.example"
    other = {**asking, "origin": "https://other.example"}
    refused = send(named, "OPTIONS", "/api/ask", headers=other)
    assert "access-control-allow-origin" not in refused.headers
    told = send(named, "GET", "/api/intents", headers={"origin": "https://clinic.example"})
    assert (told.status, told.headers["access-control-allow-origin"]) == (
        401,
        "https://clinic.example",
    )


@pytest.mark.parametrize("origin", ["clinic.example", "https://clinic.example/", ""])
def test_an_origin_that_no_browser_sends_is_refused(small: KnowledgeBase, origin: str) -> None:
    with pytest.raises(AmlbotError, match="is no origin"):
        create_app(Bot(small), cors_origins=[origin])


@pytest.mark.parametrize("path", ["/", "/healthz", "/nothing", "/api/ask", "/openapi.json"])
def test_every_response_has_security_headers(app: ASGIApp, path: str) -> None:
    headers = send(app, "GET", path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "set-cookie" not in headers


class Failing:
    """A matcher that tells what it was asked when it falls over."""

    def match(self, text: str) -> Match:
        raise ValueError(f"cannot match {text}")

    def search(self, text: str, limit: int = 10) -> list[Candidate]:
        return []


class Slow(Failing):
    def match(self, text: str) -> Match:
        time.sleep(0.3)
        raise AssertionError


@pytest.mark.parametrize("path", ["/api/ask", "/v1/chat/completions", "/"])
def test_a_failure_tells_and_logs_no_question(
    small: KnowledgeBase,
    path: str,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    app = create_app(Bot(small, matcher=Failing()))
    body: object = {"text": "my secret", "messages": [{"role": "user", "content": "my secret"}]}
    with caplog.at_level(logging.DEBUG):
        raw = b"text=my+secret" if path == "/" else json.dumps(body).encode()
        answer = send(app, "POST", path, raw)
    refused_with(500, answer)
    said = capsys.readouterr()
    assert "secret" not in answer.text + said.out + said.err + caplog.text
    assert "ValueError in test_web_api.py:" in caplog.text


def test_an_answer_that_takes_too_long(small: KnowledgeBase) -> None:
    app = create_app(Bot(small, matcher=Slow()), answer_seconds=0.02)
    answer = post(app, "/api/ask", {"text": "what is idh1"})
    refused_with(503, answer)
    assert answer.headers["retry-after"] == "2"


def test_two_apps_with_different_knowledge_in_one_process(small: KnowledgeBase) -> None:
    shop = KnowledgeBase.from_dicts(
        {"intents": [{"id": "hours", "questions": ["When are you open?"], "answer": "Nine."}]}
    )
    clinic, store = create_app(Bot(small)), create_app(Bot(shop))
    assert ask(clinic, "what is idh1")["intent"] == "idh1-what"
    assert ask(store, "when are you open")["intent"] == "hours"
    assert ask(store, "what is idh1")["outcome"] != "answer"
    assert ask(clinic, "when are you open")["outcome"] != "answer"


def test_the_environment_describes_an_app(small_file: Path) -> None:
    environ = {
        "AMLBOT_KNOWLEDGE": str(small_file),
        "AMLBOT_REGION": "uk",
        "AMLBOT_API_KEY": "k",
        "AMLBOT_CORS_ORIGINS": "https://a.example https://b.example",
    }
    app = from_environment(environ)
    assert post(app, "/api/ask", {"text": "hi"}).status == 401
    reply = post(app, "/api/ask", {"text": "fever number to call"}, authorization="Bearer k")
    assert "Call 999" in reply.json["text"]
    asked = send(app, "GET", "/healthz", headers={"origin": "https://b.example"})
    assert asked.headers["access-control-allow-origin"] == "https://b.example"
