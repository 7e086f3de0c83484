"""Questions and the answers that they must get, as data: ``tests/cases/*.yaml``."""

from __future__ import annotations

from pathlib import Path

import pytest

from amlbot import Bot, Outcome
from amlbot.evaluate import Case, cases
from amlbot.knowledge.disk import read

CASES = [
    pytest.param(case, id=f"{document.name}: {case.say}")
    for document in read(Path(__file__).parent / "cases")
    for case in cases(document)
]


@pytest.mark.parametrize("case", CASES)
def test_case(bot: Bot, case: Case) -> None:
    reply = bot.ask(case.say)
    if case.outcome:
        offered = [choice.intent for choice in reply.choices]
        assert reply.outcome is case.outcome
        assert not case.expect or case.expect in (reply.intent, *offered)
    elif case.expect:
        assert (reply.outcome, reply.intent) == (Outcome.ANSWER, case.expect)
    else:
        assert reply.outcome is not Outcome.ANSWER
