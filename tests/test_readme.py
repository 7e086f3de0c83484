"""What the README shows is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from amlbot.cli import main

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_recorded_answer_is_the_real_one(capsys: pytest.CaptureFixture[str]) -> None:
    """After a change of wording: paste what the command prints below the command."""
    recorded = re.search(r'\$ amlbot ask "(.*?)"\n(.*?)```', README, re.DOTALL)
    assert recorded
    assert main(["ask", recorded[1]], environ={}) == 0
    assert capsys.readouterr().out == recorded[2]


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_examples_run(code: str) -> None:
    exec(compile(code, "README.md", "exec"), {})


def test_the_matcher_example_finds_its_intent() -> None:
    code = next(example for example in EXAMPLES if "opening hours" in example)
    scope: dict[str, object] = {}
    exec(code.replace("Matcher(kb).match", "found = Matcher(kb).match"), scope)
    assert scope["found"] == "hours"


def test_the_example_knowledge_loads(tmp_path: Path) -> None:
    yaml = re.search(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert yaml
    (tmp_path / "k.yaml").write_text(yaml[1], encoding="utf-8")
    assert main(["check", str(tmp_path)], environ={}) == 0
