"""The authors' measurements."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from amlbot import KnowledgeBase, KnowledgeError, Matcher
from amlbot.cli import main
from amlbot.evaluate import (
    Baseline,
    Case,
    cases,
    concerning,
    held_out,
    mistyped,
    report,
    run,
)
from amlbot.quality import Quality
from amlbot.yamlfile import parse


def test_cases_are_read_and_wrong_ones_named() -> None:
    good = parse("c.yaml", b"- {say: hi, expect: hello}\n- {say: x, refuse: true}\n")
    assert cases(good) == [Case("hi", "hello"), Case("x")]
    with pytest.raises(KnowledgeError, match=r"c\.yaml:2: a case needs 'say'"):
        cases(parse("c.yaml", b"- {say: hi, expect: hello}\n- {say: x}\n"))


def test_results_say_what_went_wrong(small: KnowledgeBase) -> None:
    right, refused, wrong = run(
        Matcher(small),
        [Case("what is idh1", "idh1-what"), Case("weather"), Case("what is idh1", "idh2-what")],
    )
    assert right.right
    assert refused.right
    assert wrong.wrong
    assert wrong.thief is not None
    assert wrong.thief.intent == "idh1-what"
    shown = "\n".join(report([right, wrong]))
    assert "1 × idh1-what «What is IDH1?» from idh2-what" in shown
    assert "1 = 0 + 1  idh1-what | idh2-what" in shown


def test_a_case_may_ask_for_an_outcome(small: KnowledgeBase) -> None:
    asked = parse(
        "c.yaml",
        b"- {say: tell me about the gene, expect: idh1-what, outcome: clarify}\n"
        b"- {say: the weather, outcome: unknown}\n"
        b"- {say: what is idh1, outcome: unknown}\n",
    )
    assert [result.right for result in run(Matcher(small), cases(asked))] == [True, True, False]


@pytest.mark.parametrize(
    "wrong",
    ["{say: x, outcome: perhaps}", "{say: x, expct: y}", "{expect: y}", "{say: x, refuse: 1}"],
)
def test_a_wrong_case_is_refused(wrong: str) -> None:
    with pytest.raises(KnowledgeError):
        cases(parse("c.yaml", f"- {wrong}\n".encode()))


def test_typing_mistakes_are_the_same_each_time() -> None:
    once, again = (mistyped([Case("what is the meaning of remission", "r")]) for _ in range(2))
    assert once == again
    assert once[0].say != "what is the meaning of remission"
    assert once[0].expect == "r"


def test_what_concerns_a_topic(small: KnowledgeBase) -> None:
    results = run(
        Matcher(small), [Case("what is idh1", "tired-why"), Case("worn out", "tired-why")]
    )
    assert concerning(results, small.intents, "genes") == results[:1]
    assert concerning(results, small.intents, "signs") == results
    assert concerning(results, small.intents, "small.yaml") == results


def test_a_baseline_tells_what_got_worse(small: KnowledgeBase) -> None:
    good = run(Matcher(small), [Case("what is idh1", "idh1-what"), Case("weather")])
    bad = run(Matcher(small), [Case("what is idh1", "idh2-what"), Case("weather")])
    recorded = Baseline.parse(Baseline.of(good).dump())
    assert recorded.regressions(good) == []
    assert recorded.regressions(bad)[-1] == "newly missed: 'what is idh1'"
    assert Baseline.of(bad).regressions(good) == []
    with pytest.raises(ValueError, match="baseline"):
        Baseline.parse("{}")


def test_the_command_keeps_a_baseline(
    small_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case, baseline = tmp_path / "c.yaml", tmp_path / "b.json"
    options = ["test", str(case), "--knowledge", str(small_file), "--json"]
    case.write_text("- {say: what is idh1, expect: idh1-what}")
    assert main([*options, "--record", str(baseline)], environ={}) == 0
    assert json.loads(capsys.readouterr().out)["got"] == "idh1-what"
    case.write_text("- {say: what is idh1, expect: idh2-what}")
    assert main([*options, "--baseline", str(baseline)], environ={}) == 1
    assert "right: 100.0% → 0.0%" in capsys.readouterr().err
    assert main([*options, "--baseline", str(case)], environ={}) == 2


def test_every_phrasing_but_the_titles_is_held_out_once(small: KnowledgeBase) -> None:
    asked = [result.case.say for result in held_out(small)]
    medical = [i for i in small.intents.values() if not i.chat]
    assert sorted(asked) == sorted(q for i in medical for q in i.questions[1:])


def test_the_command_fails_on_a_miss(
    small_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("- {say: what is idh1, expect: idh2-what}")
    assert main(["test", str(file), "--knowledge", str(small_file)], environ={}) == 1
    assert "'what is idh1' wants idh2-what" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("The cat sat. It was fat.", -4, 1),
        ("Leukemia treatment frequently necessitates considerable hospitalization.", 15, 40),
    ],
)
def test_reading_grade(small: KnowledgeBase, text: str, low: float, high: float) -> None:
    assert low < Quality(small).grade(text) < high


def test_wording_is_judged() -> None:
    kb = KnowledgeBase.from_dicts(
        {
            "intents": [
                {"id": "a", "questions": ["Q"], "answer": "You should take 50 mg. Don't worry."}
            ]
        }
    )
    found = "\n".join(str(problem) for problem in Quality(kb).problems())
    for expected in ("a dose", "an instruction", "false comfort", "no source", "only 1 questions"):
        assert expected in found


def test_explain_shows_words_and_rivals(
    small_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["explain", "what is idh1 zebra", "--knowledge", str(small_file)], environ={})
    shown = capsys.readouterr().out
    assert "idh1-what" in shown
    assert "zebra" in shown
    assert "@idh1" in shown
