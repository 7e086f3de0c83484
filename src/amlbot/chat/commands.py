"""A conversation at one keyboard and its commands: one registry runs, lists and completes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeAlias

from .. import saving
from ..conversation.dialogue import State
from ..conversation.speaking import Speaker
from ..model import Intent
from ..record import Record, replace
from ..reply import Choice, Outcome, Reply
from ..text import words
from . import transcript

if TYPE_CHECKING:
    from ..bot import Bot

PAGE = 20
"""Questions of a topic that are listed at a time: a short window still shows the first ones."""
MAX_FOUND = 9
MIN_FOUND = 0.02
"""Least chance of a question that a search lists."""
DEFAULT_FILE = "amlbot-notes.html"

_CALLED = re.compile(r"/(\S*)(.*)", re.DOTALL)
_PAGED = re.compile(r"(.+) (\d{1,3})", re.ASCII)
_LABELLED = re.compile(r"\s*(\w+)\s*:\s*(.*)", re.DOTALL)


def _nothing() -> None:
    pass


@dataclass
class Session:
    """What one person said and was told, where that leads, and what is kept for the doctor."""

    bot: Bot
    speaker: Speaker
    """For the program's own words; its region is the person's."""
    forget: Callable[[], None] = _nothing
    """Empties what the keyboard remembers and what the screen shows."""
    today: Callable[[], date] = date.today
    state: State = field(default_factory=State)
    """What the conversation has come to; its choices are the one list that a number picks from."""
    exchanges: list[transcript.Exchange] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    """Questions for the doctor."""
    saved: Sequence[str] = ()
    """Those that stand in a file."""
    over: bool = False
    """Whether the last line was to leave."""
    _lines: Mapping[Choice, str] = field(default_factory=dict)
    """What picking a choice sends that no answer belongs to, such as a topic."""

    def send(self, line: str) -> list[Reply]:
        """The replies to one line: a command, or a message for the bot.

        What is given to a command is searched for danger signs like every other message; so is
        all of a line that no command goes by, such as "/chest pain".
        """
        if self._lines and (picked := self.bot.picked(line, self.state)):
            line = self._lines.get(picked, line)
        command, argument = self._read(line)
        self.over = False
        if command is None:
            return [self.ask(line)]
        return [*self._alarmed(argument), command.run(self, argument)]

    def ask(self, message: str) -> Reply:
        """What the bot says to ``message`` after all that was said."""
        return self._goes_on(message, *self.bot.turn(message, self.state))

    def move(self, name: str) -> Reply:
        """What the bot says to a move, which is a command of the same name."""
        return self._goes_on(f"/{name}", *self.bot.move(name, self.state))

    def _goes_on(self, typed: str, reply: Reply, state: State) -> Reply:
        reply, self.state = self.bot.filled(reply, self.speaker.region), state
        self.exchanges.append(transcript.Exchange(typed, reply))
        return reply

    def _alarmed(self, text: str) -> list[Reply]:
        """What is to be read first if ``text`` tells of a danger: the alarm, or its line."""
        alarm = self.bot.danger(text)
        if alarm is None:
            return []
        if alarm.urgent:
            return [self.bot.ask(text, (), self.speaker.region)]
        return [self.bot.filled(Reply(Outcome.CHAT, alarm.reply), self.speaker.region)]

    @property
    def last_question(self) -> transcript.Exchange | None:
        """The last message that was more than small talk."""
        asked = (e for e in reversed(self.exchanges) if e.reply.outcome is not Outcome.CHAT)
        return next(asked, None)

    @property
    def unsaved(self) -> bool:
        """Whether leaving now loses a question for the doctor."""
        return not set(self.kept).issubset(self.saved)

    def told(self, occasion: str, **values: str) -> Reply:
        """A reply of the program's own."""
        return Reply(Outcome.CHAT, self.speaker.tell(occasion, 0, **values))

    def offering(
        self, text: str, answers: Iterable[Intent], lines: Mapping[str, str] | None = None
    ) -> Reply:
        """A numbered list of ``answers``, then of titles each of which stands for a line."""
        self._lines = {Choice("", title): line for title, line in (lines or {}).items()}
        choices = (*(Choice(intent.id, intent.title) for intent in answers), *self._lines)
        self.state = replace(self.state, choices=choices, picked_from=(), asked=True)
        return Reply(Outcome.CLARIFY, text, choices=choices)

    def _read(self, line: str) -> tuple[Command | None, str]:
        """The command that a line is, and what it is given: "/save x", "save: x", "keep"."""
        line = line.strip()
        phrases = _phrases(self.speaker)
        if phrase := phrases.get(words(line.removeprefix("/"))):
            line = f"/{phrase}"
        said = _CALLED.fullmatch(line) or _LABELLED.fullmatch(line)
        if not said:
            return None, ""
        name, argument = said[1].lower() or "help", said[2].strip()
        stands_for, *_ = phrases.get(words(name), name).split(" ")
        command = COMMANDS.get(name) or COMMANDS.get(stands_for)
        if line.startswith("/"):
            unknown = Command(said[1], _unknown(said[1])), line.removeprefix("/")
            return (command, argument) if command else unknown
        return (command, argument) if command and command.argument else (None, "")


