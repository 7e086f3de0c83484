"""Scripted conversations, in ``conversations/``: each through the API, a pipe and the chat.

The API is given nothing but ``{"role", "content"}`` messages, as a stateless frontend has them.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from amlbot import Bot, KnowledgeBase, Outcome, Reply
from amlbot.cli import main
from amlbot.knowledge.disk import read
from amlbot.ready import bundled

Script = Mapping[str, Any]
FOLDER = Path(__file__).parent / "conversations"


def scripts(folder: str) -> list[Script]:
    files = sorted((FOLDER / folder).glob("*.yaml"))
    return [script for file in files for script in yaml.safe_load(file.read_text("utf-8"))]


MOVES, BUNDLED = scripts("moves"), scripts("bundled")
RESTART = "start over"
"""Between two scripts in one conversation: nothing said before it counts."""


@pytest.fixture(scope="module")
def few() -> Bot:
    """A bot with the small talk and the wording of the bundled knowledge, and a few answers."""
    [small] = read(FOLDER / "knowledge.yaml")
    [talk] = read(Path(bundled()) / "chat.yaml")
    assert isinstance(talk.data, dict)
    for intent in talk.data["intents"]:
        for other in ("related", "about"):  # answers and names of the bundled knowledge
            intent.pop(other, None)
    return Bot(KnowledgeBase.from_documents([small, talk]))


def spoken(script: Script) -> list[str]:
    return [turn["you"] for turn in script["turns"]]


def converse(bot: Bot, messages: Sequence[str]) -> list[Reply]:
    history: list[dict[str, str]] = []
    replies = []
    for text in messages:
        reply = bot.ask(text, history)
        replies.append(reply)
        history += [
            {"role": "user", "content": text},
            {"role": "assistant", "content": reply.text},
        ]
    return replies


@pytest.mark.parametrize("script", MOVES, ids=lambda script: str(script["name"]))
def test_a_conversation_on_a_few_answers(few: Bot, script: Script) -> None:
    hold(few, script)


@pytest.mark.parametrize("script", BUNDLED, ids=lambda script: str(script["name"]))
def test_a_conversation(bot: Bot, script: Script) -> None:
    hold(bot, script)


def hold(bot: Bot, script: Script) -> None:
    """Assert that ``script`` goes as it is written."""
    replies = converse(bot, spoken(script))
    failed: list[str] = []
    offered: list[list[str]] = [[c.intent for c in reply.choices] for reply in replies]
    for i, (turn, reply) in enumerate(zip(script["turns"], replies, strict=True)):
        told = f"{turn['you']!r} got {reply.outcome} {reply.intent}: {reply.text}"
        expected = turn.get("bot", [])
        for allowed in [expected] if isinstance(expected, list) and expected else []:
            assert {reply.intent, reply.outcome.value} & set(allowed), told
        if isinstance(expected, str):
            assert expected in (reply.intent, reply.outcome.value), told
        for words in turn.get("says", []):
            assert words in f"{reply.title}\n{reply.text}", told  # every shell shows both
        for words in turn.get("never", []):
            assert words not in reply.text, told
        if "picks" in turn:
            assert reply.intent == offered[i - 1][turn["picks"] - 1], told
        if "picks-again" in turn:
            assert reply.intent == offered[i - 2][turn["picks-again"] - 1], told
        if "parts" in turn:
            assert [p.intent or p.outcome.value for p in reply.parts] == turn["parts"], told
        assert turn.get("more", reply.more) == reply.more, told
        assert len(reply.choices) <= 3, told
        if reply.outcome is Outcome.ANSWER:
            failed = []
        elif reply.outcome in (Outcome.CLARIFY, Outcome.UNKNOWN):
            assert reply.text not in failed, told
            failed.append(reply.text)


def test_there_are_forty_of_them() -> None:
    names = [script["name"] for script in MOVES + BUNDLED]
    assert len(set(names)) == len(names) >= 40


@pytest.fixture(scope="module")
def through_the_api(bot: Bot) -> list[str]:
    """The replies to all scripts, with a fresh start between them."""
    replies = [
        reply for script in MOVES + BUNDLED for reply in converse(bot, [RESTART, *spoken(script)])
    ]
    return [json.dumps(reply.as_dict(), ensure_ascii=False) for reply in replies]


@pytest.fixture(scope="module")
def typed() -> str:
    return "".join(f"{text}\n" for script in MOVES + BUNDLED for text in [RESTART, *spoken(script)])


def test_a_pipe_gives_the_same_replies(through_the_api: list[str], typed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "amlbot", "--json"],
        input=typed,
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    assert done.stdout.splitlines() == through_the_api


def test_the_chat_gives_the_same_replies(
    through_the_api: list[str],
    typed: str,
    bot: Bot,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("amlbot.chat.repl.on_terminal", lambda: True)
    monkeypatch.setattr("amlbot.cli.open_bot", lambda args: bot)
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        pipe.send_text(f"{typed}quit\n")
        assert main(["--json"], environ={}) == 0
    assert [x for x in capsys.readouterr().out.splitlines() if x[:1] == "{"] == through_the_api
