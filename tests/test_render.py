"""Replies as text: emphasis, links, figures, and what must never reach a terminal."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from amlbot import Bot, load
from amlbot.model import Bar, Figure, Source
from amlbot.prose import key_sentence
from amlbot.record import values
from amlbot.rendering.figures import as_lines
from amlbot.rendering.markdown import as_markdown
from amlbot.rendering.render import as_text
from amlbot.rendering.style import BLOCKS, LETTERS, PLAIN, Style, style_for
from amlbot.reply import Choice, Outcome, Reply, Say
from amlbot.web.markup import as_html
from contrast import contrast
from test_repl import KNOWLEDGE

BOLD = Style(bold="<b>", off="</b>")


@pytest.fixture(scope="module")
def say() -> Bot:
    return Bot(load(KNOWLEDGE))


class TestStyle:
    """One place decides what a terminal can show."""

    def terminal(self, encoding: str = "utf-8", **environ: str) -> Style:
        return style_for(environ, tty=True, encoding=encoding, plain=False)

    def test_nothing_goes_into_a_file_but_words(self) -> None:
        assert style_for({}, tty=False, encoding="utf-8", plain=False) == PLAIN
        assert style_for({}, tty=True, encoding="utf-8", plain=True) == PLAIN

    def test_no_color_keeps_bold(self) -> None:
        style = self.terminal(NO_COLOR="1")
        assert (style.bold, style.accent, style.alarm) == ("\x1b[1m", "", "\x1b[1;7m")
        assert style.accented("x") == "x"

    def test_an_empty_no_color_is_none(self) -> None:
        assert self.terminal(NO_COLOR="").accent

    @pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1", "no-such-code"])
    def test_letters_where_blocks_cannot_be_written(self, encoding: str) -> None:
        assert self.terminal(encoding).marks == LETTERS
        assert "".join(values(LETTERS)).isascii()

    def test_blocks_where_they_can(self) -> None:
        assert self.terminal("utf-8").marks == BLOCKS
        assert self.terminal("cp437").marks != BLOCKS  # has the blocks, lacks the dots

    @pytest.mark.parametrize(
        ("environ", "links"),
        [
            ({}, False),
            ({"TERM_PROGRAM": "iTerm.app"}, True),
            ({"TERM_PROGRAM": "Apple_Terminal"}, False),
            ({"VTE_VERSION": "7200"}, True),
            ({"VTE_VERSION": "4000"}, False),
            ({"VTE_VERSION": "odd"}, False),
            ({"TERM": "xterm-kitty"}, True),
            ({"WT_SESSION": "1"}, True),
            ({"WT_SESSION": "1", "TMUX": "1"}, False),
            ({"TMUX": "1", "FORCE_HYPERLINK": "1"}, True),
            ({"TERM": "xterm-kitty", "FORCE_HYPERLINK": "0"}, False),
        ],
    )
    def test_links_only_where_they_are_known_to_work(
        self, environ: dict[str, str], links: bool
    ) -> None:
        assert self.terminal(**environ).links is links

    @pytest.mark.parametrize("background", ["#000000", "#ffffff", "#fdf6e3", "#1e1e1e"])
    def test_the_one_color_can_be_read_on_light_and_dark(self, background: str) -> None:
        """WCAG asks for 3:1 of large text and signs; xterm's magenta is #cd00cd."""
        assert self.terminal().accent == "\x1b[35m"
        assert contrast("#cd00cd", background) >= 3


class TestKeySentence:
    @pytest.mark.parametrize(
        ("text", "key"),
        [
            ("Yes. It is.", "Yes."),
            ("One sentence", "One sentence"),
            ("About 2.5 of 100. More.", "About 2.5 of 100."),
            ("Ask Dr. Lee first. Then go.", "Ask Dr. Lee first."),
            ("St. John's wort, vs. Mrs. Lee's. So.", "St. John's wort, vs. Mrs. Lee's."),
            ("Is it plan B? It is.", "Is it plan B?"),
            ("Drugs, e.g. this one. More.", "Drugs, e.g. this one."),
            ('Say: "It is sepsis." Then wait.', 'Say: "It is sepsis."'),
            ("First\nline. Second.\n\nThird.", "First line."),
            ("", ""),
        ],
    )
    def test_ends_where_a_sentence_ends(self, text: str, key: str) -> None:
        assert key_sentence(text) == key

    @pytest.mark.parametrize("width", [12, 21, 30, 80, 300])
    def test_is_strong_however_it_is_wrapped(self, say: Bot, width: int) -> None:
        reply = Reply(Outcome.ANSWER, "This is the well-worn **key** sentence of all. This is not.")
        strong = re.findall("<b>(.*?)</b>", as_text(reply, say.say, width, BOLD))
        assert " ".join(strong).replace("- ", "-") == "This is the well-worn key sentence of all."

    def test_small_talk_has_none(self, say: Bot) -> None:
        assert as_text(Reply(Outcome.CHAT, "Hello. You."), say.say, 80, BOLD) == "Hello. You."

    def test_is_the_answers_not_the_leads(self, say: Bot) -> None:
        reply = Reply(
            Outcome.ANSWER, "I take it so.\n\nKey. More.", title="T?", lead="I take it so."
        )
        assert as_text(reply, say.say, 80, BOLD) == "I take it so.\n\nT?\n\n<b>Key.</b> More."


