"""Matching: the right intent, or none."""

from __future__ import annotations

import threading
from itertools import product

import pytest

from amlbot import Intent, KnowledgeBase, Match, Matcher, Outcome
from amlbot.knowledge.store import Store, opened, pack
from amlbot.matching.index import KIN, Index
from amlbot.matching.scoring import CERTAIN
from amlbot.model import Entity
from amlbot.record import replace


@pytest.fixture(scope="module")
def matcher(small: KnowledgeBase) -> Matcher:
    return Matcher(small)


def best(match: Match) -> str | None:
    return match.best.intent if match.best else None


@pytest.mark.parametrize(
    ("typed", "intent"),
    [
        ("What is IDH1?", "idh1-what"),
        ("WHATS IDH1", "idh1-what"),
        ("tell me about idh2 gene", "idh2-what"),
        ("what is an IDH2 mutaton", "idh2-what"),
        ("which temprature is a fever", "fever-number"),
        ("why am i so worn out", "tired-why"),
        ("worn out", "tired-why"),
    ],
)
def test_answers(matcher: Matcher, typed: str, intent: str) -> None:
    match = matcher.match(typed)
    assert (match.outcome, best(match)) == (Outcome.ANSWER, intent)


@pytest.mark.parametrize(
    "typed",
    ["what is the weather", "", "??", "qwxz", "never a nice savage", "who won the game today"],
)
def test_does_not_answer(matcher: Matcher, typed: str) -> None:
    assert matcher.match(typed).outcome is not Outcome.ANSWER


@pytest.mark.parametrize("typed", ["what is FLT3", "What is IDH3?", "what is JAK2", "What is ALL?"])
def test_a_name_that_the_answer_is_not_about_is_never_answered(
    matcher: Matcher, typed: str
) -> None:
    match = matcher.match(typed)
    assert match.outcome is not Outcome.ANSWER
    assert match.unknown_names


def test_a_setting_is_met_by_what_is_of_no_other_one() -> None:
    asked = {
        "swim": ["Can I swim in a pool?", "swimming with maintenance tablets"],
        "tablets": ["How long are maintenance tablets taken?", "months of maintenance"],
    }
    about = {"swim": (), "tablets": ("maintenance",)}
    kb = KnowledgeBase(
        {id: Intent(id, tuple(q), "…", about=about[id]) for id, q in asked.items()},
        entities={
            id: Entity(id, id, "procedure", (id,), setting=True)
            for id in ("induction", "maintenance")
        },
    )
    matcher = Matcher(kb)
    swimming = matcher.match("can i swim in a pool in induction")
    assert (swimming.outcome, best(swimming)) == (Outcome.ANSWER, "swim")
    assert matcher.match("how long are induction tablets taken").outcome is not Outcome.ANSWER


def test_an_exact_phrasing_is_certain(matcher: Matcher) -> None:
    top = matcher.match("meaning of an IDH1 mutation?").best
    assert top is not None
    assert (top.intent, top.phrasing) == ("idh1-what", "meaning of an idh1 mutation")
    assert top.score > 0.98


@pytest.mark.parametrize(
    "typed", ["tell me about a gene", "GG", "idh", "what is idh1", "never ever", "fever idh2 tired"]
)
def test_candidates_fall_in_score_and_stay_in_bounds(matcher: Matcher, typed: str) -> None:
    scores = [c.score for c in matcher.match(typed).candidates]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_search_ranks_without_thresholds(matcher: Matcher) -> None:
    assert {c.intent for c in matcher.search("gene", limit=2)} == {"idh1-what", "idh2-what"}


def test_words_that_all_use_do_not_hide_a_rare_one() -> None:
    rare = ["".join(letters) for letters in product("bdfgklmnprst", "aeiou", "mnrt", "aeiou")]
    kb = KnowledgeBase({word: Intent(word, (f"how long does {word} last",), "") for word in rare})
    found = Matcher(kb).search("how long is it that tira may last", 20)
    assert found[0].intent == "tira"
    assert len(found) == 20


def test_small_talk_is_kept_apart(small: KnowledgeBase, matcher: Matcher) -> None:
    assert "hello" not in [c.intent for c in matcher.search("good morning")]
    assert [c.intent for c in Matcher(small, chat=True).search("good morning")] == ["hello"]


def test_no_intents_at_all() -> None:
    assert Matcher(KnowledgeBase({})).match("anything").outcome is Outcome.UNKNOWN


def test_a_story_that_is_written_word_for_word_is_certain() -> None:
    asked = {
        "returns": ["My book is damaged. What happens next?", "broken book"],
        "steps": ["What happens next?", "next steps"],
    }
    matcher = Matcher(KnowledgeBase({i: Intent(i, tuple(q), "…") for i, q in asked.items()}))
    found = matcher.match("my book is damaged, what happens next").best
    assert found is not None
    assert (found.intent, found.score) == ("returns", CERTAIN)


def test_any_domain_will_do() -> None:
    faq = {
        "hours": ["When are you open?", "opening hours", "what time do you close"],
        "returns": ["Can I return a book?", "how to give a book back", "return policy"],
    }
    kb = KnowledgeBase({id: Intent(id, tuple(asked), "…") for id, asked in faq.items()})
    assert best(Matcher(kb).match("wat time do u close")) == "hours"


def test_what_is_related_is_no_rival() -> None:
    """Of answers about one thing, one step apart, the likelier is given; between others it asks."""
    asked = {
        "lost": ("I lost a book", "what does a lost book cost", "lost a borrowed book"),
        "late": ("what does a late book cost", "fine for a late book", "a book borrowed too long"),
        "hours": ("when are you open", "opening hours"),
    }

    things = {id: Entity(id, id, "procedure", (id,)) for id in ("loan", "payment")}

    def outcome(related: str, about: str) -> Outcome:
        intents = {id: Intent(id, q, "…", about=("loan",)) for id, q in asked.items()}
        intents["late"] = replace(intents["late"], related=(related,), about=(about,))
        return Matcher(KnowledgeBase(intents, entities=things)).match("what book cost").outcome

    assert outcome("hours", "loan") is Outcome.CLARIFY
    assert outcome("lost", "payment") is Outcome.CLARIFY
    assert outcome("lost", "loan") is Outcome.ANSWER


def test_intents_that_are_taken_for_one_another_are_kin() -> None:
    asked = {
        "make": ("brewing green tea", "making green tea"),
        "bus": ("bus timetable", "next bus timetable"),
        "price": ("price of green tea", "is green tea dear"),
    }
    kb = KnowledgeBase({id: Intent(id, questions, "") for id, questions in asked.items()})
    index = opened(Index, Store(pack([], Matcher(kb).parts())), "medical")
    rows = [range(KIN * i, KIN * (i + 1)) for i in range(len(asked))]
    near = [[index.intents[index.kin[k]] for k in row if index.kinship[k]] for row in rows]
    assert near == [["price"], [], ["make"]]


def test_threads_share_one_matcher(matcher: Matcher) -> None:
    texts = ["what is idh1", "feverr", "qqq", "worn out", "IDH2 gene"] * 20
    expected = [matcher.match(text) for text in texts]
    found: list[list[Match]] = []
    threads = [
        threading.Thread(target=lambda: found.append([matcher.match(text) for text in texts]))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 8
