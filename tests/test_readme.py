"""What the README shows is what the program does (its conversations: ``test_transcripts``)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from amlbot.cli import main

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def run(word: str) -> dict[str, Any]:
    """What the example with that word in it leaves behind."""
    [code] = [example for example in EXAMPLES if word in example]
    scope: dict[str, Any] = {}
    exec(compile(code, "README.md", "exec"), scope)
    return scope


def test_the_program_from_python() -> None:
    assert run("amlbot.respond")["reply"].intent == "npm1-children"


def test_the_matcher_alone() -> None:
    assert run("opening hours")["found"] == "hours"


def test_own_knowledge_matcher_and_wording() -> None:
    made = run("Spoken")
    assert made["own_knowledge"].ask("wen are you open").text == "From nine to five."
    assert made["own_matcher"].ask("when gonna be you open").intent == "open"
    assert made["own_wording"].ask("banana soup").text.endswith("extension 12.")


def test_no_example_is_left_out() -> None:
    assert len(EXAMPLES) == 3


def test_the_example_knowledge_loads(tmp_path: Path) -> None:
    yaml = re.search(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert yaml
    (tmp_path / "k.yaml").write_text(yaml[1], encoding="utf-8")
    assert main(["check", str(tmp_path)], environ={}) == 0
