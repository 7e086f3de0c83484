"""Knowledge files: every mistake is found, placed, and explained; nothing is half-loaded."""

from __future__ import annotations

import dataclasses
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from amlbot import Bot, KnowledgeBase, KnowledgeError, Matcher, Outcome, check, load
from amlbot.knowledge.base import completed
from amlbot.knowledge.disk import defaults
from amlbot.model import Cues
from amlbot.quality import Quality
from amlbot.ready import bundled

PROMISE = re.compile(r'[Aa]sk me(?: for|:) "([^"]+?)[.?]?"')
SURE = 0.9
"""Score of what answers a promise: it is no guess."""
GOOD = "intents:\n  - id: a\n    questions: [What is a?]\n    answer: This.\n"

FIGURE = f"{GOOD}    figures: [{{title: t, bars: "
ENTITIES = "entities: [\n{id: a, name: X1, kind: gene, forms: [x 1, y], capitals: [ALL]},\n"


def problems(tmp_path: Path, text: str | bytes) -> list[str]:
    file = tmp_path / "k.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return [str(problem) for problem in check(file)]


def test_the_least_that_works(tmp_path: Path) -> None:
    (tmp_path / "k.yaml").write_text(GOOD)
    assert load(tmp_path).intents["a"].answer == "This."


def test_folders_are_read_with_their_subfolders(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "k.yml").write_text(GOOD)
    assert list(load(tmp_path).intents) == ["a"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GOOD.replace("answer", "anwser"), "k.yaml:4: 'anwser' is not a field of an intent (did"),
        (GOOD + "    bogus: x\n", "k.yaml:5: 'bogus' is not a field of an intent (it has: about"),
        (GOOD.replace("    answer: This.\n", ""), "k.yaml:2: an intent without answer"),
        (GOOD.replace("This.", "''"), "k.yaml:4: answer is empty"),
        (GOOD.replace("This.", ""), "k.yaml:4: answer is empty"),
        (GOOD.replace("This.", "no"), "k.yaml:4: answer is read as a number or yes/no (put"),
        (GOOD.replace("What is a?", "1.10"), "k.yaml:3: questions, entry 1, is read as a number"),
        (GOOD.replace("[What is a?]", "{x: y}"), "k.yaml:3: questions must be a list"),
        (GOOD.replace("[What is a?]", "[]"), "k.yaml:3: questions is empty"),
        (GOOD.replace("What is a?", "'?!'"), "k.yaml:3: a question without words"),
        (GOOD.replace("id: a", "id: A b"), "k.yaml:2: id 'A b' (use small letters"),
        (GOOD + GOOD[9:], "k.yaml:5: intent 'a' is already written at k.yaml:2"),
        (GOOD + "  - id: b\n    questions: [what is A]\n    answer: x\n", "k.yaml:6: 'what is A'"),
        (
            GOOD.replace(": a", ": one") + "    related: [onne]",
            "k.yaml:5: there is no intent 'onne' (did",
        ),
        (GOOD + "    sources: [s]\n", "k.yaml:5: there is no source 's'"),
        (GOOD.replace("This.", "Call {phone}"), "k.yaml:4: there is no fact 'phone'"),
        (GOOD + "    reviewed: soon\n", "k.yaml:5: reviewed must be a date"),
        (GOOD + "    chat: maybe\n", "k.yaml:5: chat must be true or false"),
        (
            GOOD + "    chat: true\n    move: mroe\n",
            "k.yaml:6: there is no move 'mroe' (did you mean 'more'?)",
        ),
        (
            GOOD + "    chat: true\n    move: dance\n",
            "k.yaml:6: there is no move 'dance' (there are: cared-for, dated, fi",
        ),
        (GOOD + "    move: more\n", "k.yaml:5: only small talk has a move (write 'chat: true', or"),
        (GOOD + "    answer: Again.\n", "k.yaml:5: 'answer' is written twice"),
        (
            GOOD + "    figures: [{title: t, bars: [{label: l, value: x}]}]\n",
            "value must be a numb",
        ),
        ("sources: [{id: s, title: t, url: ftp://x}]", "k.yaml:1: url must start with https://"),
        ('sources: [{id: s, title: t, url: "https://x y"}]', "k.yaml:1: url must start with https"),
        ("sources: [{title: t}]", "k.yaml:1: a source without id (write 'id:')"),
        ("entities: [{name: n, kind: gene}]", "k.yaml:1: an entity without id"),
        ("glossary: [{meaning: m}]", "k.yaml:1: a glossary term without term"),
        ("facts: [{text: t}]", "k.yaml:1: a fact without id"),
        ("regions: [{name: n}]", "k.yaml:1: a region without"),
        ("safety: {signs: [{level: emergency, reply: r}]}", "k.yaml:1: a sign without id"),
        ("safety: {signs: [{id: s, level: x, reply: r}]}", "k.yaml:1: level must be one of watch"),
        ("safety: {signs: [{id: s, level: watch, reply: r}]}", "there is no safety reply 'r'"),
        (
            "safety: {signs: [{id: s, despite: [denyal]}]}",
            "no guard 'denyal' (did you mean 'den",
        ),
        (
            "safety: {signs: [{id: s, despite: [thermometer]}]}",
            "no guard 'thermometer' (there are: animal, asking, denial, elsewhere",
        ),
        ("safety: {signs: [{id: s, all: [[chest]]}]}", "there is no concept 'chest'"),
        ("safety: {limits: {high: hot}}", "k.yaml:1: high must be a number"),
        ("safety: {limits: {high: .inf}}", "k.yaml:1: high must be a number"),
        ("lexicon: {opposites: [[a, b, c]]}", "k.yaml:1: opposites come in pairs"),
        ("lexicon: {opposites: x}", "k.yaml:1: opposites must be a list of lists"),
        ("cues: {stand-ins: {x: [it]}}", "k.yaml:1: 'x' (write {} where the name goes)"),
        ("cues: {frames: [the one]}", "k.yaml:1: 'the one' (write {} where the word goes)"),
        (f"{FIGURE}[{{label: l, value: 4}}], of: 0}}]", "k.yaml:5: of must be more than 0"),
        (f"{FIGURE}[{{label: l, value: -3}}], of: 10}}]", "k.yaml:5: value must be from 0 to 10"),
        (f"{FIGURE}[{{label: l, value: 11}}], of: 10}}]", "k.yaml:5: value must be from 0 to 10"),
        (f"{FIGURE}[{{label: l, value: {'9' * 400}}}]}}]", "k.yaml:5: value must be a number"),
        (f"{FIGURE}[{{label: l, value: .nan}}]}}]", "k.yaml:5: value must be a number"),
        (f"{FIGURE}[]}}]", "k.yaml:5: a figure without bars"),
        (
            ENTITIES + "{id: b, name: X-1, kind: gene}]",
            "k.yaml:3: name 'x 1' is already written at",
        ),
        (
            ENTITIES + "{id: b, name: y, kind: gene}]",
            "k.yaml:3: name 'y' is already written at k.ya",
        ),
        (
            ENTITIES + "{id: b, name: b, kind: gene, capitals: [ALL]}]",
            "k.yaml:3: name in capitals 'ALL' is already written at k.yaml:2 (keep one)",
        ),
        (
            ENTITIES + "{id: b, name: b, kind: drugg}]",
            "k.yaml:3: there is no kind 'drugg' (did you mean 'drug'?)",
        ),
        (
            ENTITIES + "{id: b, name: b, kind: star}]",
            "k.yaml:3: there is no kind 'star' (there are: aspect, dis",
        ),
        (
            "replies:\n  unknwon: x",
            "k.yaml:2: there is no occasion 'unknwon' (did you mean 'unknown'?)",
        ),
        ("replies: {zzz: x}", "k.yaml:1: there is no occasion 'zzz' (remove it: nothing would"),
        ("replies: {typed-zzz: x}", "k.yaml:1: there is no occasion 'typed-zzz' ("),
        (
            'replies:\n  unknown:\n    - x\n    - "Call {emergecy}"',
            "k.yaml:4: there is no fact 'emergecy' (did you mean 'emergency'?)",
        ),
        ("replies: {unknown: 'Of {number}'}", "k.yaml:1: there is no fact 'number'"),
        ("intents: {id: a}", "k.yaml:1: intents must be a list"),
        ("intents: [a]", "k.yaml:1: an intent must be fields with values"),
        ("topic: [a, b]", "k.yaml:1: topic must be text"),
        ("? [a, b]\n: c\n", "k.yaml:1: a key must be plain text"),
        ("topic: =", "k.yaml:1: '=' is read as value"),
        ("{a: " * 13 + "1" + "}" * 13, "k.yaml:1: nested too deeply"),
        ("intents:\n\t- id: x\n", "k.yaml:2: a tab at the start of the line"),
        ("intents: !!python/object:os.system [1]\n", "k.yaml:1: a tag"),
        ("a: &x [b]\nc: *x\n", "k.yaml:2: 'c' is not"),
        ("intents: &x [*x]", "k.yaml:1: an anchor is used again"),
        ("a: 'x", "k.yaml:1: YAML cannot be read here"),
        ("a: b: c", "k.yaml:1: YAML cannot be read here"),
        (GOOD + "---\n" + GOOD, "k.yaml:5: a second document starts here"),
        ("- a\n- b\n", "k.yaml:1: a knowledge file must be fields with values"),
        ("", "k.yaml: the file is empty"),
        ("# only a comment\n", "k.yaml: the file is empty"),
        (b"a: \xff", "k.yaml:1: this is not UTF-8"),
        (b"a: b\n\nc: \x01", "k.yaml:3: a character that YAML does not allow"),
        (b"[\n", "k.yaml:2: YAML cannot be read here"),
        ("[" * 20, "k.yaml:2: YAML cannot be read here"),
        ("[" * 5000, "k.yaml:1: nested too deeply"),
        ("- " * 5000 + "x", "k.yaml:1: nested too deeply"),
        ("a: b\n" + "[" * 200_000 + "]" * 200_000, "k.yaml:2: nested too deeply"),
        ("\n" + "? " * 200_000, "k.yaml:2: nested too deeply"),
        ("{a: " * 50_000 + "}" * 50_000, "k.yaml:1: nested too deeply"),
        ("".join(f"{' ' * n}a:\n" for n in range(900)), "nested too deeply"),
        ("a: " + "x" * 4_000_000, "k.yaml: the file is larger"),
    ],
    ids=lambda value: str(value)[:50] if "k.yaml:" in str(value)[:7] else "",
)
def test_mistakes(tmp_path: Path, text: str | bytes, expected: str) -> None:
    assert any(expected in line for line in problems(tmp_path, text)), problems(tmp_path, text)


