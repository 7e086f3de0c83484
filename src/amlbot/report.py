"""What a measurement found, as tables: the topics, confusions, thefts and misses."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from .errors import UsageError
from .evaluate import Result, Summary
from .model import Intent


def concerning(results: Sequence[Result], intents: Mapping[str, Intent], part: str) -> list[Result]:
    """The results that ask for, or were stolen by, an intent of a topic or a file.

    ``part`` is part of the topic's or the file's name.

    Raises:
        UsageError: if there is no such topic or file.

    """
    told = {id: f"{intent.topic}\n{intent.origin}".lower() for id, intent in intents.items()}
    those = {id for id, names in told.items() if part.lower() in names}
    if not those:
        raise UsageError(f"no topic or file is called '{part}' (amlbot list shows the topics)")
    return [r for r in results if r.case.expect in those or (r.thief and r.thief.intent in those)]


def report(
    results: Sequence[Result], intents: Mapping[str, Intent] | None = None, rows: int = 20
) -> Iterator[str]:
    """A summary, the topics (if ``intents`` tell them), confusions, thefts, and misses."""
    now = Summary.of(results)
    yield f"{now.questions} questions: {now.right:.1%} right, {now.wrong:.1%} wrongly answered"
    if any(result.case.expect for result in results):
        yield f"right intent first {now.first:.1%}, among three {now.offered:.1%}"
    yield from _topics(results, intents or {})
    yield from _confusions(results, rows)
    yield from _thefts(results, rows)
    yield from _misses(results, rows)


def _topics(results: Sequence[Result], intents: Mapping[str, Intent]) -> Iterator[str]:
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        if result.case.expect in intents:
            groups[intents[result.case.expect].topic].append(result)
    if len(groups) > 1:
        yield f"\n{'questions':>9} {'first':>6} {'three':>6} {'wrong':>6}  topic"
        for topic, group in sorted(groups.items(), key=lambda item: Summary.of(item[1]).first):
            s = Summary.of(group)
            yield f"{s.questions:>9} {s.first:>6.1%} {s.offered:>6.1%} {s.wrong:>6.1%}  {topic}"


def _confusions(results: Sequence[Result], rows: int) -> Iterator[str]:
    """Pairs of intents that are taken for one another, in either direction."""
    stolen = [(r.case.expect, r.thief.intent) for r in results if r.thief and r.case.expect]
    pairs = Counter(tuple(sorted(pair)) for pair in stolen)
    ways = Counter(stolen)
    if pairs:
        yield "\nconfusions (questions of the first that the second took + the other way round)"
    for (one, other), n in pairs.most_common(rows):
        yield f"{n:>4} = {ways[one, other]} + {ways[other, one]}  {one} | {other}"


def _thefts(results: Sequence[Result], rows: int) -> Iterator[str]:
    """The phrasings that take questions from other intents: reword or move these."""
    victims: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for r in results:
        if r.thief and r.case.expect:
            victims[r.thief.intent, r.thief.phrasing][r.case.expect] += 1
    if victims:
        yield "\nthefts by one phrasing"
    most = sorted(victims.items(), key=lambda theft: theft[1].total(), reverse=True)
    for (intent, phrasing), owners in most[:rows]:
        from_whom = ", ".join(id for id, _ in owners.most_common(3))
        yield f"{owners.total():>4} × {intent} «{phrasing}» from {from_whom}"


def _misses(results: Sequence[Result], rows: int) -> Iterator[str]:
    misses = [result for result in results if not result.right]
    if misses:
        yield f"\nmisses: {len(misses)}"
    for result in sorted(misses, key=lambda r: not r.wrong)[:rows]:
        best = result.match.best
        got = f"{best.intent} {best.score:.2f} «{best.phrasing}»" if best else "nothing"
        wanted = " ".join(filter(None, (result.case.outcome, result.case.expect))) or "no answer"
        yield f"  {result.case.say!r} wants {wanted}, got {result.match.outcome} {got}"
