"""The authors' measurements."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from amlbot import KnowledgeBase, KnowledgeError, Matcher
from amlbot.cli import main
from amlbot.evaluate import Baseline, Case, cases, held_out, mistyped, run
from amlbot.knowledge.yamlfile import parse
from amlbot.quality import Quality
from amlbot.report import concerning, report


def test_cases_are_read_and_wrong_ones_named() -> None:
    good = parse("c.yaml", b"- {say: hi, expect: hello}\n- {say: x, refuse: true}\n")
    assert cases(good) == [Case("hi", "hello"), Case("x")]
    with pytest.raises(KnowledgeError, match=r"c\.yaml:2: a case needs 'say'"):
        cases(parse("c.yaml", b"- {say: hi, expect: hello}\n- {say: x}\n"))
    with pytest.raises(KnowledgeError, match=r"^c\.yaml:1: this is not UTF-8 text \(\S+ .*\)$"):
        cases(parse("c.yaml", b"\xff"))


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
    assert sorted(asked) == sorted(q for i in small.answers for q in i.questions[1:])


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


def test_wording_for_people() -> None:
    long, hard = "word " * 200, "Hematological considerations necessitate hospitalization. " * 3
    intents = [
        {"id": "long", "questions": ["one"], "answer": long, "more": long},
        {"id": "hard", "questions": ["two"], "answer": hard},
        {"id": "talk", "questions": ["three"], "answer": long, "chat": True},
    ]
    quality = Quality(KnowledgeBase.from_dicts({"intents": intents}))
    found = "\n".join(str(problem) for problem in quality.problems())
    assert "long: answer has 200 words (at most 125)" in found
    assert "long: more has 200 words (at most 170)" in found
    assert "hard: answer reads at grade" in found
    assert "talk:" not in found
    assert quality.grade("") == 0.0
    assert quality.grade("3 + 4") < 1


def test_what_there_is_is_counted(
    small_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(small_file), "--stats"], environ={}) == 0
    counted = capsys.readouterr().out
    assert "     6  intents\n" in counted
    assert "100.0%  answers at reading grade 8 or below" in counted
    (tmp_path / "k.yaml").write_text("sources: [{id: s, title: t}]")
    assert main(["check", str(tmp_path), "--stats", "--quality"], environ={}) == 0
    assert "grade" not in capsys.readouterr().out


def test_check_may_judge_the_wording_too(
    small_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(small_file), "--quality", "--json"], environ={}) == 1
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all(problem["advice"] for problem in told)
    assert told[0]["path"] == "small.yaml"
    assert main(["check", str(small_file), "--json"], environ={}) == 0
    assert capsys.readouterr().out == ""


def test_a_report_of_nothing_and_of_all_right(small: KnowledgeBase) -> None:
    assert list(report([])) == ["0 questions: 0.0% right, 0.0% wrongly answered"]
    asked = [Case("what is idh1", "idh1-what"), Case("why am i so worn out", "tired-why")]
    shown = "\n".join(report(run(Matcher(small), asked), small.intents))
    assert "2 questions: 100.0% right" in shown
    assert "topic\n        1 100.0% 100.0%   0.0%  Genes\n" in shown
    assert not {"confusions", "thefts", "misses"} & set(shown.split())


def test_a_miss_that_found_nothing_and_one_that_found_too_much(small: KnowledgeBase) -> None:
    asked = [Case("qwrtz", "idh1-what"), Case("what is idh1")]
    shown = "\n".join(report(run(Matcher(small), asked), small.intents))
    assert "'qwrtz' wants idh1-what, got unknown nothing" in shown
    assert "'what is idh1' wants no answer, got answer idh1-what" in shown


def test_the_held_out_test_of_one_topic(
    small_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["test", "--knowledge", str(small_file), "--typos", "--topic", "genes", "--json"]
    assert main(options, environ={}) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert told
    ids = {"idh1-what", "idh2-what"}
    assert all({result["expect"], result.get("got")} & ids for result in told)


def test_a_baseline_that_is_kept(
    small_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["test", "--knowledge", str(small_file)]
    baseline = str(tmp_path / "b.json")
    assert main([*options, "--record", baseline], environ={}) == 0
    assert main([*options, "--baseline", baseline], environ={}) == 0
    assert capsys.readouterr().err == ""