def test_every_mistake_of_every_file_is_listed_at_once(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(GOOD.replace("answer", "anwser").replace("id: a", "id: A!"))
    (tmp_path / "two.yaml").write_text("a: 'x")
    assert len(check(tmp_path)) == 3
    with pytest.raises(KnowledgeError) as caught:
        load(tmp_path)
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        ("replies: {unknown: a}", "replies: {unknown: b}", "reply 'unknown'"),
        ("lexicon: {spellings: {a: [b]}}", "lexicon: {spellings: {a: [c]}}", "spelling 'a'"),
        ("safety: {guards: {denial: [a]}}", "safety: {guards: {denial: [b]}}", "guard 'denial'"),
        ("safety: {limits: {high: 38}}", "safety: {limits: {high: 39}}", "limit 'high'"),
        ("cues: {leads: [a]}", "cues: {leads: [b]}", "cue 'leads'"),
    ],
)
def test_what_two_files_say_of_one_thing_is_reported(
    tmp_path: Path, first: str, second: str, kind: str
) -> None:
    (tmp_path / "a.yaml").write_text(first)
    (tmp_path / "b.yaml").write_text(second)
    expected = f"b.yaml:1: {kind} is already written at a.yaml:1 (keep one)"
    assert [str(problem) for problem in check(tmp_path)] == [expected]


