"""What the program itself says, with the reader's own telephone numbers filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .knowledge import KnowledgeBase, default_replies

_PLACEHOLDER = re.compile(r"\{([a-z0-9-]+)\}")


class Wording:
    """The ``replies`` of a knowledge base, on top of the bundled ones."""

    def __init__(self, kb: KnowledgeBase, region: str = "") -> None:
        """Give the numbers of ``region``, or of the first region of ``kb``."""
        self._replies = {**default_replies(), **kb.replies}
        self._values = {name: fact.text for name, fact in kb.facts.items()}
        chosen = kb.regions.get(region) or next(iter(kb.regions.values()), None)
        if chosen:
            numbers = {"emergency", "crisis", "helpline"}
            self._values |= {name: getattr(chosen, name) for name in numbers}

    def say(self, occasion: str, variant: int = 0, **values: str) -> str:
        """What is said on an occasion; the last variant stands for all later ones."""
        variants = self.variants(occasion) or ("",)
        known = {**self._values, **values}
        text = variants[min(variant, len(variants) - 1)]
        return _PLACEHOLDER.sub(lambda m: known.get(m[1], m[0]), text)

    def variants(self, occasion: str) -> tuple[str, ...]:
        """Every text of an occasion as it is written."""
        return self._replies.get(occasion, ())

    def occasions(self, prefix: str) -> Mapping[str, tuple[str, ...]]:
        """The occasions whose names begin with ``prefix``, by the rest of their names."""
        return {k.removeprefix(prefix): v for k, v in self._replies.items() if k.startswith(prefix)}

    def banner(self) -> list[str]:
        """The first lines of a conversation."""
        return [self.say("banner", i) for i in range(len(self.variants("banner")))]
