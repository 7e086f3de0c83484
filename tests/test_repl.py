"""The chat on a terminal, driven through prompt_toolkit's own pipe."""

from __future__ import annotations

import io
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from amlbot.bot import Bot
from amlbot.chat.prompting import Prompt
from amlbot.chat.recall import Recall
from amlbot.chat.repl import Manner, run
from amlbot.cli import main, open_bot
from amlbot.conversation.speaking import Speaker
from amlbot.errors import KnowledgeError
from amlbot.reply import Reply

KNOWLEDGE = Path(__file__).parent / "terminal" / "knowledge.yaml"
UP, CTRL_C, CTRL_D, CTRL_R, TAB, ENTER, ESCAPE = (
    "\x1b[A",
    "\x03",
    "\x04",
    "\x12",
    "\t",
    "\r",
    "\x1b",
)
PASTE, END_OF_PASTE = "\x1b[200~", "\x1b[201~"


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[PipeInput]:
    monkeypatch.setattr("amlbot.chat.repl.on_terminal", lambda: True)
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        yield pipe


@pytest.fixture
def chat(
    keys: PipeInput,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Callable[..., tuple[int, str]]:
    """Type some keys; the exit status and what was shown. After "|" a new prompt is waited for."""
    monkeypatch.chdir(tmp_path)

    def type_in(text: str, *args: str, **environ: str) -> tuple[int, str]:
        waiting = iter(text.split("|"))
        read = Prompt.read

        def typed(prompt: Prompt) -> str | None:
            keys.send_text(next(waiting, ""))
            return read(prompt)

        monkeypatch.setattr(Prompt, "read", typed)
        status = main(["--knowledge", str(KNOWLEDGE), *args], environ=environ)
        return status, capsys.readouterr().out

    return type_in


Chat = Callable[..., tuple[int, str]]


class TestLeaving:
    @pytest.mark.parametrize(
        "word", ["quit", "exit", "bye", "q", ":q", "/quit", "/exit", " QUIT ", "quit.", "/q"]
    )
    def test_words_that_leave(self, chat: Chat, word: str) -> None:
        status, out = chat(f"what is idh1{ENTER}{word}{ENTER}")
        assert status == 0
        assert "IDH1 is a gene" in out
        assert out.rstrip().endswith(
            "Take care. Your care team is there for anything that worries you."
        )

    def test_ctrl_d_leaves(self, chat: Chat) -> None:
        assert chat(CTRL_D)[0] == 0

    def test_ctrl_d_on_a_line_with_words_does_not(self, chat: Chat) -> None:
        status, out = chat(f"what is idh2{CTRL_D}{ENTER}{CTRL_D}")
        assert (status, "IDH2 is another gene." in out) == (0, True)

    def test_ctrl_c_clears_the_line_and_says_how_to_leave(self, chat: Chat) -> None:
        status, out = chat(f"half a quest{CTRL_C}what is idh2{ENTER}quit{ENTER}")
        assert status == 0
        assert "To leave, type quit" in out
        assert "IDH2 is another gene." in out

    def test_ctrl_c_again_on_an_empty_line_leaves(self, chat: Chat) -> None:
        status, out = chat(f"half a quest{CTRL_C}{CTRL_C}")
        assert (status, out.count("type quit and press Enter")) == (130, 2)  # banner and hint

    def test_ctrl_c_twice_on_an_empty_line_leaves(self, chat: Chat) -> None:
        status, out = chat(f"{CTRL_C}{CTRL_C}")
        assert (status, "Take care." in out) == (130, True)

    @pytest.mark.parametrize(("leave", "status"), [(CTRL_C, 130), (CTRL_D, 0), (f"quit{ENTER}", 0)])
    def test_who_would_lose_a_list_is_asked_once(self, chat: Chat, leave: str, status: int) -> None:
        left, out = chat(f"/questions May I fly?{ENTER}{leave}{ENTER}{leave}")
        assert (left, out.count("Your list for the doctor is not saved.")) == (status, 1)

    def test_staying_after_that_is_asked_anew(self, chat: Chat) -> None:
        once = f"quit{ENTER}what is idh1{ENTER}"
        _, out = chat(f"/questions May I fly?{ENTER}{once}{once}quit{ENTER}quit{ENTER}")
        assert out.count("Your list for the doctor is not saved.") == 3

    @pytest.mark.parametrize("done", ["save notes", "/forget", "/drop"])
    def test_a_list_that_is_not_lost_is_not_asked_about(self, chat: Chat, done: str) -> None:
        _, out = chat(f"/questions May I fly?{ENTER}/{done.lstrip('/')}{ENTER}quit{ENTER}")
        assert "is not saved" not in out

    def test_ctrl_c_on_words_never_leaves(self, chat: Chat) -> None:
        assert chat(f"one{CTRL_C}two{CTRL_C}three{CTRL_C}{CTRL_D}")[0] == 0

    def test_a_question_between_two_ctrl_c_starts_afresh(self, chat: Chat) -> None:
        assert chat(f"{CTRL_C}what is idh1{ENTER}{CTRL_C}{CTRL_D}")[0] == 0


class TestTyping:
    @pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
    def test_a_pasted_text_is_one_message(self, chat: Chat, end: str) -> None:
        pasted = f"{PASTE}what is{end}{end} idh1{end}{END_OF_PASTE}"
        _, out = chat(f"{pasted}{ENTER}/why{ENTER}quit{ENTER}")
        assert out.count("IDH1 is a gene") == 1
        assert "You typed: what is idh1" in out

    def test_a_pasted_text_keeps_its_lines_and_takes_one_in_the_file(
        self, keys: PipeInput, tmp_path: Path
    ) -> None:
        recall = Recall(str(tmp_path / "kept"))
        prompt = Prompt("", lambda line: [], recall)
        keys.send_text(f"{PASTE}what is\tidh1\r\r\nhow  common\n{END_OF_PASTE}{ENTER}")
        message = prompt.read()
        assert message == "what is idh1\nhow common"
        recall.add(message)
        keys.send_text(f"{UP}{ENTER}")
        assert prompt.read() == message
        assert Recall(recall.path).lines == ["what is idh1 how common"]

    def test_up_brings_back_the_last_line(self, chat: Chat) -> None:
        _, out = chat(f"what is idh2{ENTER}|{UP}{ENTER}|quit{ENTER}")
        assert out.count("IDH2 is another gene.") == 2

    def test_ctrl_r_finds_an_earlier_line(self, chat: Chat) -> None:
        _, out = chat(
            f"what is idh2{ENTER}|cases by age{ENTER}|{CTRL_R}idh{ENTER}{ENTER}|quit{ENTER}"
        )
        assert out.count("IDH2 is another gene.") == 2

    def test_a_digit_picks(self, chat: Chat) -> None:
        assert "IDH2 is another gene." in chat(f"what is idh1{ENTER}1{ENTER}quit{ENTER}")[1]

    def test_an_empty_line_is_passed_over(self, chat: Chat) -> None:
        assert chat(f"{ENTER}  {ENTER}quit{ENTER}")[1].count("\n") == 7  # banner and goodbye


class TestCompletion:
    """Keys after Tab are sent once the menu is there."""

    @pytest.fixture
    def typed(self, keys: PipeInput) -> Callable[..., str | None]:
        def read(
            first: str,
            then: str,
            complete: Callable[[str], list[str]] = lambda line: [f"{line}!", "b"],
        ) -> str | None:
            prompt = Prompt("", complete, Recall())
            sent = iter([then])

            def once_open(_: object) -> None:
                if buffer.complete_state and buffer.complete_state.completions:
                    keys.send_text(next(sent, ""))

            buffer = prompt.session.default_buffer
            buffer.on_completions_changed += once_open
            keys.send_text(first)
            return prompt.read()

        return read

    def test_enter_in_an_open_menu_takes_the_first_and_does_not_send(
        self, typed: Callable[..., str | None]
    ) -> None:
        assert typed(f"a{TAB}", f"{ENTER} more{ENTER}") == "a! more"

    def test_tab_again_goes_down(self, typed: Callable[..., str | None]) -> None:
        assert typed(f"a{TAB}", f"{TAB}{TAB}{ENTER}{ENTER}") == "b"

    def test_escape_goes_back_to_what_was_typed(self, typed: Callable[..., str | None]) -> None:
        assert typed(f"a{TAB}", f"{TAB}{ESCAPE}{ENTER}") == "a"

    def test_typing_alone_opens_nothing(self, keys: PipeInput) -> None:
        asked = []
        prompt = Prompt("", lambda line: asked.append(line) or [], Recall())  # type: ignore[func-returns-value]
        keys.send_text(f"what is idh1{ENTER}")
        assert (prompt.read(), asked) == ("what is idh1", [])

    def test_the_chat_offers_its_questions(
        self, keys: PipeInput, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        offered: list[str] = []

        def look(prompt: Prompt) -> None:
            assert prompt.session.completer
            found = prompt.session.completer.get_completions(
                Document("what is id"), CompleteEvent()
            )
            offered.extend(completion.text for completion in found)

        monkeypatch.setattr(Prompt, "read", look)
        assert main(["--knowledge", str(KNOWLEDGE)], environ={}) == 0
        assert "What is IDH2?" in offered

    def test_a_fault_in_it_offers_nothing(self, keys: PipeInput) -> None:
        def broken(line: str) -> list[str]:
            raise RuntimeError(line)

        keys.send_text(f"what{TAB} is idh1{ENTER}")
        assert Prompt("", broken, Recall()).read() == "what is idh1"


class TestFaults:
    def test_a_reply_that_cannot_be_drawn_is_said(
        self, chat: Chat, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: object, **__: object) -> str:
            raise ValueError

        monkeypatch.setattr("amlbot.rendering.render.as_text", broken)
        status, out = chat(f"what is idh2{ENTER}quit{ENTER}")
        assert (status, "\nIDH2 is another gene.\n" in out) == (0, True)

    def test_a_fault_of_ours_does_not_end_the_chat(
        self, chat: Chat, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: object) -> Reply:
            raise ZeroDivisionError

        monkeypatch.setattr(Bot, "turn", broken)
        status, out = chat(f"what is idh2{ENTER}quit{ENTER}")
        assert status == 0
        assert "Something went wrong inside amlbot" in out
        assert "call 911" in out

    def test_a_console_that_cannot_be_driven_gets_plain_lines(
        self, chat: Chat, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: object) -> None:
            raise OSError("no console screen buffer")

        monkeypatch.setattr("amlbot.chat.prompting.Prompt", broken)
        monkeypatch.setattr("sys.stdin", io.StringIO("what is idh2\n"))
        status, out = chat("")
        assert status == 0
        assert "You: \namlbot:\nWhat is IDH2?" in out

    def test_a_history_file_that_cannot_be_used_is_said(self, chat: Chat, tmp_path: Path) -> None:
        status, out = chat(f"quit{ENTER}", "--history", str(tmp_path))
        assert status == 0
        assert f"{tmp_path} cannot be used" in " ".join(out.split())
        assert "Nothing saved" in out

    def test_knowledge_that_cannot_be_opened_ends_it_in_words(
        self, keys: PipeInput, bot: Bot
    ) -> None:
        def broken() -> Bot:
            raise KnowledgeError([])

        keys.send_text(f"what is idh1{ENTER}")
        with pytest.raises(KnowledgeError):
            run(broken, Speaker(bot.kb), Manner(), {})


class TestPrivacy:
    def test_nothing_is_written_unless_asked(self, chat: Chat, tmp_path: Path) -> None:
        chat(f"what is idh1{ENTER}keep{ENTER}/region uk{ENTER}quit{ENTER}quit{ENTER}")
        assert list(tmp_path.rglob("*")) == []
        assert list(Path(os.environ["HOME"]).rglob("*")) == []

    def test_the_banner_says_so(self, chat: Chat) -> None:
        assert "Nothing saved, nothing sent." in chat(CTRL_D)[1]

    def test_history_is_kept_in_a_file_of_its_own(self, chat: Chat, tmp_path: Path) -> None:
        kept = tmp_path / "kept"
        _, out = chat(f"what is idh2{ENTER}quit{ENTER}", "--history", str(kept))
        assert f"Your questions are kept in {kept}.".replace(" ", "") in "".join(out.split())
        assert "Nothing saved" not in out
        assert kept.read_text(encoding="utf-8") == "what is idh2\nquit\n"
        if sys.platform != "win32":
            assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        _, out = chat(f"{UP}{UP}{ENTER}|/forget{ENTER}{CTRL_D}", "--history", str(kept))
        assert "IDH2 is another gene." in out
        assert kept.read_text(encoding="utf-8") == ""

    def test_a_history_is_told_below_a_banner_of_one_line(
        self, keys: PipeInput, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        own = tmp_path / "own.yaml"
        intent = "{id: a, questions: [What is a thing?], answer: A thing.}"
        own.write_text(f"replies: {{banner: Hello.}}\nintents: [{intent}]", encoding="utf-8")
        keys.send_text(CTRL_D)
        status = main(["--knowledge", str(own), "--history", str(tmp_path / "kept")], environ={})
        assert (status, "Your questions are kept in" in capsys.readouterr().out) == (0, True)

    def test_forget_empties_the_memory_and_the_screen(self, chat: Chat) -> None:
        _, out = chat(f"what is idh2{ENTER}|/forget{ENTER}|{UP}{ENTER}/why{ENTER}quit{ENTER}")
        assert out.count("IDH2 is another gene.") == 1
        assert "Ask me something first." in out
        assert "\x1b[H\x1b[2J\x1b[3J" in out


class TestPlain:
    """For a screen reader: no prompt_toolkit, roles as words, nothing drawn."""

    @pytest.mark.parametrize(
        ("args", "environ"),
        [
            (["--plain"], {}),
            (["--screen-reader"], {}),
            ([], {"ACCESSIBLE": "1"}),
            ([], {"TERM": "dumb"}),
        ],
    )
    def test_ways_to_ask_for_it(
        self, chat: Chat, args: list[str], environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO("how common are idh1 mutations\n"))
        status, out = chat("", *args, **environ)
        assert status == 0
        assert "You: \namlbot:\nHow common are IDH1 mutations?" in out
        assert "- IDH1 mutation: 8 of 100 people" in out
        assert out.isascii()
        assert "\x1b" not in out

    def test_ctrl_c(self, chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupted(label: str) -> str:
            raise KeyboardInterrupt

        monkeypatch.setattr("builtins.input", interrupted)
        assert chat("", "--plain")[0] == 130

    def test_ctrl_c_on_words_never_leaves(
        self, chat: Chat, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        readline = pytest.importorskip("readline", reason="the console edits lines by itself")
        lines = iter(["", "half", "", ""])

        def interrupted(label: str) -> str:
            line = next(lines)
            monkeypatch.setattr(readline, "get_line_buffer", lambda: line)
            raise KeyboardInterrupt

        monkeypatch.setattr("builtins.input", interrupted)
        status, out = chat("", "--plain")
        assert (status, out.count("To leave, type quit"), list(lines)) == (130, 3, [""])

    def test_earlier_lines_come_back_until_they_are_forgotten(
        self, chat: Chat, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        readline = pytest.importorskip("readline", reason="the console edits lines by itself")
        readline.clear_history()
        kept = tmp_path / "kept"
        kept.write_text("what is idh1\nwhat is idh2\n", encoding="utf-8")
        earlier: list[list[str]] = []

        def typed(label: str) -> str:
            count = readline.get_current_history_length()
            earlier.append([readline.get_history_item(n + 1) for n in range(count)])
            return "/forget" if len(earlier) == 1 else "quit"

        monkeypatch.setattr("builtins.input", typed)
        assert chat("", "--plain", "--history", str(kept))[0] == 0
        assert earlier == [["what is idh1", "what is idh2"], []]


def test_waiting_for_the_knowledge_is_said(
    keys: PipeInput, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(args: SimpleNamespace) -> Bot:
        time.sleep(1)
        return open_bot(args)

    monkeypatch.setattr("amlbot.cli.open_bot", slowly)
    keys.send_text(f"what is idh1{ENTER}quit{ENTER}")
    assert main([], environ={}) == 0
    out = capsys.readouterr().out
    assert out.index("amlbot: written") < out.index("One moment") < out.index("IDH1")


def test_a_region_that_is_unknown_is_said_at_once(keys: PipeInput) -> None:
    assert main(["--region", "moon"], environ={}) == 2