class TestFigures:
    ONE = Figure("Share", (Bar("Has it", 33),), note="Not you.")
    DRAWN = Style(marks=LETTERS)

    def lines(self, say: Bot, figure: Figure, columns: int, style: Style = DRAWN) -> list[str]:
        return list(as_lines(figure, say.say, columns, style))

    @pytest.mark.parametrize("count", [0, 1, 33, 50, 99, 100, 12.4])
    @pytest.mark.parametrize("columns", [11, 22, 29, 76])
    def test_a_field_has_a_hundred_dots(self, say: Bot, count: float, columns: int) -> None:
        figure = replace(self.ONE, bars=(Bar("Has it", count),))
        field = "".join(row for row in self.lines(say, figure, columns) if set(row) <= set("o. "))
        assert field.count("o") == round(count)
        assert field.count("o") + field.count(".") == 100

    def test_bars_share_one_scale(self, say: Bot) -> None:
        figure = Figure("Three", (Bar("A", 72), Bar("B", 33), Bar("C", 17)))
        bars = [x.strip() for x in self.lines(say, figure, 76) if "#" in x]
        assert [bar.count("#") for bar in bars] == [36, 16, 8]
        assert {len(bar) for bar in bars} == {50}

    def test_numbers_are_always_in_words_too(self, say: Bot) -> None:
        for style in (self.DRAWN, PLAIN):
            shown = "\n".join(self.lines(say, self.ONE, 76, style))
            assert "Has it: 33 of 100 people" in shown
            assert shown.endswith("Not you.")

    def test_the_plain_one_is_not_drawn(self, say: Bot) -> None:
        assert self.lines(say, self.ONE, 76, PLAIN) == [
            "Share",
            "- Has it: 33 of 100 people",
            "Not you.",
        ]

    def test_no_line_is_wider_than_asked(self, say: Bot) -> None:
        figure = Figure("A long title " * 9, (Bar("A long label " * 9, 5),), note="word " * 40)
        for columns in (11, 22, 29, 76):
            assert max(map(len, self.lines(say, figure, columns))) <= columns


class TestSources:
    SOURCE = Source("s", "A title", "A house", "https://example.org/a b", "2025")

    def shown(self, say: Bot, source: Source, style: Style = PLAIN, chat: bool = False) -> str:
        reply = Reply(Outcome.ANSWER, "Yes.", sources=(source,))
        return as_text(reply, say.say, 80, style, chat=chat)

    def test_have_their_address_below(self, say: Bot) -> None:
        assert "1. A title. A house, 2025\n   https://example.org/a b" in self.shown(
            say, self.SOURCE
        )

    def test_a_title_that_asks_needs_no_full_stop(self, say: Bot) -> None:
        assert "1. What is new? A house, 2025" in self.shown(
            say, replace(self.SOURCE, title="What is new?")
        )

    def test_are_links_where_links_work(self, say: Bot) -> None:
        shown = self.shown(say, self.SOURCE, Style(links=True))
        link = "\x1b]8;;https://example.org/a%20b\x1b\\1. A title. A house, 2025\x1b]8;;\x1b\\"
        assert link in shown

    @pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", ""])
    def test_only_web_addresses_are_links(self, say: Bot, url: str) -> None:
        assert "\x1b" not in self.shown(say, replace(self.SOURCE, url=url), Style(links=True))

    def test_take_one_line_each_in_a_chat(self, say: Bot) -> None:
        long = replace(self.SOURCE, title="A title that goes on " * 5)
        shown = self.shown(say, long, chat=True)
        assert shown.endswith("…")
        assert len(shown.split("\n")) == 4
        assert "https" not in shown

    def test_a_chat_lists_the_first_few(self, say: Bot) -> None:
        sources = tuple(Source(str(i), f"Title {i}") for i in range(5))
        reply = Reply(Outcome.ANSWER, "Yes.", sources=sources)
        shown = as_text(reply, say.say, 80, chat=True)
        assert shown.endswith(
            '3. Title 2\nAnd 2 more. Type "sources" for all of them, with their addresses.'
        )
        asked = as_text(replace(reply, outcome=Outcome.CHAT), say.say, 80, chat=True)
        assert asked.endswith("5. Title 4")


