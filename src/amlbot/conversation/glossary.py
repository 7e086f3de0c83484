"""Technical words and their meanings in plain words: found in a text, or looked up."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from ..knowledge.base import KnowledgeBase
from ..matching.names import Phrases
from ..matching.spelling import nearest_name
from ..model import Term
from ..text import tokenise, words

REPAIRABLE = 5
"""Letters from which a misspelt word is looked up all the same; a short one (ALL, AML) is not, and
a common word ("great") is not misspelt."""
_ARTICLES = frozenset({"a", "an", "the"})


def terms_in(kb: KnowledgeBase, text: str) -> list[Term]:
    """The glossary terms that ``text`` uses, each once, in the order of their first use.

    The longest form wins ("bone marrow" before "marrow"). A form in capitals counts only in
    capitals: ALL is a leukemia, "all" is not.
    """
    tokens = tokenise(text)
    plain = [token.text for token in tokens]
    forms, capitals = _forms(tuple(kb.glossary.values()))
    spans = [(start, term) for start, _, term in forms.spans(plain)]
    spans += [
        (start, capitals[token.text])
        for start, token in enumerate(tokens)
        if token.capitals and token.text in capitals
    ]
    found = {term: kb.glossary[term] for _, term in sorted(spans)}
    return list(found.values())


def define(kb: KnowledgeBase, word: str) -> Term | None:
    """The term that ``word`` is a form of, in any letter case and with a slip or two; or None."""
    asked = words(word)
    if asked and asked[0] in _ARTICLES:
        asked = asked[1:]
    forms, capitals = _forms(tuple(kb.glossary.values()))
    known = {" ".join(form): term for form, term in forms.items()}
    known |= capitals
    for form in (" ".join(asked), " ".join(asked).removesuffix("s")):
        if form in known:
            return kb.glossary[known[form]]
    slip = len("".join(asked)) >= REPAIRABLE and not kb.lexicon.common.issuperset(asked)
    near = nearest_name(" ".join(asked), known) if slip else None
    return kb.glossary[known[near]] if near else None


@lru_cache(maxsize=8)
def _forms(terms: tuple[Term, ...]) -> tuple[Phrases, Mapping[str, str]]:
    """Every form of every term, by its words; and those that count in capitals only."""
    forms = Phrases()
    capitals: dict[str, str] = {}
    for term in terms:
        for form in (term.term, *term.also):
            if form.isupper() and form.isalnum():
                capitals.setdefault(form.lower(), term.term.lower())
            else:
                forms.add(words(form), term.term.lower())
    return forms, capitals