def test_cues_may_be_spread_over_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("cues: {leads: [a], stand-ins: {'{}': [it]}}")
    (tmp_path / "b.yaml").write_text("cues: {trails: [b]}")
    assert load(tmp_path).cues == Cues(leads=("a",), trails=("b",), stand_ins={"{}": ("it",)})


def test_replies_of_ones_own_may_use_what_is_filled_in_there(tmp_path: Path) -> None:
    replies = [
        "unknown: 'I know of {some-topics}, not that. Call {helpline} or {desk}.'",
        "no-list: 'No list has {number}.'",
        "typed-topic-genes: [the genes]",
    ]
    facts = "facts: [{id: desk, text: the desk}]"
    assert problems(tmp_path, f"{facts}\nreplies: {{{', '.join(replies)}}}") == []


def test_an_alias_bomb_costs_nothing(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 60)]
    assert any("anchor" in line for line in problems(tmp_path, "\n".join(lines)))


@pytest.mark.parametrize("written", ["0x1F", "12:30:00", "2026-11-27"])
def test_what_only_yaml_takes_for_a_number_or_a_date_is_text(tmp_path: Path, written: str) -> None:
    (tmp_path / "k.yaml").write_text(f"topic: {written}\n{GOOD}", encoding="utf-8")
    assert load(tmp_path).topics == (written,)