class TestSeveralQuestions:
    def test_each_has_its_title_and_its_key_sentence(self, say: Bot) -> None:
        parts = tuple(Reply(Outcome.ANSWER, f"Key {n}. More.", title=f"Title {n}?") for n in "ab")
        reply = Reply(
            Outcome.ANSWER, "all of it", parts=parts, choices=(Choice("x", "Next?"),), more=True
        )
        assert as_text(reply, say.say, 80, BOLD, chat=True) == (
            "Title a?\n\n<b>Key a.</b> More.\n\nTitle b?\n\n<b>Key b.</b> More.\n\n"
            'There is a longer answer. Type "more".\n\nYou can also ask\n1. Next?'
        )


HOSTILE = "a\x1b[2Jb\x07c\x9bd\u202ee\u200bf\r"


def test_nothing_from_outside_reaches_the_terminal_unfiltered(say: Bot) -> None:
    figure = Figure(HOSTILE, (Bar(HOSTILE, 5),), note=HOSTILE)
    reply = Reply(
        Outcome.ANSWER,
        HOSTILE,
        title=HOSTILE,
        sources=(Source("s", HOSTILE, HOSTILE, f"https://x/{HOSTILE}", HOSTILE),),
        choices=(Choice("x", HOSTILE),),
        figures=(figure,),
        reviewed=HOSTILE,
    )
    for style in (PLAIN, Style(links=True, marks=BLOCKS)):
        shown = re.sub(r"\x1b\]8;;[^\x1b]*\x1b\\", "", as_text(reply, say.say, 80, style))
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u200b]", shown)


@pytest.mark.parametrize("width", [0, 1, 13, 16, 20, 22, 30, 80, 300])
@pytest.mark.parametrize("message", ["what is idh1", "i cant breathe", "study results", "weather"])
def test_no_line_is_wider_than_the_window_or_than_is_easy_to_read(
    say: Bot, message: str, width: int
) -> None:
    shown = as_text(say.ask(message), say.say, width, Style(marks=BLOCKS), chat=True)
    assert max(map(len, shown.split("\n"))) <= max(11, min(width - 1, 76))


@pytest.mark.parametrize("width", [16, 20, 22])
def test_a_narrow_window_cuts_no_word(say: Bot, width: int) -> None:
    said = "Remission lasts, and the low-intensity plan of chemotherapy goes on."
    rows = as_text(Reply(Outcome.CHAT, said), say.say, width).split("\n")
    assert set(" ".join(rows).split()) <= {*said.split(), "low-", "intensity"}
    assert max(map(len, rows)) < width


LISTED = "Ask, as on day\n29. Then:\n1. Who\ncounts?\n2. When?\n\nDone in\n3. Not this."


@pytest.mark.parametrize("render", [as_text, as_markdown])
def test_a_numbered_list_stays_one(say: Bot, render: Callable[[Reply, Say], str]) -> None:
    shown = render(Reply(Outcome.CHAT, LISTED), say.say)
    assert shown == "Ask, as on day 29. Then:\n1. Who counts?\n2. When?\n\nDone in 3. Not this."


def test_a_numbered_list_is_one_on_the_page() -> None:
    page = as_html(LISTED)
    assert "<ol><li>Who counts?</li><li>When?</li></ol>" in page
    assert "<p>Ask, as on day 29. Then:</p>" in page
    assert as_html("2. Two\n\n3. b").startswith('<ol start="2"><li>Two</li></ol>')


@pytest.mark.parametrize("message", ["i cant breathe", "i have a fever", "i want to die"])
def test_an_alarm_needs_no_color(say: Bot, message: str) -> None:
    reply = say.ask(message)
    drawn = as_text(reply, say.say, 80, Style(marks=LETTERS)).split("\n")
    assert drawn[0] == drawn[2] == drawn[-1] == "=" * 76
    assert drawn[1].isupper()
    heading = as_text(reply, say.say).split("\n")[0]
    assert heading.isupper()
    assert drawn[1].strip() == heading
