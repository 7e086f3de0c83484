"""Every test runs with a private home, plain terminal settings, and no amlbot variables."""

from __future__ import annotations

from pathlib import Path

import pytest

from amlbot import Bot, KnowledgeBase, load


@pytest.fixture(autouse=True)
def isolated(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("NO_COLOR", "ACCESSIBLE", "AMLBOT_KNOWLEDGE", "AMLBOT_REGION", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def bundled() -> KnowledgeBase:
    """The knowledge that ships with the program."""
    return load()


@pytest.fixture(scope="session")
def bot(bundled: KnowledgeBase) -> Bot:
    return Bot(bundled)


SMALL = """
entities:
  - {id: idh1, name: IDH1, kind: gene}
  - {id: idh2, name: IDH2, kind: gene}
  - {id: flt3, name: FLT3, kind: gene}
  - {id: flt3-itd, name: FLT3-ITD, kind: gene, broader: [flt3],
     forms: [internal tandem duplication]}
  - {id: t-8-21, name: t(8;21), kind: gene, forms: ["8;21 translocation"]}
  - {id: seven-three, name: 7+3, kind: regimen, forms: [7 and 3, seven plus three]}
  - {id: all, name: acute lymphoblastic leukemia, kind: disease, capitals: [ALL]}
  - {id: aml, name: AML, kind: disease, forms: [acute myeloid leukemia], implied: true}
  - {id: venetoclax, name: venetoclax, kind: drug, forms: [Venclexta]}
lexicon:
  spellings: {leukemia: [leukaemia], what is: [whats]}
  synonyms: [[tired, fatigue, worn out]]
  common: never weather savage nice today
sources:
  - {id: book, title: A book, publisher: A house, url: "https://example.org/book", date: "2025"}
intents:
  - id: idh1-what
    topic: Genes
    questions: ["What is IDH1?", tell me about the idh1 gene, meaning of an idh1 mutation]
    answer: IDH1 is a gene.
    more: It has a longer story.
    sources: [book]
    related: [idh2-what]
    reviewed: 2026-11-24
  - id: idh2-what
    topic: Genes
    questions: ["What is IDH2?", tell me about the idh2 gene, meaning of an idh2 mutation]
    answer: IDH2 is another gene.
  - id: fever-number
    topic: Signs
    questions: ["Which temperature counts as a fever?", how high is a fever, fever number to call]
    answer: 38.0 °C or more. Call {emergency} in danger.
  - id: tired-why
    topic: Signs
    questions: ["Why am I so tired?", what causes fatigue, reasons for tiredness]
    answer: Low red cells make people tired.
  - id: hello
    chat: true
    questions: [Hello, hi, good morning]
    answer: Hello there.
  - id: chat-more
    chat: true
    move: more
    questions: [Tell me more, more, go on]
    answer: Ask me a question first.
regions:
  - {id: us, name: United States, emergency: "911", crisis: "988", helpline: "1-800"}
  - {id: uk, name: United Kingdom, emergency: "999", crisis: "116 123", helpline: "0808"}
"""


@pytest.fixture(scope="session")
def small_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("knowledge") / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def small(small_file: Path) -> KnowledgeBase:
    """A small knowledge base with names that are easily confused."""
    return load(small_file)
