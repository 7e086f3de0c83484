"""The description of the API is true: requests made up from it are answered as it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from amlbot import Bot, KnowledgeBase, __version__

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

from amlbot.web import create_app, openapi
from amlbot.web.limits import MAX_TEXT
from serving import running, send

EXAMPLES = 40
"""Requests made up for each operation and kind of check."""


def test_it_describes_this_very_server(small: KnowledgeBase) -> None:
    described = send(create_app(Bot(small)), "GET", "/openapi.json").json
    assert described["openapi"].startswith("3.1.")
    assert described["info"]["version"] == __version__
    asked = described["components"]["schemas"]["AskRequest"]["properties"]
    assert asked["region"]["enum"] == ["", "us", "uk"]
    assert asked["text"]["maxLength"] == MAX_TEXT


def test_every_route_is_described(small: KnowledgeBase) -> None:
    routes = {route.path for route in create_app(Bot(small)).routes}  # type: ignore[attr-defined]
    described = set(openapi.document("", ())["paths"])
    assert routes - described == {"/", "/openapi.json"}
    assert described < routes


def operations() -> list[tuple[str, str]]:
    paths: dict[str, dict[str, Any]] = openapi.document("", ())["paths"]
    return [(path, method) for path, methods in paths.items() for method in methods]


@pytest.fixture(scope="module")
def address(small: KnowledgeBase) -> Iterator[str]:
    with running(create_app(Bot(small))) as url:
        yield url


@pytest.mark.parametrize("kind", ["POSITIVE", "NEGATIVE"])
@pytest.mark.parametrize(("path", "method"), operations())
@pytest.mark.filterwarnings("ignore")  # the generator's own, of which there are many
def test_the_server_does_what_it_says(address: str, path: str, method: str, kind: str) -> None:
    schemathesis = pytest.importorskip("schemathesis")
    hypothesis = pytest.importorskip("hypothesis")
    if kind == "NEGATIVE" and method == "get":
        pytest.skip("takes nothing that could be wrong")
    api = schemathesis.openapi.from_url(f"{address}/openapi.json")
    mode = schemathesis.GenerationMode[kind]

    def each(case: Any) -> None:
        assert case.call_and_validate().status_code < 500

    settings = hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    settings(hypothesis.given(api[path][method.upper()].as_strategy(generation_mode=mode))(each))()
