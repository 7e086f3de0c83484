"""Run by the build: makes the knowledge ready, so that the installed program starts at once."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ReadyKnowledge(BuildHookInterface[Any]):
    """Writes ``amlbot/knowledge.ready`` before the wheel or the editable install is made."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the file. A fault in the knowledge ends the build, with its place."""
        sys.path.insert(0, str(Path(self.root, "src")))
        from amlbot.prepare import write

        build_data["artifacts"].append(str(Path(write()).relative_to(self.root)))
