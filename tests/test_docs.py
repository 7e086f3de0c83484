"""Links between README, docs and code lead somewhere: to a file, and to a heading in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
POINTING = sorted(
    path
    for folder in ("src", "tests", "benchmarks", "knowledge")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in (".py", ".yaml")
)
_FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
_POINTER = re.compile(r"\b(docs/[\w-]+\.md)(?:#([\w-]+))?")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """What GitHub calls the headings of a page."""
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    kept = (re.sub(r"[^\w -]", "", heading.lower()) for heading in _HEADING.findall(text))
    return {heading.replace(" ", "-") for heading in kept}


def leads_somewhere(target: Path, anchor: str) -> bool:
    return target.exists() and (not anchor or anchor in anchors(target))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    links = [(page.parent / file if file else page, to) for file, to in _LINK.findall(text)]
    assert [link for link in links if not leads_somewhere(*link)] == []


def test_what_code_and_knowledge_say_of_the_docs_is_there() -> None:
    said = {x for path in POINTING for x in _POINTER.findall(path.read_text(encoding="utf-8"))}
    assert said
    assert [(file, to) for file, to in said if not leads_somewhere(ROOT / file, to)] == []
