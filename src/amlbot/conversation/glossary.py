"""Technical words and their meanings in plain words: found in a text, or looked up."""

from __future__ import annotations

from functools import cached_property

from ..knowledge.base import KnowledgeBase
from ..matching.names import Phrases
from ..matching.spelling import nearest_name
from ..model import Term
from ..text import tokenise, words

REPAIRABLE = 5
"""Letters from which a misspelt word is looked up all the same; a short one (ALL, AML) is not, and
a common word ("great") is not misspelt."""
_ARTICLES = frozenset({"a", "an", "the"})


class Glossary:
    """The technical words of one knowledge base."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._terms, self._common = kb.glossary, kb.lexicon.common

    def in_text(self, text: str) -> list[Term]:
        """The terms that ``text`` uses, each once, in the order of their first use.

        The longest form wins ("bone marrow" before "marrow"). A form in capitals counts only in
        capitals: ALL is a leukemia, "all" is not.
        """
        tokens = tokenise(text)
        forms, capitals = self._forms
        spans = [(start, term) for start, _, term in forms.spans([token.text for token in tokens])]
        spans += [
            (start, capitals[token.text])
            for start, token in enumerate(tokens)
            if token.capitals and token.text in capitals
        ]
        found = {term: self._terms[term] for _, term in sorted(spans)}
        return list(found.values())

    def define(self, word: str) -> Term | None:
        """The term that ``word`` is a form of, letter case and a slip or two aside; or None."""
        asked = words(word)
        if asked and asked[0] in _ARTICLES:
            asked = asked[1:]
        known = self._known
        for form in (" ".join(asked), " ".join(asked).removesuffix("s")):
            if form in known:
                return self._terms[known[form]]
        slip = len("".join(asked)) >= REPAIRABLE and not self._common.issuperset(asked)
        near = nearest_name(" ".join(asked), known) if slip else None
        return self._terms[known[near]] if near else None

    @cached_property
    def _forms(self) -> tuple[Phrases, dict[str, str]]:
        """Every form of every term, by its words; and those that count in capitals only."""
        forms = Phrases()
        capitals: dict[str, str] = {}
        for id, term in self._terms.items():
            for form in (term.term, *term.also):
                if form.isupper() and form.isalnum():
                    capitals.setdefault(form.lower(), id)
                else:
                    forms.add(words(form), id)
        return forms, capitals

    @cached_property
    def _known(self) -> dict[str, str]:
        """Both of them by their plain text."""
        forms, capitals = self._forms
        return {" ".join(form): term for form, term in forms.items()} | capitals
