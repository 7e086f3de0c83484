"""``amlbot explain``: why a message gets its reply."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from amlbot import Bot, KnowledgeBase
from amlbot.cli import main
from amlbot.model import Level
from amlbot.safety.screen import ALARM, Alarm
from amlbot.tracing import as_text, trace


@pytest.fixture(scope="module")
def kb(small: KnowledgeBase) -> KnowledgeBase:
    """The small knowledge, with danger signs."""
    signs = KnowledgeBase.from_dicts(
        {
            "safety": {
                "concepts": {"chest": ["chest"], "hurts": ["pain", "hurts"], "mild": ["shaky"]},
                "replies": {"now": "Call {emergency} now.", "team": "If so, call your team."},
                "signs": [
                    {
                        "id": "heart",
                        "level": "emergency",
                        "reply": "now",
                        "all": [["chest", "hurts"]],
                    },
                    {"id": "shaking", "level": "watch", "reply": "team", "all": [["mild"]]},
                ],
            }
        }
    )
    fields = {name: getattr(small, name) for name in small.__match_args__}
    return KnowledgeBase(**fields | {"safety": signs.safety})


@pytest.mark.parametrize(
    ("typed", "became"),
    [
        ("what is idh1", [("answer", "idh1-what", "what is idh1")]),
        ("IDH1", [("answer", "idh1-what", "What is IDH1?")]),
        (
            "What is IDH1? And IDH2?",
            [
                ("answer", "idh1-what", "What is IDH1?"),
                ("answer", "idh2-what", "What is IDH2?"),
            ],
        ),
        ("qwrtz", [("unknown", None, "qwrtz")]),
        ("Hello!", [("chat", "hello", "")]),
        ("1", [("chat", None, "")]),
        ("the chest hurts. what is idh1?", []),
    ],
)
def test_each_question_has_its_reply_and_the_words_that_were_matched(
    kb: KnowledgeBase, typed: str, became: list[tuple[str, str | None, str]]
) -> None:
    found = trace(kb, typed)
    assert [(step.outcome, step.intent, step.matched) for step in found.steps] == became
    replies = Bot(kb).ask(typed).each if became else ()
    assert [(reply.outcome, reply.intent) for reply in replies] == [b[:2] for b in became]


def test_a_danger_sign_comes_before_all_matching(kb: KnowledgeBase) -> None:
    shown = as_text(trace(kb, "he has pain in his chest"))
    said = "this is the reply, nothing is matched"
    assert shown == f"emergency: the danger sign 'heart' in «pain … chest»: {said}"


def test_a_line_above_the_reply_is_named_beside_the_match(kb: KnowledgeBase) -> None:
    shown = as_text(trace(kb, "I am shaky. What is IDH1?"))
    assert "watch: the danger sign 'shaking' in «shaky»: a line above the reply" in shown
    assert "reply: answer idh1-what, matched as «" in shown


def test_likeness_to_messages_of_danger_is_said(bundled: KnowledgeBase) -> None:
    found = trace(bundled, "his words come out like soup")
    assert found.danger is not None
    assert found.danger.likeness > 1
    assert "'like-emergency' in «his words come out like soup», which resembles" in as_text(found)


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("what is idh1 zebra", "zebra             unknown: counts against every answer"),
        ("what is idh1 zebra", "idh1              @idh1"),
        ("what is idh1 zebra", "  idh1-what  «What is IDH1?»"),
        ("what is idh2 and not flt3", "veto: the best answer is not about FLT3"),
    ],
)
def test_the_table_has_words_rivals_and_vetoes(
    small_file: Path, question: str, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", question, "--knowledge", str(small_file)], environ={}) == 0
    assert shown in capsys.readouterr().out


def test_as_json(small_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--knowledge", str(small_file), "--json"]
    assert main(["explain", "what is idh2 and not flt3", *options], environ={}) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["schema"], found["danger"]) == (1, None)
    [step] = found["steps"]
    assert step["matched"] == "what is idh2 and not flt3"
    assert step["explanation"]["match"]["unknown_names"] == ["FLT3"]


def test_a_direction_that_is_the_other_way_round(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "k.yaml").write_text(
        "lexicon: {opposites: [[start, stop]]}\n"
        "intents: [{id: stop, questions: [could I stop my tablets early], answer: Ask first.}]"
    )
    command = ["explain", "could I start my tablets early", "--knowledge", str(tmp_path)]
    assert main(command, environ={}) == 0
    assert "veto: the question says 'start', the nearest phrasing 'stop'" in capsys.readouterr().out


def test_how_far_ahead_the_best_is_stands_beside_the_score_that_it_needs(
    kb: KnowledgeBase,
) -> None:
    needed = {}
    for question in ("what is idh1", "idh1 idh2"):
        [step] = trace(kb, question).steps
        assert step.explanation
        needed[step.explanation.lead] = dict(step.explanation.thresholds)["answer"]
    far, near = max(needed), min(needed)
    assert needed[far] < needed[near]
    assert f"lead {far:.2f}   (answer from {needed[far]:.2f}, clarify from 0.40)" in as_text(
        trace(kb, "what is idh1")
    )


def test_a_faint_likeness_is_told_and_puts_no_line_above_an_answer(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    faint = Alarm(Level.WATCH, "low", "Call somebody.", False, "so low", likeness=ALARM - 0.1)
    monkeypatch.setattr(Bot, "danger", lambda bot, text: faint)
    assert "no line above an answer" in as_text(trace(kb, "what is idh1"))
    assert "a line above the reply" in as_text(trace(kb, "qwrtz"))
