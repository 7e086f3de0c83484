"""The quality of the written words: what `check` says beyond "it loads"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from .errors import Problem
from .knowledge.base import KnowledgeBase
from .matching.names import Names
from .model import Intent
from .prose import UNABBREVIATED
from .record import Record
from .text import tokenise

MAX_WORDS, MAX_MORE = 125, 170
"""Words of an answer, and of the longer one; authors are asked for 110 and 150."""
MAX_GRADE = 10.0
"""No answer may read harder than this; 95 of 100 stay at `GOAL_GRADE` or below."""
GOAL_GRADE = 8.0
MIN_QUESTIONS = 8
"""Phrasings that an intent needs: 5 to 10 are worth 20 to 30 points of accuracy over one."""

_SHORT_KINDS = frozenset({"gene", "drug", "regimen", "disease"})
_SENTENCE = re.compile(rf"(?<=[.!?:]){UNABBREVIATED}\s+(?=[\"'(]?[A-Z0-9{{-])|\n+")
_LINE_BREAK = re.compile(r"(?<!\n)\n(?!\n|- )")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?:[^laeiouy]es|[^tdaeiouy]ed|[^laeiouy]e)$")
_PLACEHOLDER = re.compile(r"\{[a-z0-9-]+\}")
_FORBIDDEN: Mapping[str, str] = {
    r"\b\d+(?:\.\d+)?\s?(?:mg|mcg|milligrams?|ml|mg/m2|tablets?)\b": "a dose",
    r"\byou (?:should|must|need to) (?:take|stop|start|skip|double|change)\b": "an instruction",
    r"\b(?:probably|most likely) (?:nothing|fine|harmless)\b": "false comfort",
    r"\bdon'?t worry\b": "false comfort",
    r"\byou will (?:live|die|survive|be cured|recover|relapse)\b": "a personal forecast",
    r"\byour (?:chance|odds|prognosis|life expectancy) (?:is|are)\b": "a personal forecast",
    r"\b(?:battle|battling|brave|warrior|fighter|fight cancer|fight leukemia)\b": "a battle word",
    r"\b(?:caregivers?|carers?)\b": "not 'care partner'",
    r"\bpatients? (?:who )?failed\b|\bfailed (?:his|her|their) treatment\b": "blame",
    r"\b(?:leukaemia|tumour|haemoglobin|anaemia|diarrhoea|favourable|oedema)\b": "British spelling",
    r"\b(?:AML|leukemia|cancer) (?:sufferers?|victims?)\b": "not person-first",
}


class Stats(Record):
    """How much there is, and how hard it reads."""

    counts: Mapping[str, int]
    grades: tuple[float, ...]
    """The reading grade of every answer, in ascending order."""

    def lines(self) -> Iterator[str]:
        """The counts and the grades, one a line."""
        for name, count in self.counts.items():
            yield f"{count:>6}  {name}"
        if self.grades:
            easy = sum(g <= GOAL_GRADE for g in self.grades) / len(self.grades)
            spread = Counter(max(0, round(g)) for g in self.grades)
            yield f"{easy:>6.1%}  answers at reading grade {GOAL_GRADE:g} or below"
            yield f"{self.grades[-1]:>6.1f}  hardest answer"
            for grade in sorted(spread):
                yield f"{spread[grade]:>6}  answers at grade {grade}"


class Quality:
    """Judges the prose of one knowledge base."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb
        self._names = Names.build(kb.entities)

    def problems(self) -> Iterator[Problem]:
        """Everything that an author should mend though the knowledge loads."""
        for intent in self.kb.answers:
            file, _, line = intent.origin.rpartition(":")
            for message in (*self._wording(intent), *_gaps(intent)):
                yield Problem(file, int(line or 0), f"{intent.id}: {message}", advice=True)

    def stats(self) -> Stats:
        """How much there is, and the grade of every answer that is no small talk."""
        kb = self.kb
        counts = {
            "intents": len(kb.intents),
            "questions": sum(len(i.questions) for i in kb.intents.values()),
            "sources": len(kb.sources),
            "entities": len(kb.entities),
            "lexicon entries": len(kb.lexicon.spellings) + len(kb.lexicon.synonyms),
            "everyday words": len(kb.lexicon.common),
            "glossary terms": len(kb.glossary),
            "facts": len(kb.facts),
        }
        return Stats(counts, tuple(sorted(self.grade(i.answer) for i in kb.answers)))

    def grade(self, text: str) -> float:
        """The Flesch-Kincaid reading grade: US school years needed, about 0 to 18.

        0.39 · words/sentences + 11.8 · syllables/words - 15.59 (Kincaid et al. 1975). The words
        of a drug's, gene's or disease's name, numbers and placeholders count as one syllable:
        names that nobody can choose would raise the grade unfairly.
        """
        sentences, words, syllables = 0, 0, 0
        flowing = _LINE_BREAK.sub(" ", _PLACEHOLDER.sub("x", text))
        for sentence in _SENTENCE.split(flowing):
            named = self._names.find(tokenise(sentence))
            sentences += bool(named)
            for stretch in named:
                short = stretch.entity and self.kb.entities[stretch.entity].kind in _SHORT_KINDS
                words += len(stretch.words)
                syllables += sum(1 if short else _syllables(word) for word in stretch.words)
        if not words:
            return 0.0
        return 0.39 * words / sentences + 11.8 * syllables / words - 15.59

    def _wording(self, intent: Intent) -> Iterator[str]:
        """What is too long, too hard, or not to be said."""
        for field, text, limit in (
            ("answer", intent.answer, MAX_WORDS),
            ("more", intent.more, MAX_MORE),
        ):
            if len(text.split()) > limit:
                yield f"{field} has {len(text.split())} words (at most {limit})"
            grade = self.grade(text)
            if grade > MAX_GRADE:
                yield f"{field} reads at grade {grade:.1f} (at most {MAX_GRADE:g})"
            for pattern, what in _FORBIDDEN.items():
                found = re.search(pattern, text, re.IGNORECASE)
                if found:
                    yield f"{field} says '{found[0]}': {what} (say it otherwise)"
            if field == "answer" and grade > GOAL_GRADE:
                yield f"answer reads at grade {grade:.1f} (aim at {GOAL_GRADE:g})"


def _gaps(intent: Intent) -> Iterator[str]:
    """What an intent lacks."""
    if len(intent.questions) < MIN_QUESTIONS:
        yield f"only {len(intent.questions)} questions (write {MIN_QUESTIONS} or more)"
    for name, value in (
        ("source", intent.sources),
        ("review date", intent.reviewed),
        ("topic", intent.topic),
        ("next question", intent.related),
    ):
        if not value:
            yield f"no {name} (add one)"


def _syllables(word: str) -> int:
    """A count by vowel groups, good to about one in ten words."""
    if not word.isalpha():
        return 1
    groups = len(_VOWELS.findall(word))
    return max(1, groups - bool(_SILENT.search(word)))