def test_without_its_ready_made_file_all_is_the_same(
    monkeypatch: pytest.MonkeyPatch, bundled_kb: KnowledgeBase
) -> None:
    from_file = defaults.__wrapped__()
    monkeypatch.setattr("amlbot.ready.read", lambda: None)
    from_yaml = defaults.__wrapped__()
    for name in ("replies", "cues"):
        assert from_yaml[name] == from_file[name] == getattr(bundled_kb, name)
    assert dict(from_yaml["regions"]) == dict(from_file["regions"]) == dict(bundled_kb.regions)
    assert load().intents == bundled_kb.intents


def test_knowledge_is_completed_with_the_bundled_words(small: KnowledgeBase) -> None:
    ours = KnowledgeBase(**defaults())
    kb = completed(small)
    assert (kb.cues, kb.replies) == (ours.cues, ours.replies)
    assert (kb.intents, kb.regions, kb.lexicon) == (small.intents, small.regions, small.lexicon)
    own = {"replies": {"banner": ["Hi."]}, "cues": {"asks": ["pray"]}}
    kb = completed(KnowledgeBase.from_dicts(own))
    assert kb.replies == {**ours.replies, "banner": ("Hi.",)}
    assert kb.cues == Cues(asks=("pray",))
    assert kb.lexicon == ours.lexicon
    assert completed(kb) == kb


def test_own_words_for_what_is_unknown_stand_for_what_nearly_is(small: KnowledgeBase) -> None:
    own = completed(dataclasses.replace(small, replies={"unknown": ("No.",)}))
    assert own.replies["unknown-near"] == ("No.",)
    both = {"unknown": ("No.",), "unknown-near": ("Nearly.",)}
    assert completed(dataclasses.replace(small, replies=both)).replies.items() >= both.items()


def test_a_missing_path(tmp_path: Path) -> None:
    assert "cannot be read: no such file" in str(check(tmp_path / "nowhere")[0])


