"""The web page and the HTTP API: a shell around `Bot` (extra: ``amlbot[web]``).

>>> from amlbot.web import create_app
>>> app = create_app()          # an ASGI app; any ASGI server runs it
"""

from __future__ import annotations

from .app import create_app, from_environment
from .server import serve

__all__ = ["create_app", "from_environment", "serve"]
