"""The authors' measurements."""

from __future__ import annotations

from pathlib import Path

import pytest

from amlbot import KnowledgeBase, KnowledgeError, Matcher
from amlbot.cli import main
from amlbot.evaluate import Case, cases, held_out, report, run
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
    assert any("idh1-what before idh2-what" in line for line in report([right, wrong]))


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
    assert "miss: 'what is idh1' wants idh2-what" in capsys.readouterr().out


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
