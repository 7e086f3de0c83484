"""Text from outside reaches no terminal and no page with anything in it that those would obey."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest

from amlbot import Bot, KnowledgeBase, load
from amlbot.chat.recall import Recall
from amlbot.cli import main
from amlbot.rendering.markdown import as_markdown
from amlbot.rendering.render import as_text
from amlbot.rendering.style import style_for
from amlbot.text import escaped, printable
from amlbot.web import create_app
from serving import post, send

MARK = "hostile"
"""Stands beside each sequence, so that a test knows it was shown at all."""
HOSTILE = {
    "ansi": "\x1b[31m\x1b[2J",
    "osc": "\x1b]0;title\x07\x1b]8;;https://evil.example\x1b\\",
    "c1": "\x9b31m\x9d0;title\x9c",
    "bidi": "\u202e\u2066\u200f",
    "control": "\x08\x7f\x00\x0c\r",
    "tags": "\U000e0041\ue000\u2028",
}
EVERY = MARK + "".join(HOSTILE.values())
ASKED = {
    "answer": "what is the first thing",
    "alarm": "chest pain",
    "choices": "thing",
    "unknown": f"qwrtz {EVERY}",
}


def quoted(text: str) -> str:
    """``text`` as a YAML string of escapes only, which is how such a file gets past an editor."""
    return '"' + "".join(f"\\U{ord(c):08x}" for c in text) + '"'


KNOWLEDGE = """
entities:
  - {{id: npm1, name: {x}, kind: gene}}
sources:
  - {{id: book, title: {x}, publisher: {x}, url: "https://example.org/x", date: {x}}}
glossary:
  - {{term: {x}, meaning: {x}}}
regions:
  - {{id: us, name: {x}, emergency: {x}, crisis: {x}, helpline: {x}}}
replies:
  banner: [{x}, {x}]
  label-you: {x}
  label-bot: {x}
  sources: {x}
  related: {x}
  urgent-emergency: {x}
safety:
  concepts: {{chest: [chest pain]}}
  replies: {{call: {x}}}
  signs: [{{id: pain, level: emergency, reply: call, all: [[chest]]}}]
intents:
  - id: a
    topic: {x}
    questions: [{x}, what is the first thing]
    answer: {x}
    more: {x}
    sources: [book]
    related: [b]
    figures:
      - {{title: {x}, unit: {x}, of: 100, bars: [{{label: {x}, value: 3}}], note: {x}}}
  - {{id: b, topic: {x}, questions: [what is the second thing, {y}], answer: {x}}}
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("knowledge") / "hostile.yaml"
    text = KNOWLEDGE.format(x=quoted(EVERY), y=quoted(f"{EVERY} again"))
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def kb(file: Path) -> KnowledgeBase:
    return load(file)


def harmless(text: str) -> bool:
    return printable(text) == text


def test_the_knowledge_is_hostile(kb: KnowledgeBase) -> None:
    assert all(sequence.strip() in kb.intents["a"].answer for sequence in HOSTILE.values())


COMMANDS = {
    "ask": ["ask", "what is the first thing"],
    "ask and be warned": ["ask", "chest pain"],
    "ask for nothing known": ["ask", f"qwrtz {EVERY}"],
    "ask what leaves a choice": ["ask", "thing"],
    "list": ["list"],
    "show": ["show", "a"],
    "show nothing": ["show", EVERY],
    "explain": ["explain", f"what is the first thing {EVERY}"],
    "check": ["check"],
    "check the quality": ["check", "--quality"],
    "check nothing": ["check", f"{EVERY}.yaml"],
    "test": ["test"],
    "test a file": ["test", "{cases}"],
    "no such region": ["ask", "hi", "--region", EVERY],
    "no such baseline": ["test", "--baseline", EVERY],
    "no such folder": ["test", "--record", f"{EVERY}/x"],
    "no such command": [EVERY],
    "no such knowledge": ["ask", "hi", "--knowledge", EVERY],
}


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
@pytest.mark.parametrize("name", COMMANDS)
def test_commands(  # noqa: PLR0913, PLR0917
    name: str,
    as_json: bool,
    file: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    cases = tmp_path / "cases.yaml"
    cases.write_text(f"- {{say: {quoted(EVERY)}, expect: b}}", encoding="utf-8")
    args = [arg.replace("{cases}", str(cases)) for arg in COMMANDS[name]]
    try:
        main([*args, *["--json"] * as_json], environ={"AMLBOT_KNOWLEDGE": str(file)})
    except SystemExit as left:
        assert left.code == 2  # noqa: PT017
    out, err = capsys.readouterr()
    assert harmless(out)
    assert harmless(err)
    assert (MARK in out + err) or name.startswith(("check", "ask for nothing known"))


TALK = ["what is the first thing", "chest pain", "more", "sources", "/topics", "1", "/define x",
        "/region", "/search first thing", "/questions what is the first thing", "/why",
        f"/{EVERY}", f"/search {EVERY}", f"/define {EVERY}", f"/save {EVERY}/x.md",
        f"/save {EVERY}.md", f"/questions {EVERY}", EVERY, f"qwrtz {EVERY}? zxcvb {EVERY}?",
        "/save notes.html", "/help", "quit"]  # fmt: skip


@pytest.fixture
def talk(
    file: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., str]:
    """A conversation through a pipe; everything that came out."""
    monkeypatch.chdir(tmp_path)

    def say(*options: str) -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(TALK)))
        assert main(["--knowledge", str(file), *options], environ={}) == 0
        return "".join(capsys.readouterr())

    return say


