"""Reading YAML from people: plain data, the line of every value, and faults in plain words.

This is the only module that touches the yaml library. Nothing but text, numbers, booleans,
lists and mappings comes out; tags, anchors and aliases are refused, so a file from a stranger
can neither run code nor grow in memory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeAlias

import yaml

from ..errors import Problem

MAX_BYTES = 500_000  # read in at most 2 s and 200 MB
MAX_DEPTH = 12  # the format needs six
MAX_OPEN = 100
"""Brackets that may be open, in quotes or not; and list entries that may begin on one line."""

Path: TypeAlias = tuple[str | int, ...]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster than the pure one
_DEEP = "nested too deeply (the format needs six levels)"
_BRACKET = re.compile(r"[\[\]{}]")
_NESTED_LINE = re.compile(rf"(?:[-?:][ \t]+){{{MAX_OPEN}}}")
_TAG = "tag:yaml.org,2002:"


@dataclass(slots=True)
class Document:
    """What one file says."""

    name: str
    data: object = None
    lines: dict[Path, int] = field(default_factory=dict)
    """The line of each value, by its path from the root of the document."""
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of the value at ``path``, or of the nearest thing around it; 0 if unknown."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 0)


def parse(name: str, raw: bytes) -> Document:
    """Read one YAML document. Faults end up in ``problems``; nothing is raised."""
    document = Document(name)
    text = _text(document, raw)
    if text is None:
        return document
    try:
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return _fault(document, mark.line + 1 if mark else 0, _explain(text, error))
    except yaml.YAMLError as error:  # control characters
        position = getattr(error, "position", 0)
        line = text.count("\n", 0, position) + 1 if isinstance(position, int) else 0
        return _fault(document, line, "a character that YAML does not allow (delete it)")
    except RecursionError:
        return _fault(document, 1, _DEEP)
    if root is not None:
        document.data = _Reader(document).value(root, ())
    return document


def _text(document: Document, raw: bytes) -> str | None:
    """What is to be read; None, with a problem, if that would be unwise."""
    if len(raw) > MAX_BYTES:
        _fault(document, 0, f"the file is larger than {MAX_BYTES:,} bytes (split it)")
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        _fault(document, line, "this is not UTF-8 text (save the file as UTF-8)")
        return None
    if deep := _too_deep(text):
        _fault(document, deep, _DEEP)
        return None
    return text


def _too_deep(text: str) -> int:
    """The line where more is open than the yaml library can bear; 0 if there is none.

    PyYAML before 6.0.4 takes minutes over such a text, or crashes the process.
    """
    if found := _NESTED_LINE.search(text):
        return text.count("\n", 0, found.end()) + 1
    opened = 0
    for bracket in _BRACKET.finditer(text):
        opened += 1 if bracket[0] in "[{" else -1
        if opened > MAX_OPEN:
            return text.count("\n", 0, bracket.end()) + 1
    return 0


def _fault(document: Document, line: int, message: str) -> Document:
    document.problems.append(Problem(document.name, line, message))
    return document


def _explain(text: str, error: yaml.MarkedYAMLError) -> str:
    """A syntax error in words that somebody who does not know YAML can act on."""
    mark = error.problem_mark or error.context_mark
    line = "".join(text.splitlines()[mark.line : mark.line + 1]) if mark else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return "a tab at the start of the line (indent with spaces)"
    if "maximum nesting depth" in str(error):  # PyYAML 6.0.4 and later
        return _DEEP
    if "expected a single document" in str(error):
        return "a second document starts here (remove the '---' line or use another file)"
    hint = "check the indentation, and put text that holds ': ' or starts with a symbol in quotes"
    return f"YAML cannot be read here: {error.problem or error.context} ({hint})"


class _Reader:
    """Turns yaml nodes into plain data and notes lines and faults on the way."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.seen: set[int] = set()

    def value(self, node: yaml.Node, path: Path) -> object:
        line = node.start_mark.line + 1
        self.document.lines.setdefault(path, line)
        if id(node) in self.seen:
            _fault(self.document, line, "an anchor is used again (write the text out instead)")
            return None
        self.seen.add(id(node))
        if len(path) > MAX_DEPTH:
            _fault(self.document, line, _DEEP)
            return None
        if isinstance(node, yaml.MappingNode) and node.tag == _TAG + "map":
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode) and node.tag == _TAG + "seq":
            return [self.value(item, (*path, i)) for i, item in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode) and node.tag.startswith(_TAG):
            return self.scalar(node)
        _fault(self.document, line, f"a tag, '{node.tag}' (remove it; only plain text is read)")
        return None

    def mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, object]:
        data: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                _fault(self.document, line, "a key must be plain text")
                continue
            key = str(key_node.value)
            if key in data:
                _fault(self.document, line, f"'{key}' is written twice here (keep one)")
                continue
            self.document.lines[*path, key] = line
            data[key] = self.value(value_node, (*path, key))
        return data

    def scalar(self, node: yaml.ScalarNode) -> object:
        text = str(node.value)
        match node.tag.removeprefix(_TAG):
            case "bool":
                return text.lower() in ("yes", "true", "on", "y")
            case "null":
                return None
            case "int" | "float":
                return _number(text)
            case "str" | "timestamp":
                return text
            case other:
                line = node.start_mark.line + 1
                _fault(self.document, line, f"'{text}' is read as {other} (put it in quotes)")
                return text


def _number(text: str) -> float | str:
    """The number, or the text where YAML's idea of a number is not a plain one (0x1F, 12:30)."""
    try:
        return int(text) if text.lstrip("+-").isdigit() else float(text)
    except ValueError:
        return text