def test_an_empty_folder(tmp_path: Path) -> None:
    assert "no .yaml files here" in str(check(tmp_path)[0])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file(tmp_path: Path) -> None:
    file = tmp_path / "k.yaml"
    file.write_text(GOOD)
    file.chmod(0)
    assert "permission" in str(check(tmp_path)[0])


def test_plain_data_makes_the_same_knowledge() -> None:
    kb = KnowledgeBase.from_dicts({"intents": [{"id": "a", "questions": ["Q"], "answer": "A"}]})
    assert kb.intents["a"].title == "Q"


def test_mistakes_in_plain_data_name_their_path() -> None:
    with pytest.raises(KnowledgeError, match=r"data0\.intents\[0\]\.questions\[1\]: questions"):
        KnowledgeBase.from_dicts({"intents": [{"id": "a", "questions": ["Q", 2], "answer": "A"}]})


@pytest.mark.parametrize("data", ["a file name", [{}], 7])
def test_what_is_no_knowledge_at_all_is_named(data: Any) -> None:
    with pytest.raises(KnowledgeError, match="data0: a knowledge file must be fields with values"):
        KnowledgeBase.from_dicts(data)
    for needs_one in (Bot, Matcher):
        with pytest.raises(TypeError, match=r"a KnowledgeBase is needed.*amlbot.load"):
            needs_one(data)


def test_every_source_is_cited(bundled_kb: KnowledgeBase) -> None:
    kb = bundled_kb
    cited = frozenset[str]().union(
        *(intent.sources for intent in kb.intents.values()),
        *(term.sources for term in kb.glossary.values()),
        *(fact.sources for fact in kb.facts.values()),
        *(sign.sources for sign in kb.safety.signs),
    )
    regions = Path(bundled(), "regions.yaml").read_text(encoding="utf-8")  # numbers, by place
    assert [source for source in kb.sources if source not in cited and source not in regions] == []


def test_sources_are_read_where_they_are_published(bundled_kb: KnowledgeBase) -> None:
    copies = [
        s.url
        for s in bundled_kb.sources.values()
        if "archive.org" in s.url or "webarchive" in s.url
    ]
    assert copies == [], "an archived copy is no address of a publisher's own"


def test_the_bundled_knowledge_has_what_answers_need(bundled_kb: KnowledgeBase) -> None:
    for intent in bundled_kb.intents.values():
        if not intent.chat:
            assert intent.sources, f"{intent.id} has no source"
            assert intent.reviewed, f"{intent.id} has no review date"
            assert intent.topic, f"{intent.id} has no topic"


@pytest.fixture(scope="module")
def bundled_kb() -> KnowledgeBase:
    """The bundled knowledge as it is written; a fault in it fails whatever asks for it."""
    return load(bundled())


def test_what_an_answer_says_to_ask_for_is_there(bundled_kb: KnowledgeBase, bot: Bot) -> None:
    asked = {
        promise: intent.id
        for intent in bundled_kb.intents.values()
        for promise in PROMISE.findall(" ".join(f"{intent.answer} {intent.more}".split()))
        if promise != "more"
    }
    assert asked
    for promise, intent in asked.items():
        reply = bot.ask(promise)
        assert reply.outcome is Outcome.ANSWER, promise
        assert reply.score > SURE, promise
        assert reply.intent != intent, promise


def test_topics_are_few_enough_to_choose_from(bundled_kb: KnowledgeBase) -> None:
    answers = Counter(intent.topic for intent in bundled_kb.intents.values())
    assert min(answers.values()) >= 10, "a topic that holds less is another name for one there is"


def test_the_bundled_wording_is_sound(bundled_kb: KnowledgeBase) -> None:
    assert [str(problem) for problem in Quality(bundled_kb).problems()] == []


def test_the_bundled_answers_are_easy_to_read(bundled_kb: KnowledgeBase) -> None:
    grades = Quality(bundled_kb).stats().grades
    assert sum(grade <= 8 for grade in grades) >= 0.95 * len(grades)
    assert grades[-1] <= 10
