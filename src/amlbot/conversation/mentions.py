"""What a message names: the entities in it, where they stand, and what "it" means after it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..knowledge.base import KnowledgeBase
from ..matching.reading import Reader
from ..model import Intent
from ..text import clean
from .cue import Place

MAX_SUBJECTS = 3
"""Things that "it" is tried for."""
PLAIN = frozenset({"other", "aspect"})
"""Kinds of entity that are plain words: an answer may use them without being about them."""
_THINGS = frozenset({"drug", "regimen", "procedure"})
"""Kinds of entity that stand in one another's place in a question: treatments."""
_ASKED_OF = frozenset({"gene", "drug", "regimen", "procedure", "test"})
"""Kinds of entity that make a question one about AML, whatever disease is named beside them."""
_APOSTROPHE = "['’]"
_NOTHING = re.compile(r"(?!)")


class Mentions:
    """Finds what texts name among the entities of one knowledge base; tells of each by its id."""

    def __init__(self, kb: KnowledgeBase, reader: Reader) -> None:
        self.kb, self._reader = kb, reader

    def all(self, text: str) -> tuple[str, ...]:
        """The entities that ``text`` names, each once, in order."""
        return self._reader.read(text).entities

    def names(self, text: str) -> list[str]:
        """The entities that ``text`` names, what everything is about aside."""
        return [id for id in self.all(text) if not self.kb.entities[id].implied]

    def subjects(self, about: Sequence[str], question: str) -> tuple[str, ...]:
        """What "it" may mean after ``question`` and words ``about`` something, likeliest first."""
        found = dict.fromkeys([*about, *self.all(question)])
        entities = {id: self.kb.entities[id] for id in found}
        ranked = sorted(found, key=lambda id: entities[id].kind == "aspect")
        kept = [id for id in ranked if id == ranked[0] or not entities[id].implied]
        return tuple(kept[:MAX_SUBJECTS])

    def told(self, story: str) -> tuple[str, ...]:
        """What "it" may mean in a question at the end of ``story``: names first, the last first."""
        found = reversed(self.names(story))
        return tuple(sorted(found, key=lambda id: not self.proper(id)))[:MAX_SUBJECTS]

    def covers(self, intent: Intent, subject: str) -> bool:
        """Whether ``intent`` speaks of the entity ``subject``: it is about it, or asks with it."""
        about = self._reader.names.covers(intent.about)
        return subject in about or self.place(subject, intent.title) is not None

    def implied(self, text: str) -> bool:
        """Whether ``text`` names what every question is about, and nothing else."""
        return not self.nameless(text) and not self.names(text)

    def nameless(self, text: str) -> bool:
        """Whether ``text`` names nothing at all, not even what every question is about."""
        return not self.all(text)

    def elsewhere(self, text: str) -> str:
        """What ``text`` names that people have in place of AML; empty if AML is named."""
        return self._reader.names.elsewhere(self.all(text))

    def other_disease(self, text: str) -> str:
        """The disease that ``text`` is about in place of AML; empty if it is of none.

        One that people may have beside AML makes no difference to a question about a drug, say.
        """
        named = self.all(text)
        spoken = [self.kb.entities[id] for id in self._reader.names.covers(named)]
        if any(entity.implied for entity in spoken):
            return ""
        found = [id for id in named if self.kb.entities[id].kind == "disease"]
        beside = any(entity.kind in _ASKED_OF for entity in spoken)
        return self.elsewhere(text) or ("" if beside else next(iter(found), ""))

    def proper(self, id: str) -> bool:
        """Whether ``id`` is a name, and not what every question is about or a plain word."""
        entity = self.kb.entities[id]
        return not entity.implied and entity.kind not in PLAIN

    def has_name(self, text: str) -> bool:
        """Whether something in ``text`` is named by a name."""
        return any(map(self.proper, self.names(text)))

    def alike(self, a: str, b: str) -> bool:
        """Whether one of the two can stand in the place of the other in a question."""
        kinds = {self.kb.entities[a].kind, self.kb.entities[b].kind}
        return kinds <= _THINGS or (len(kinds) == 1 and kinds.isdisjoint(PLAIN))

    def place(self, id: str, text: str) -> Place | None:
        """Where ``text`` names ``id``: by its name if it can be, so that "mutations" stays."""
        entity = self.kb.entities[id]
        for forms in ([entity.name], [*entity.forms, *entity.capitals]):
            found = _written(forms).search(text)
            if found:
                return found.span()
        return None


def _written(forms: Sequence[str]) -> re.Pattern[str]:
    """Any of ``forms`` of a name as whole words, the longest first, apostrophes or none."""
    ordered = sorted({clean(f).strip() for f in forms} - {""}, key=len, reverse=True)
    spelled = ([f"{_APOSTROPHE}?".join(map(re.escape, w)) for w in f.split()] for f in ordered)
    any_of = "|".join(r"[\s,-]+".join(words) for words in spelled)
    return re.compile(rf"(?<!\w)(?:{any_of})(?!\w)", re.IGNORECASE) if any_of else _NOTHING
