"""Input that nobody types by mistake: every crash that fuzzing found."""

from __future__ import annotations

import pytest

from amlbot import Bot

FOUND = [
    "r❺ミ16",  # a circled digit is a digit to Python, but no number
]


@pytest.mark.parametrize("text", FOUND)
def test_what_fuzzing_found(bot: Bot, text: str) -> None:
    assert bot.ask(text).text
