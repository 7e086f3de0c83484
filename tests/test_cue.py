"""Cues: phrases found in a text as it was typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from amlbot.conversation.cue import Cue

CUE = Cue(["it", "what's", "in a week", "in a", "thank you", "so"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Is IT so?", ["IT", "so"]),
        ("it's its item", ["it"]),
        ("whats, what’s, what's", ["whats", "what’s", "what's"]),
        ("in a week, in a month", ["in a week", "in a"]),
        ("in, a-week", ["in, a-week"]),
        ("in. a week", []),
        ("ſo ÎT _it_", []),
        ("", []),
    ],
)
def test_whole_words_are_found_the_longest_first(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in CUE.places(text)] == found
    assert CUE.place(text) == next(CUE.places(text), None)


@pytest.mark.parametrize(
    ("take_off", "text", "rest"),
    [
        (CUE.after, "So, thank you: what now", "what now"),
        (CUE.after, "  ...so what's", ""),
        (CUE.after, "so (it is)", "(it is)"),
        (CUE.after, "soon it is", "soon it is"),
        (CUE.after, "", ""),
        (CUE.before, "what is this, thank you!", "what is this"),
        (CUE.before, "is it so so", "is it so"),
        (CUE.before, "tell me (so", "tell me (so"),
        (CUE.before, "thank you", "thank you"),
        (CUE.before, "not so: well", "not so: well"),
        (CUE.before, "", ""),
    ],
)
def test_what_opens_or_closes_a_text_is_taken_off(
    take_off: Callable[[str], str], text: str, rest: str
) -> None:
    assert take_off(text) == rest
    assert CUE.opens(text) == (CUE.after(text) != text)


def test_other_words_take_its_place() -> None:
    assert CUE.without("is it so?", "_") == "is _ _?"


def test_no_phrases_are_never_found() -> None:
    nothing = Cue(["", "?"])
    for text in ("", "it", "? it ?"):
        assert list(nothing.places(text)) == []
        assert nothing.after(text) == nothing.before(text) == text
