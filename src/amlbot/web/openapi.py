"""The description of the HTTP API, as OpenAPI 3.1."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .limits import MAX_TEXT

_TEMPLATE = Path(__file__).parent / "assets" / "openapi.json"


def document(version: str, regions: Iterable[str]) -> dict[str, Any]:
    """The description of this very server: its version, its limits, the regions that it knows."""
    api: dict[str, Any] = json.loads(_TEMPLATE.read_text(encoding="utf-8"))
    api["info"]["version"] = version
    asked = api["components"]["schemas"]["AskRequest"]["properties"]
    asked["text"]["maxLength"] = MAX_TEXT
    asked["region"]["enum"] = ["", *regions]
    return api
