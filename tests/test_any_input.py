"""What holds for any file, any question and any request, whatever is in it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.types import ASGIApp

from amlbot import Bot, KnowledgeBase, KnowledgeError, Matcher, Outcome, Problem, Reply
from amlbot.conversation.speaking import Speaker
from amlbot.knowledge.base import completed
from amlbot.knowledge.yamlfile import parse
from amlbot.rendering.render import as_json, as_text
from amlbot.text import printable, quoted
from amlbot.web import create_app
from conftest import SMALL
from serving import post, send

many = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
texts = st.text(max_size=60) | st.text("abcdéß{}[]:-#&*!|>'\"%@` \n\t\\\x1b\u202e0123", max_size=60)

TABLES = ["intents", "sources", "entities", "glossary", "facts", "regions", "replies", "lexicon",
          "cues", "safety", "topic", "reviewed"]  # fmt: skip
FIELDS = ["id", "questions", "answer", "more", "about", "sources", "related", "figures", "chat",
          "title", "url", "date", "name", "kind", "forms", "capitals", "broader",
          "term", "meaning", "also", "text", "signs", "concepts", "guards", "replies", "limits",
          "level", "reply", "all", "despite", "unless", "given", "apart",
          "unlearned", "bars", "label", "value", "of", "unit", "spellings", "synonyms",
          "default_synonyms", "opposites", "common", "stand-ins", "frames"]  # fmt: skip
WORDS = ["a", "b", "what is a", "idh1", "emergency", "https://example.org", "2026-11-27", "{x}",
         "denial", "gene", "", " ", "?!"]  # fmt: skip
scalars = st.sampled_from(WORDS) | texts | st.none() | st.booleans() | st.floats() | st.integers()
fields = st.sampled_from(FIELDS) | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(fields, inner, max_size=6),
    max_leaves=20,
)
documents = st.dictionaries(st.sampled_from(TABLES) | texts, values, max_size=5)


@st.composite
def edited(draw: st.DrawFn) -> str:
    """A good file with stretches cut out, doubled, or written over."""
    text = SMALL
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        new = draw(texts | st.just("") | st.just(text[start:end] * 2))
        text = text[:start] + new + text[end:]
    return text


def refusal(make: Callable[[], KnowledgeBase]) -> Sequence[Problem]:
    """Why ``make`` makes no knowledge; nothing if it does, and then a bot can speak from it."""
    try:
        kb = make()
    except KnowledgeError as refused:
        return refused.problems or [Problem("", -1, "no reason given")]
    assert Bot(kb).ask("what is a").text
    return []


def loads_or_says_why(raw: bytes) -> None:
    for problem in refusal(lambda: KnowledgeBase.from_documents([parse("some.yaml", raw)])):
        assert problem.path == "some.yaml"
        assert 0 <= problem.line <= raw.count(b"\n") + 2
        assert problem.message


@many
@given(documents)
def test_any_structure_loads_or_is_refused_in_words(data: dict[str, Any]) -> None:
    loads_or_says_why(yaml.safe_dump(data, allow_unicode=True).encode("utf-8", "surrogatepass"))


@many
@given(documents)
def test_so_does_plain_data(data: dict[str, Any]) -> None:
    for problem in refusal(lambda: KnowledgeBase.from_dicts(data)):
        assert problem.path.startswith("data0")


@many
@given(edited())
def test_a_good_file_that_was_damaged(text: str) -> None:
    loads_or_says_why(text.encode("utf-8", "surrogatepass"))


@many
@given(st.binary(max_size=200))
def test_any_bytes(raw: bytes) -> None:
    loads_or_says_why(raw)


@pytest.fixture(scope="module")
def bot(small: KnowledgeBase) -> Bot:
    return Bot(small)


@pytest.fixture(scope="module")
def matcher(small: KnowledgeBase) -> Matcher:
    return Matcher(small)


asked = st.lists(st.sampled_from([*SMALL.split(), "idh", "not", "or"]) | texts, max_size=12)


@many
@given(asked)
def test_any_question_gets_candidates_in_order(matcher: Matcher, said: list[str]) -> None:
    match = matcher.match(" ".join(said))
    scores = [candidate.score for candidate in match.candidates]
    assert scores == sorted(scores, reverse=True)
    assert all(0.0 <= score <= 1.0 for score in scores)
    assert match.outcome is not Outcome.ANSWER or match.best
    assert matcher.match(" ".join(said)) == match


@many
@given(asked)
def test_any_reply_can_be_shown_and_sent(bot: Bot, said: list[str]) -> None:
    reply = bot.ask(" ".join(said))
    assert printable(as_text(reply, bot.say, 30)) == as_text(reply, bot.say, 30)
    assert json.loads(as_json(reply))["text"] == reply.text
    as_json(reply).encode()


anything = st.recursive(
    scalars.filter(lambda value: value == value),  # JSON has no "not a number"  # noqa: PLR0124
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["role", "content", "text", "type"]) | texts, inner)
    ),
    max_leaves=8,
)
messages = st.lists(
    st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant", "x"]), "content": texts})
    | anything,
    max_size=5,
)
braced = st.lists(
    st.sampled_from(["{", "}", "{topics}", "{emergency}", "{asked}", "{word}", "idh1", " ", "?"])
).map("".join)
bodies = st.fixed_dictionaries(
    {},
    optional={
        "text": texts | anything,
        "history": messages | anything,
        "region": st.sampled_from(["us", "uk"]) | anything,
        "messages": messages | anything,
        "stream": anything,
        "stream_options": anything | st.just({"include_usage": True}),
    },
)


@many
@given(braced)
def test_no_placeholder_that_is_typed_is_filled(small: KnowledgeBase, typed: str) -> None:
    speaker = Speaker(completed(small))
    assert typed in speaker.tell("no-term", word=typed)
    said = Reply(Outcome.CHAT, speaker.say("left-over", asked=quoted(typed)))
    assert typed in speaker.filled(said).text


@pytest.fixture(scope="module")
def app(bot: Bot) -> ASGIApp:
    return create_app(bot)


@settings(many, suppress_health_check=list(HealthCheck))
@given(body=bodies, path=st.sampled_from(["/api/ask", "/v1/chat/completions"]))
def test_any_request_is_answered_or_refused_in_words(
    app: ASGIApp, caplog: pytest.LogCaptureFixture, path: str, body: dict[str, Any]
) -> None:
    answer = post(app, path, body)
    assert answer.status in (200, 400)
    assert printable(answer.text) == answer.text
    if answer.status == 400:
        assert answer.json["error"]["message"].endswith(".")
    assert not caplog.records


@settings(many, suppress_health_check=list(HealthCheck))
@given(raw=st.binary(max_size=300), path=st.sampled_from(["/api/ask", "/", "/nowhere"]))
def test_any_body(app: ASGIApp, caplog: pytest.LogCaptureFixture, path: str, raw: bytes) -> None:
    caplog.set_level(logging.DEBUG, "amlbot.web")
    assert send(app, "POST", path, raw).status in (200, 400, 404)
    assert not caplog.records