Run: TypeAlias = Callable[[Session, str], Reply]


class Command(Record):
    """One command. What it does is written under ``command-NAME`` in the replies."""

    name: str
    run: Run
    argument: str = ""
    """What it is given, as shown in the help; in brackets if it may be left out."""
    options: Callable[[Session], Iterable[str]] = lambda session: ()
    """Arguments that Tab completes."""

    @property
    def usage(self) -> str:
        return f"/{self.name} {self.argument}".rstrip()


def _phrases(speaker: Speaker) -> dict[tuple[str, ...], str]:
    """Words that stand for a command, from the replies named ``typed-COMMAND``."""
    found: dict[tuple[str, ...], str] = {}
    for name, variants in speaker.occasions("typed-").items():
        found |= dict.fromkeys(map(words, variants), name.replace("-", " "))
    return found


def _moves(name: str) -> Command:
    """A command for what small talk does: there is one conversation, not two."""
    return Command(name, lambda session, argument: session.move(name))


def _topics(session: Session, argument: str) -> Reply:
    lines = {topic: f"/topic {topic}" for topic in session.bot.kb.topics}
    return session.offering(session.speaker.tell("topics"), (), lines)


def _topic(session: Session, argument: str) -> Reply:
    """A page of the questions of a topic; its last choice is the next page."""
    topics = session.bot.kb.topics
    whole = words(argument) in map(words, topics)  # "COVID 19" is no page of "COVID"
    paged = None if whole else _PAGED.fullmatch(argument)
    name, page = paged.groups() if paged else (argument, "")
    topic = _nearest(name, topics)
    if topic is None:
        return _topics(session, "")
    every = [intent for intent in session.bot.kb.answers if intent.topic == topic]
    number = max(1, int(page or 1))
    end = number * PAGE
    left, following = len(every) - end, f"/topic {topic} {number + 1}"
    lines = {session.speaker.tell("next-page", left=str(left)): following} if left > 0 else {}
    return session.offering(topic, every[end - PAGE : end], lines)


def _search(session: Session, argument: str) -> Reply:
    kb = session.bot.kb
    found = session.bot.matcher.search(argument, MAX_FOUND) if argument else []
    near = [kb.intents[c.intent] for c in found if c.score >= MIN_FOUND]
    if not near:
        return session.told("search-none" if argument else "search-what")
    return session.offering(session.speaker.tell("search", words=argument), near)


def _define(session: Session, argument: str) -> Reply:
    if not argument:
        return session.told("define-what")
    term = session.bot.glossary.define(argument)
    if term is None:
        return session.told("no-term", word=argument)
    meaning = f"{term.term}: {term.meaning}"
    return Reply(Outcome.CHAT, meaning, sources=session.bot.kb.cited(term.sources))


def _why(session: Session, argument: str) -> Reply:
    """How the last answer was found, in words."""
    last = session.last_question
    if last is None:
        return session.told("why-nothing")
    reasons = [_reason(session, part) for part in last.reply.each]
    heard = session.speaker.tell("why", typed=last.typed)
    return Reply(Outcome.CHAT, "\n\n".join([heard, *reasons]))


def _reason(session: Session, reply: Reply) -> str:
    say = session.speaker.tell
    if reply.outcome is Outcome.ANSWER and not reply.candidates:
        return say("why-picked", title=reply.title or "")
    reason = say(f"why-{reply.outcome}")
    nearest = [
        say("why-nearest", phrasing=c.phrasing, percent=f"{c.score * 100:.0f}")
        for c in reply.candidates
    ]
    return "\n".join([reason, *(f"- {text}" for text in nearest)])


def _questions(session: Session, argument: str) -> Reply:
    """Keep a question for the doctor ("this" is what was asked last), or show those kept."""
    new = [argument] if argument else []
    if argument.lower() == "this":
        if session.last_question is None:
            return session.told("keep-nothing")
        new = session.last_question.questions
    session.kept += (question for question in new if question not in session.kept)
    return _list(session)


