"""Reading: unknown words are repaired, known and common ones are left alone."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from amlbot import KnowledgeBase
from amlbot.knowledge.base import completed
from amlbot.matching.grams import Grams, Lookalikes
from amlbot.matching.reading import MAX_TOKENS, Reader
from amlbot.matching.spelling import Speller, edit_budget


@pytest.fixture(scope="module")
def reader(small: KnowledgeBase) -> Reader:
    return Reader(small)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tempratue", "temperature"),
        ("muation", "mutation"),
        ("gnee", "gene"),
        ("fevr", "fever"),
        ("reasonsfor", "reasons for"),
        ("temperaturecounts", "temperature counts"),
        ("muta tion", "mutation"),
        ("leukaemia", "leukemia"),
        ("whats", "what is"),
    ],
)
def test_repairs(reader: Reader, typed: str, meant: str) -> None:
    assert " ".join(word.text for word in reader.read(typed).words) == meant


@pytest.mark.parametrize("word", ["never", "savage", "weather", "qzxv", "39", "xy"])
def test_leaves_alone(reader: Reader, word: str) -> None:
    assert [w.text for w in reader.read(word).words] == [word]


def test_words_of_one_meaning_share_a_concept(reader: Reader) -> None:
    worn_out = reader.features(reader.read("worn out"))
    fatigue = reader.features(reader.read("fatigue"))
    assert worn_out["~0"] == pytest.approx(fatigue["~0"])


def test_knowledge_without_synonyms_is_read_with_everyday_ones() -> None:
    intent = {"id": "a", "questions": ["cancel a booking"], "answer": "Call us."}
    reader = Reader(completed(KnowledgeBase.from_dicts({"intents": [intent]})))
    revoke, cancel = (reader.features(reader.read(word)) for word in ("revoke", "cancel"))
    assert {name[0] for name in revoke.keys() & cancel.keys()} == {"~"}


def test_a_very_long_text_is_read_at_both_ends(reader: Reader) -> None:
    words = reader.read("start " + "gene " * 10_000 + "fever").words
    assert len(words) == MAX_TOKENS
    assert (words[0].typed, words[-1].typed) == ("start", "fever")


@pytest.mark.parametrize(
    ("word", "budget"),
    [("ab", 0), ("abc", 1), ("abcde", 1), ("abcdef", 2), ("abcdefghij", 3), ("idh1", 0)],
)
def test_edit_budget(word: str, budget: int) -> None:
    assert edit_budget(word) == budget


def test_equally_near_words_share() -> None:
    suggestions = Speller({"care": 1, "core": 1}).suggest("cbre")
    assert {word for word, _ in suggestions} == {"care", "core"}
    assert all(similarity < 0.75 for _, similarity in suggestions)


_LONG_WORDS = st.text("abc", min_size=4, max_size=11)


@given(_LONG_WORDS, _LONG_WORDS)
def test_a_word_is_suggested_just_if_it_is_within_the_budget(typed: str, known: str) -> None:
    suggested = Speller({known: 1}).suggest(typed)
    assert bool(suggested) == (OSA.distance(typed, known) <= edit_budget(typed))


def test_what_it_remembers_is_bounded_and_forgetting_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("amlbot.matching.spelling.MEMORY", 2)
    speller, slips = Speller({"fever": 1, "tired": 2, "blood": 1}), ["fevre", "tird", "bloood"]
    assert [speller.suggest(slip)[0][0] for slip in slips * 2] == ["fever", "tired", "blood"] * 2
    assert speller.suggest.cache_info().currsize <= 2


def test_lookalikes_share_letters() -> None:
    known = ["relapse", "relapsed", "fever"]
    found = Lookalikes(known, Grams.of(known, [1.0, 1.0, 1.0])).find("relapsing")
    assert {known[number] for number, _ in found} == {"relapse", "relapsed"}


def test_a_word_is_not_its_own_lookalike() -> None:
    assert Lookalikes(["fever"], Grams.of(["fever"], [1.0])).find("fever") == ()


@given(st.data())
def test_plain_words_are_all_that_reading_would_find(reader: Reader, data: st.DataObject) -> None:
    known = st.sampled_from([*sorted(reader.tables.frequency), "IDH1"])
    text = " ".join(data.draw(st.lists(known, min_size=1, max_size=6)))
    plain = reader.plain(text)
    if plain:
        reading = reader.read_exactly(text)
        assert [word.surface for word in reading.words] == [(word,) for word in plain]
        assert reader.features(reading) == Counter(plain)
        assert not reading.entities


@pytest.mark.parametrize("name", ["what is idh 1", "IDH1", "whats up", "worn out", "m r d"])
def test_a_text_that_may_hold_more_than_words_is_not_plain(reader: Reader, name: str) -> None:
    assert not reader.plain(name)
