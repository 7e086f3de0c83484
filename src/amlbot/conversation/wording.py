"""How a message is put: what leads into it, whether it tells or asks, what in it points back.

No message before it matters here; `referring` makes it whole with those.
"""

from __future__ import annotations

import re
from functools import cached_property

from ..knowledge.base import KnowledgeBase
from ..matching.reading import Reader
from ..text import words
from .cue import Cue

STRANGE = 4
"""Letters of the shortest word that is said back as unknown."""
FRAGMENT = 6
"""Words of the longest message that is no question of its own ("and after a transplant")."""
NEWS = 3
"""Words of the shortest sentence that tells of someone: "my hair" is a topic."""
TERM = 2
"""Words of the longest term: a message that is no more ("blast cells") asks what it means, and so
does a statement that quotes one ("she called it 'nadir'")."""
_EDGES = " ?!.,:;-\"'"
_NOTHING = re.compile(r"(?!)")
_QUOTED = re.compile(r"[\"“”]([^\"“”]+)[\"“”]")


class Wording:
    """Hears how messages are put, by the cues of one knowledge base."""

    def __init__(self, kb: KnowledgeBase, reader: Reader) -> None:
        self._kb, self._reader = kb, reader
        self._cues = found = kb.cues
        self._leads, self._trails = Cue(found.leads), Cue(found.trails)
        self._moments, self._usual = Cue(found.moments), Cue(found.usual)
        self._corrects, self._instead = Cue(found.corrects), Cue(found.instead)
        self._news, self._asks = Cue(found.news), Cue(found.asks)
        self._defines, self._grave = Cue(found.defines), Cue(found.grave)
        self._somber = Cue([*found.grave, *found.somber])
        # What `referring` looks for as well:
        self.turn, self.idle = Cue(found.turns), Cue(found.idle)
        self.contrasts = [Cue(row) for row in found.contrasts]
        self.stand_ins = {put: Cue(phrases) for put, phrases in found.stand_ins.items()}

    @cached_property
    def _frames(self) -> re.Pattern[str]:
        """Compiled when a first question needs it, which few do."""
        frames = "|".join(re.escape(f).replace(r"\{\}", "(.+?)") for f in self._cues.frames)
        return re.compile(rf"(?:{frames})$", re.IGNORECASE) if frames else _NOTHING

    def led(self, text: str) -> str:
        """``text`` without what leads into it and out of it ("oh and", "please"); never empty."""
        return self._trails.before(self._leads.after(text)).strip() or text

    def undated(self, text: str) -> str:
        """``text`` without when it happened; never empty."""
        return " ".join(self._moments.without(text, " ").split()) or text

    def forms(self, text: str) -> list[str]:
        """``text`` without what carries nothing in it, and the one term that a statement quotes."""
        led = self.led(text)
        quoted = [] if "?" in text else _QUOTED.findall(text)
        term = quoted if len(quoted) == 1 and len(quoted[0].split()) <= TERM else []
        return list(dict.fromkeys([text, led, self._usual.without(led).strip() or led, *term]))

    def tells(self, text: str) -> bool:
        """Whether ``text`` tells of someone rather than asks ("my mother is 82")."""
        asks = "?" in text or self._asks.place(text)
        return not asks and len(text.split()) >= NEWS and self._news.opens(self.led(text))

    def corrected(self, text: str) -> str | None:
        """What is left of ``text`` when it takes the last question back; None if it does not."""
        typed = self.core(text)
        rest = self._corrects.before(self._corrects.after(typed)).strip(_EDGES)
        place = self._instead.place(rest)
        if place:  # "FLT3 not NPM1"
            right, wrong = rest[: place[0]].strip(_EDGES), rest[place[1] :].strip(_EDGES)
            rest = right if self.bare_name(right) and self.bare_name(wrong) else rest
        return rest if rest != typed else None

    def grave(self, title: str) -> bool:
        """Whether an answer with this ``title`` is of dying."""
        return self._grave.place(title) is not None

    def somber(self, said: str) -> bool:
        """Whether what was ``said`` speaks of dying, or of an end to treatment."""
        return self._somber.place(said) is not None

    def pointed(self, text: str) -> frozenset[str]:
        """The words by which ``text`` points to one thing of several: "the mouth one"."""
        frame = self._frames.match(self.core(text))
        return frozenset(words(frame[frame.lastindex or 0])) if frame else frozenset()

    def turns(self, text: str) -> bool:
        """Whether ``text`` turns to something else: "what about sleep"."""
        return self.turn.opens(self.core(text))

    def points(self, text: str, idly: bool = False) -> bool:
        """Whether something in ``text`` stands for what was said before, or might (``idly``)."""
        bare = text if idly else self.idle.without(text)
        return any(stand_in.place(bare) for stand_in in self.stand_ins.values())

    def bare_name(self, text: str) -> str:
        """The name of the entity that ``text`` is and nothing else; empty if it is more."""
        found = self._reader.read(self.turn.after(self.led(text))).words
        ids = {word.entity for word in found}
        if any(contrast.place(text) for contrast in self.contrasts):
            return ""  # "MRD positive" is more than MRD
        return self._kb.entities[ids.pop()].name if len(ids) == 1 and "" not in ids else ""

    def strange(self, text: str) -> str:
        """The word that ``text`` is or asks the meaning of, if the knowledge never uses it."""
        found = self._reader.read(self.defined(text) or "").words
        foreign = [word.typed for word in found if not word.options]
        return foreign[0] if len(found) == 1 and foreign and len(foreign[0]) >= STRANGE else ""

    def defined(self, text: str) -> str | None:
        """The word whose meaning ``text`` asks for; None if it asks for something else."""
        rest = self.core(text)
        word = self._defines.before(self._defines.after(rest)).strip(_EDGES)
        return word if word != rest or len(word.split()) <= TERM else None

    def core(self, text: str) -> str:
        """``text`` without what leads into it, and without signs around it."""
        return self.led(text).strip(_EDGES)