def _drop(session: Session, argument: str) -> Reply:
    """Take a question off the list for the doctor: the one of these words, or the last."""
    dropped = _nearest(argument, session.kept) if argument else next(reversed(session.kept), None)
    if dropped is None:
        return session.told("drop-what", question=argument) if session.kept else _list(session)
    session.kept.remove(dropped)
    return _list(session)


def _list(session: Session) -> Reply:
    """The questions for the doctor."""
    if not session.kept:
        return session.told("questions-none")
    say = session.speaker.tell
    listed = "\n".join(f"- {question}" for question in session.kept)
    return Reply(Outcome.CHAT, f"{say('questions')}\n\n{listed}\n\n{say('questions-how')}")


def _save(session: Session, argument: str) -> Reply:
    if not session.exchanges and not session.kept:
        return session.told("save-nothing")
    path = saving.named(argument.strip("\"'"), DEFAULT_FILE)
    if not path.suffix:
        path = path.with_suffix(".html")
    if path.suffix.lower() not in transcript.FORMATS:
        return session.told("save-kind", kinds=", ".join(transcript.FORMATS))
    format = transcript.FORMATS[path.suffix.lower()]
    notes = transcript.Notes(session.today(), tuple(session.exchanges), tuple(session.kept))
    try:
        saving.create(path, format(notes, session.speaker.tell))
    except FileExistsError:
        return session.told("save-exists", file=str(path), free=saving.free(path).name)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return session.told("save-failed", file=str(path), reason=reason)
    session.saved = tuple(session.kept)
    return session.told("saved", file=str(path.resolve()))


def _region(session: Session, argument: str) -> Reply:
    regions = session.bot.kb.regions
    now = regions.get(session.speaker.region)
    if now is None:
        return session.told("no-regions")
    known = {r.name: id for id, r in regions.items()} | {id: id for id in regions}
    name = _nearest(argument, known) if argument else None
    if name is None:
        text = session.speaker.tell("region-which", name=now.name)
        lines = {region.name: f"/region {id}" for id, region in regions.items()}
        return session.offering(text, (), lines)
    now = regions[known[name]]
    session.speaker.region = known[name]
    return session.told("region", name=now.name, emergency=now.emergency)


def _forget(session: Session, argument: str) -> Reply:
    session.state = State()
    session.exchanges.clear()
    session.kept.clear()
    session.forget()
    return session.told("forgotten")


def _help(session: Session, argument: str) -> Reply:
    say = session.speaker.tell
    listed = [f"- {c.usage}: {say(f'command-{c.name}')}" for c in COMMANDS.values()]
    return Reply(Outcome.CHAT, "\n".join([say("commands"), "", *listed]))


def _quit(session: Session, argument: str) -> Reply:
    session.over = True
    return session.told("bye")


def _unknown(name: str) -> Run:
    def run(session: Session, argument: str) -> Reply:
        near = get_close_matches(name.lower(), COMMANDS, 1, cutoff=0.5)
        if near:
            return session.told("no-such-command-near", name=name, near=near[0])
        return session.told("no-such-command", name=name)

    return run


def _nearest(typed: str, names: Iterable[str]) -> str | None:
    """The name that was typed whole, in part, or nearly."""
    by_words = {" ".join(words(name)): name for name in names}
    wanted = " ".join(words(typed))
    if wanted in by_words or not wanted:
        return by_words.get(wanted)
    holding = [name for key, name in by_words.items() if wanted in key]
    near = get_close_matches(wanted, by_words, 1)
    return holding[0] if holding else by_words[near[0]] if near else None


COMMANDS = {
    command.name: command
    for command in (
        Command("topics", _topics),
        Command("topic", _topic, "NAME", lambda session: session.bot.kb.topics),
        Command("search", _search, "WORDS"),
        *map(_moves, ("more", "simple", "sources")),
        Command(
            "define",
            _define,
            "WORD",
            lambda session: (term.term for term in session.bot.kb.glossary.values()),
        ),
        Command("why", _why),
        Command("questions", _questions, "[QUESTION]"),
        Command("drop", _drop, "[QUESTION]", lambda session: session.kept),
        Command("save", _save, "[FILE]"),
        Command("region", _region, "[PLACE]", lambda session: session.bot.kb.regions),
        Command("forget", _forget),
        Command("help", _help),
        Command("quit", _quit),
    )
}
"""Every command, in the order of the help."""
