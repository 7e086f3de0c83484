"""Every recipe of docs/plugging-in.md is run, if what it needs is installed."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
import yaml

import amlbot

DOCS = Path(__file__).parents[1] / "docs"
RECIPES = (DOCS / "plugging-in.md").read_text(encoding="utf-8")
ANYWHERE = "http://127.0.0.1:8000"
ANSWER = "about a third of adults"
QUESTION = "how common are npm1 mutations?"

pytestmark = pytest.mark.filterwarnings("ignore")  # other people's packages have their own


def recipes(heading: str) -> list[str]:
    """The blocks of code under a heading."""
    [section] = re.findall(rf"\n##+ {heading}\n(.*?)(?=\n##|\Z)", RECIPES, re.DOTALL)
    return re.findall(r"```\w*\n(.*?)```", section, re.DOTALL)


def run(code: str, **given: object) -> dict[str, Any]:
    scope: dict[str, Any] = {"__name__": "recipe", **given}
    exec(compile(code, "plugging-in.md", "exec"), scope)
    return scope


@pytest.fixture(scope="module")
def address(bot: amlbot.Bot) -> Iterator[str]:
    pytest.importorskip("starlette")
    pytest.importorskip("uvicorn")
    from amlbot.web import create_app
    from serving import running

    with running(create_app(bot)) as url:
        yield url


def test_own_knowledge_matcher_and_wording(capsys: pytest.CaptureFixture[str]) -> None:
    knowledge, alone, matcher, wording = recipes("Your own knowledge, matcher, wording")
    run(knowledge)
    assert capsys.readouterr().out == "From nine to five.\n"
    run(alone)
    assert ANSWER in capsys.readouterr().out
    own = run(matcher)["bot"]
    assert own.ask("What is NPM1?").intent == "npm1-what"
    assert own.ask("wat is npm1").outcome is amlbot.Outcome.UNKNOWN
    assert own.ask("chest pain").outcome is amlbot.Outcome.URGENT
    unknown = run(wording)["bot"].ask("banana soup on the moon")
    assert unknown.text == "I have nothing on that. Our nurses do: extension 12."


def test_curl(address: str) -> None:
    if not shutil.which("curl"):
        pytest.skip("no curl")
    command = recipes("HTTP")[0].replace(ANYWHERE, address)
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=True, timeout=60)
    assert json.loads(done.stdout)["schema"] == 1


def test_openai_sdk(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("openai")
    made = run(recipes("openai SDK")[0].replace(ANYWHERE, address))
    made["client"].close()
    assert ANSWER in made["first"].content
    assert "How common are NPM1 mutations in children" in capsys.readouterr().out


def test_llm(address: str, tmp_path: Path) -> None:
    pytest.importorskip("llm")
    settings = recipes("llm")[0].replace(ANYWHERE, address)
    (tmp_path / "extra-openai-models.yaml").write_text(settings, encoding="utf-8")
    environ = {**os.environ, "LLM_USER_PATH": str(tmp_path), "OPENAI_API_KEY": "any"}
    command = [sys.executable, "-m", "llm", "-m", "amlbot", QUESTION]
    done = subprocess.run(
        command, env=environ, capture_output=True, text=True, timeout=120, check=True
    )
    assert ANSWER in done.stdout


def test_settings_of_frontends_name_what_the_server_has(address: str) -> None:
    from urllib.request import urlopen

    shell = dict(line.split("=") for line in recipes("Open WebUI")[0].splitlines())
    [libre] = yaml.safe_load(recipes("LibreChat")[0])["endpoints"]["custom"]
    for base in (shell["OPENAI_API_BASE_URL"], libre["baseURL"]):
        with urlopen(f"{base.replace(ANYWHERE, address)}/models") as answer:
            models = [model["id"] for model in json.load(answer)["data"]]
        assert libre["models"]["default"] == models


GRADIO = """
import gradio
launch = gradio.Blocks.launch
gradio.Blocks.launch = lambda demo, **options: launch(
    demo, prevent_thread_lock=True, quiet=True, server_name="127.0.0.1", **options
)
{recipe}
from gradio_client import Client
talk = Client(demo.local_url, verbose=False, analytics_enabled=False)
name = next(iter(talk.view_api(return_format="dict")["named_endpoints"]))
print(talk.predict({question!r}, api_name=name))
shown = [dict(role="user", content=[dict(type="text", text={question!r})])]
second = demo.fn("1", shown)
print(second if isinstance(second, str) else list(second)[-1])
demo.close()
"""
"""Talks with what a recipe launches: a question, then a number after what the browser shows."""


def chat_with_gradio(recipe: str) -> str:
    """In a process of its own: Gradio leaves sockets and event loops behind."""
    pytest.importorskip("gradio")
    program = GRADIO.format(recipe=recipe, question=QUESTION)
    command = [sys.executable, "-W", "ignore", "-c", program]
    environ = {**os.environ, "GRADIO_ANALYTICS_ENABLED": "False"}
    done = subprocess.run(
        command, env=environ, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("heading", ["Gradio", "Gradio, connected to a server"])
def test_gradio(heading: str, address: str) -> None:
    said = chat_with_gradio(recipes(heading)[0].replace(ANYWHERE, address))
    assert ANSWER in said
    assert "**How common are NPM1 mutations in children with AML?**" in said


def test_streamlit() -> None:
    testing = pytest.importorskip("streamlit.testing.v1")
    page = testing.AppTest.from_string(recipes("Streamlit")[0], default_timeout=60).run()
    page.chat_input[0].set_value(QUESTION).run()
    page.chat_input[0].set_value("1").run()
    assert not page.exception
    said = [turn.markdown[0].value for turn in page.chat_message]
    assert said[0] == QUESTION
    assert ANSWER in said[1]
    assert "in children" in said[3]


def test_chainlit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CHAINLIT_APP_ROOT", str(tmp_path))  # it writes settings when imported
    chainlit = pytest.importorskip("chainlit")
    sent: list[str] = []

    class Message:
        def __init__(self, content: str) -> None:
            self.content = content

        async def send(self) -> None:
            sent.append(self.content)

    talk = [{"role": "user", "content": QUESTION}]
    monkeypatch.setattr(chainlit, "Message", Message)
    monkeypatch.setattr(chainlit, "on_message", lambda function: function)
    monkeypatch.setattr(chainlit, "chat_context", SimpleNamespace(to_openai=lambda: list(talk)))
    answer = run(recipes("Chainlit")[0])["answer"]
    asyncio.run(answer(Message(QUESTION)))
    talk += [{"role": "assistant", "content": sent[0]}, {"role": "user", "content": "1"}]
    asyncio.run(answer(Message("1")))
    assert ANSWER in sent[0]
    assert "in children" in sent[1]


def test_slack(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack's own dispatch, with its web calls answered here."""
    bolt = pytest.importorskip("slack_bolt")
    web = pytest.importorskip("slack_sdk")
    handler = pytest.importorskip("slack_bolt.adapter.socket_mode")
    posted: list[dict[str, Any]] = []
    thread = [{"ts": "1", "text": QUESTION}, {"ts": "2", "text": "…", "bot_id": "B"}]
    thread += [{"ts": "3", "text": "1"}]

    class Answered(dict[str, Any]):
        headers: ClassVar[dict[str, str]] = {}

    def call(self: object, method: str, **options: Any) -> Answered:
        if method == "chat.postMessage":
            posted.append(options["json"])
        return Answered(ok=True, messages=thread, user_id="U", bot_id="B", bot_user_id="U")

    monkeypatch.setattr(web.WebClient, "api_call", call)
    monkeypatch.setattr(handler.SocketModeHandler, "__init__", lambda *_: None)
    monkeypatch.setattr(handler.SocketModeHandler, "start", lambda self: None)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-none")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-none")
    app = run(recipes("Slack")[0])["app"]
    event = {"type": "message", "channel": "C", "user": "W", "ts": "3", "thread_ts": "1"}
    body = {"type": "event_callback", "event": {**event, "text": "1"}}
    done = app.dispatch(bolt.BoltRequest(body=body, mode="socket_mode"))
    assert done.status == 200
    app.listener_runner.listener_executor.shutdown(wait=True)
    [message] = posted
    assert message["thread_ts"] == "1"
    assert "in children" in message["text"]
