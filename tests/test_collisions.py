"""Names on the bundled knowledge: no entity is ever answered with what is about another one."""

from __future__ import annotations

import pytest

from amlbot import Matcher, Outcome, load
from amlbot.matching.reading import Reader

KB = load()
ASKED = ("what is {}", "is {} bad", "how does {} work", "what are the side effects of {}")
APART = frozenset({"aspect", "other"})
"""Kinds without proper names: their words are everyday ones."""
SETTINGS = frozenset(entity.id for entity in KB.entities.values() if entity.setting)
NAMED = [
    pytest.param(entity.id, id=f"{entity.kind} {entity.id}")
    for entity in KB.entities.values()
    if not entity.implied and entity.kind not in APART
]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(KB)


@pytest.fixture(scope="module")
def matcher(reader: Reader) -> Matcher:
    return Matcher(KB, reader=reader)


@pytest.mark.parametrize("id", NAMED)
def test_every_written_form_is_read_as_its_own_entity_and_no_other(reader: Reader, id: str) -> None:
    entity = KB.entities[id]
    for form in (entity.name, *entity.forms, *entity.capitals):
        read = reader.read(f"what is {form}").entities
        assert {id} <= {*read} <= reader.names.covers([id]), form


@pytest.mark.parametrize("id", NAMED)
def test_no_entity_is_answered_with_another_of_its_kind(
    matcher: Matcher, reader: Reader, id: str
) -> None:
    entity = KB.entities[id]
    for form in (entity.name, *entity.forms, *entity.capitals):
        for asked in ASKED:
            match = matcher.match(asked.format(form))
            if match.outcome is Outcome.ANSWER and match.best:
                intent = KB.intents[match.best.intent]
                told = [e for q in intent.questions for e in reader.read_exactly(q).entities]
                about = reader.names.covers({*told, *intent.about})
                anywhere = entity.setting and SETTINGS.isdisjoint(intent.about)
                assert id in about or anywhere, (form, asked, intent.id)


@pytest.mark.parametrize(
    ("typed", "never"),
    [
        ("IDH1", "idh2"),
        ("FLT1", "flt3"),
        ("TP63", "tp53"),
        ("APL", "all"),
        ("CML", "cll"),
        ("CEBPB", "cebpa"),
        ("t(8;14)", "t-8-21"),
        ("inv(3)", "inv-16"),
        ("clofarabine", "cytarabine"),
        ("idarubicin", "daunorubicin"),
        ("vinblastine", "vincristine"),
        ("enasidenib", "ivosidenib"),
        ("never", "fever"),
        ("care", "cure"),
        ("savage", "salvage"),
    ],
)
def test_the_collision_table(reader: Reader, typed: str, never: str) -> None:
    read = reader.read(f"what is {typed}")
    assert never not in read.entities
    assert never not in [word.text for word in read.words]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ventoclax", "venetoclax"),
        ("gilteritinb", "gilteritinib"),
        ("azacytidine", "azacitidine"),
        ("remision", "remission"),
        ("lukemia", "leukemia"),
        ("neutropena", "neutropenia"),
        ("refactory", "refractory"),
    ],
)
def test_misspelt_names_are_repaired(reader: Reader, typed: str, meant: str) -> None:
    assert f"@{meant}" in reader.features(reader.read(typed))


@pytest.mark.parametrize(
    "typed",
    [
        "is gilteritinib safe in pregnancy",
        "can I drive on venetoclax",
        "does midostaurin interact with grapefruit",
        "can I drink alcohol with azacitidine",
        "is ivosidenib safe while breastfeeding",
        "vaccine while on gilteritinib",
        "gilteritinib dose for children",
        "1 2 3 4 5 6 7 8 9",
    ],
)
def test_near_neighbours_are_offered_or_declined(matcher: Matcher, typed: str) -> None:
    assert matcher.match(typed).outcome is not Outcome.ANSWER


def test_the_knowledge_has_pairs_that_could_be_confused() -> None:
    kinds = [e.kind for e in KB.entities.values() if e.kind not in APART]
    assert max(map(kinds.count, set(kinds))) > 20