@pytest.mark.parametrize("options", [(), ("--plain",), ("--json",)], ids=str)
def test_a_conversation(talk: Callable[..., str], options: tuple[str, ...]) -> None:
    said = talk(*options)
    assert MARK in said
    assert harmless(said)


def test_saved_notes(talk: Callable[..., str], tmp_path: Path) -> None:
    talk()
    saved = [path for path in tmp_path.iterdir() if path.suffix in (".md", ".html")]
    assert saved
    for path in saved:
        text = path.read_text(encoding="utf-8")
        assert MARK in text
        assert harmless(text)


@pytest.mark.parametrize("chat", [False, True])
@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_a_terminal_gets_no_escape_but_the_programs_own(
    kb: KnowledgeBase, asked: str, chat: bool
) -> None:
    bot = Bot(kb)
    style = style_for({"TERM_PROGRAM": "vscode"}, tty=True, encoding="utf-8", plain=False)
    text = as_text(bot.ask(asked), bot.say, 80, style, chat=chat)
    for own in (style.bold, style.accent, style.alarm, style.off):
        text = text.replace(own, "")
    text = text.replace("\x1b]8;;https://example.org/x\x1b\\", "").replace("\x1b]8;;\x1b\\", "")
    assert harmless(text)


@pytest.mark.skipif(sys.platform == "win32", reason="no such file names there")
@pytest.mark.parametrize("args", [["check", "{}"], ["ask", "hi", "--knowledge", "{}"]])
def test_names_of_files(
    args: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = EVERY.replace("/", "").replace("\0", "")
    (tmp_path / f"{name}.yaml").write_text(f"intents: [{{id: {quoted(EVERY)}}}]", encoding="utf-8")
    assert main([arg.format(tmp_path) for arg in args], environ={}) == 1
    said = "".join(capsys.readouterr())
    assert said.count(MARK) > 1
    assert harmless(said)


def test_earlier_lines(tmp_path: Path) -> None:
    path = tmp_path / "history"
    path.write_text(f"{EVERY}\nwhat is npm1\n", encoding="utf-8")
    recall = Recall(str(path))
    recall.add(f"new {EVERY}")
    assert len(recall.lines) > 2
    assert all(map(harmless, recall.lines))
    assert "\x1b" not in path.read_text(encoding="utf-8").splitlines()[-1]


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_everything_that_the_server_sends(kb: KnowledgeBase, asked: str) -> None:
    app = create_app(Bot(kb))
    messages = [{"role": "user", "content": asked}]
    form = urlencode([("said", EVERY), ("kept", EVERY), ("text", asked), ("region", EVERY)])
    answers = [
        post(app, "/api/ask", {"text": asked}),
        post(app, "/api/ask", {"text": asked, "region": EVERY}),
        post(app, "/v1/chat/completions", {"messages": messages}),
        post(app, "/v1/chat/completions", {"messages": messages, "stream": True}),
        send(app, "POST", "/", form.encode()),
        send(app, "GET", "/api/intents"),
        send(app, "GET", "/openapi.json"),
        send(app, "GET", "/"),
    ]
    assert all(harmless(answer.text) for answer in answers)
    shown = sum(MARK in answer.text for answer in answers)
    assert shown >= len(answers) / 2  # what is said to nothing known names nothing


def test_markdown_for_other_frontends(kb: KnowledgeBase) -> None:
    bot = Bot(kb)
    said = as_markdown(bot.ask("what is the first thing"), bot.say)
    assert MARK in said
    assert harmless(said)


@pytest.mark.parametrize(
    "text", [EVERY, "\ud800", "plain", "naïve 😀 \u202e", 'a "b" \\ \x7f'], ids=ascii
)
def test_escaped_json_says_the_same(text: str) -> None:
    told = escaped(json.dumps({"text": text}, ensure_ascii=False))
    assert harmless(told)
    assert json.loads(told) == {"text": text}
