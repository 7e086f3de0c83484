"""The commands of the chat: one registry that runs, lists and completes them."""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from amlbot import Bot, KnowledgeBase, load
from amlbot.chat import transcript
from amlbot.chat.commands import COMMANDS, PAGE, Session
from amlbot.chat.completion import MAX_OFFERED, complete
from amlbot.conversation.speaking import Speaker
from amlbot.knowledge.disk import read
from amlbot.knowledge.yamlfile import Document
from amlbot.reply import Outcome, Reply
from test_repl import KNOWLEDGE


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    return load(KNOWLEDGE)


@pytest.fixture(scope="module")
def bot(kb: KnowledgeBase) -> Bot:
    return Bot(kb)


@pytest.fixture
def session(bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.chdir(tmp_path)
    return Session(bot, Speaker(bot.kb), today=lambda: date(2026, 11, 27))


@pytest.fixture
def say(session: Session) -> Callable[[str], str]:
    """Send a line; the text of the replies."""
    return lambda line: "\n".join(reply.text for reply in session.send(line))


Say = Callable[[str], str]


def test_help_lists_every_command_with_what_it_does(say: Say) -> None:
    lines = say("/help").split("\n")[2:]
    assert [line.split(":")[0] for line in lines] == [f"- {c.usage}" for c in COMMANDS.values()]
    assert all(line.split(": ")[1] for line in lines)


def test_every_way_in_words_leads_to_a_command(session: Session) -> None:
    for phrase in session.speaker.occasions("typed-"):
        assert phrase.split("-")[0] in COMMANDS


@pytest.mark.parametrize(
    ("short", "words"), [("/more", "tell me more"), ("/simple", "simpler"), ("/sources", "sources")]
)
def test_short_ways_do_what_the_words_do(session: Session, short: str, words: str) -> None:
    session.send("what is idh1")
    before = session.state
    by_command, after = session.send(short)[0], session.state
    session.state = before
    assert session.send(words)[0] == by_command
    assert session.state == after
    assert [e.typed for e in session.exchanges[1:]] == [short, words]


def test_short_ways_need_no_small_talk() -> None:
    intent = {"id": "a", "questions": ["What is a thing?"], "answer": "A thing.", "more": "Long."}
    kb = KnowledgeBase.from_dicts({"intents": [intent]})
    session = Session(Bot(kb), Speaker(kb))
    assert session.send("/more")[0].text.startswith("Type a question")
    session.send("what is a thing")
    assert session.send("/more")[0].text == "Long."


def test_short_ways_are_reminded_of_an_alarm(session: Session, say: Say) -> None:
    say("i cant breathe")
    assert say("/simple").startswith("What I said before still counts.")


@pytest.mark.parametrize("line", ["/search idh2", "search: idh2", "SEARCH : idh2", "/Search idh2"])
def test_ways_to_give_a_command_its_words(say: Say, line: str) -> None:
    assert say(line) == "Questions that come near to: idh2"


def test_a_question_with_a_colon_is_a_question(session: Session) -> None:
    session.send("my question: what is idh1")
    session.send("more: what is idh1")
    assert [e.typed[:4] for e in session.exchanges] == ["my q", "more"]


def test_topics_and_their_questions_are_picked_by_number(session: Session) -> None:
    [topics] = session.send("/topics")
    assert [c.title for c in topics.choices] == ["Genes", "Signs"]
    [genes] = session.send("1")
    assert genes.text == "Genes"
    [answer] = session.send("#2.")
    assert answer.intent == "idh2-what"


def test_a_number_after_an_answer_is_the_bots(session: Session) -> None:
    session.send("/topics")
    session.send("what is idh1")
    assert session.send("1")[0].intent == "idh2-what"


@pytest.mark.parametrize(
    "line", ["2", "number 2", "no. 2", "option 2", "#2", "2!", "the second one"]
)
def test_there_is_one_list_to_pick_from(line: str) -> None:
    talk = {
        "id": "second",
        "chat": True,
        "move": "second",
        "questions": ["the second one", "second"],
        "answer": "Ask first.",
    }
    documents = [*read(KNOWLEDGE), Document("talk", {"intents": [talk]})]
    kb = KnowledgeBase.from_documents(documents)
    bot = Bot(kb)
    session = Session(bot, Speaker(bot.kb))
    session.send("what is idh1")
    session.send("/topics")
    session.send("/help")  # shows no list of its own
    assert session.send(line)[0].text == "Signs"
    [found] = session.send("/search idh1 idh2")
    assert session.send(line)[0].intent == found.choices[1].intent
    session.send("/topics")
    session.send("what is idh1")
    assert session.send(line)[0].intent == "tired-why"


def test_a_number_that_is_not_there_leaves_the_list_open(session: Session, say: Say) -> None:
    session.send("/topics")
    assert "no number 9" in say("9")
    assert say("2") == "Signs"


def test_long_topics_come_in_pages() -> None:
    intents = [
        {"id": f"q{i}", "topic": "Long", "questions": [f"What is thing{i}?"], "answer": "A."}
        for i in range(PAGE * 2 + 5)
    ]
    bot = Bot(KnowledgeBase.from_dicts({"intents": intents}))
    session = Session(bot, Speaker(bot.kb))
    [first] = session.send("/topic long")
    assert (len(first.choices), first.choices[-1].title) == (PAGE + 1, "And 25 more")
    [second] = session.send(str(PAGE + 1))
    assert second.choices[0].title == f"What is thing{PAGE}?"
    [third] = session.send(str(PAGE + 1))
    assert len(third.choices) == 5


@pytest.mark.parametrize("name", ["signs", "SIGNS", "sig", "sgins"])
def test_a_topic_is_found_by_part_of_its_name_or_nearly(say: Say, name: str) -> None:
    assert say(f"/topic {name}") == "Signs"


@pytest.mark.parametrize("name", ["", "purple", "3", "Genes 99", "genes7", "genes ²", "Genes 1000"])
def test_no_such_topic_shows_what_there_is(session: Session, name: str) -> None:
    [reply] = session.send(f"/topic {name}")
    assert reply.choices or reply.text == "Genes"


@pytest.mark.parametrize("name", ["COVID 19", "covid 19", "covid19", "COVID 19 1"])
def test_a_topic_may_end_in_a_number(name: str) -> None:
    intent = {"id": "a", "topic": "COVID 19", "questions": ["What is it?"], "answer": "A virus."}
    bot = Bot(KnowledgeBase.from_dicts({"intents": [intent]}))
    [reply] = Session(bot, Speaker(bot.kb)).send(f"/topic {name}")
    assert (reply.text, [choice.title for choice in reply.choices]) == ("COVID 19", ["What is it?"])


def test_search_without_words_and_without_a_find(say: Say) -> None:
    assert say("/search").startswith("Type what to look for")
    assert say("/search weather").startswith("I find no question")


def test_define(session: Session, say: Say) -> None:
    [reply] = session.send("/define the blasts")
    assert reply.text == "blast: A young blood cell."
    assert [source.id for source in reply.sources] == ["book"]
    assert '"moonlight"' in say("/define moonlight")


class TestWhy:
    def test_an_answer(self, say: Say) -> None:
        say("what is idh1")
        why = say("/why")
        assert why.startswith("You typed: what is idh1")
        assert '- "What is IDH1?": about ' in why

    def test_a_pick(self, say: Say) -> None:
        say("what is idh1")
        say("1")
        assert 'You picked "What is IDH2?"' in say("why this answer")

    def test_an_alarm(self, say: Say) -> None:
        say("i cant breathe")
        assert "danger signs" in say("/why")

    def test_no_answer(self, say: Say) -> None:
        say("savage weather")
        assert "did not guess" in say("/why")

    def test_after_small_talk_it_is_still_about_the_answer(self, say: Say) -> None:
        say("what is idh1")
        say("simpler")
        assert say("/why").startswith("You typed: what is idh1")

    def test_nothing_yet(self, say: Say) -> None:
        assert say("/why").startswith("Ask me something first.")


class TestQuestionsForTheDoctor:
    def test_are_added_once_and_shown(self, session: Session, say: Say) -> None:
        say("/questions Can I fly?")
        say("questions: Can I fly?")
        say("What is idh1")
        assert "- Can I fly?\n- What is IDH1?\n" in say("keep this question")
        assert say("/questions") == say("my questions")
        assert session.kept == ["Can I fly?", "What is IDH1?"]

    @pytest.mark.parametrize("word", ["keep", "keep it", "keep both"])
    def test_each_of_several_in_one_message_is_kept(
        self, session: Session, say: Say, word: str
    ) -> None:
        say("what is idh1? what is idh2? savage weather?")
        say(word)
        assert session.kept == ["What is IDH1?", "What is IDH2?", "savage weather?"]

    def test_one_that_was_not_answered_is_kept_as_typed(self, session: Session, say: Say) -> None:
        say("savage weather")
        say("keep")
        assert session.kept == ["savage weather"]

    def test_small_talk_is_not_kept(self, session: Session, say: Say) -> None:
        say("simpler")
        assert say("keep").startswith("Ask something first.")
        assert session.kept == []

    @pytest.mark.parametrize(
        ("line", "left"),
        [
            ("/drop", ["Can I fly?", "Can I swim?"]),
            ("take that off my list", ["Can I fly?", "Can I swim?"]),
            ("/drop can i fly", ["Can I swim?", "Is it me?"]),
            ("drop: SWIM", ["Can I fly?", "Is it me?"]),
            ("/drop weather", ["Can I fly?", "Can I swim?", "Is it me?"]),
        ],
    )
    def test_are_taken_off(self, session: Session, say: Say, line: str, left: list[str]) -> None:
        for question in ("Can I fly?", "Can I swim?", "Is it me?"):
            say(f"/questions {question}")
        say(line)
        assert session.kept == left

    def test_nothing_to_take_off(self, say: Say) -> None:
        assert say("/drop") == say("/drop fly") == say("/questions")

    @pytest.mark.parametrize("line", ["/keep Can I fly?", "keep: Can I fly?", "/KEEP  Can I fly?"])
    def test_a_word_for_a_command_takes_what_it_takes(
        self, session: Session, say: Say, line: str
    ) -> None:
        say(line)
        assert session.kept == ["Can I fly?"]

    def test_none_yet(self, say: Say) -> None:
        assert say("/questions").startswith("Your list for the doctor is empty.")

    def test_a_danger_sign_in_one_comes_first(self, session: Session) -> None:
        alarm, kept = session.send("/questions i cant breathe at night")
        assert (alarm.outcome, kept.outcome) == (Outcome.URGENT, Outcome.CHAT)
        assert session.kept == ["i cant breathe at night"]


@pytest.mark.parametrize("line", ["/search i cant breathe", "define: i cant breathe"])
def test_a_danger_sign_given_to_any_command_comes_first(session: Session, line: str) -> None:
    assert session.send(line)[0].outcome is Outcome.URGENT


@pytest.mark.parametrize(
    "line", ["/chest pain", "/suicide", "/bleeding won't stop", "/ chest pain"]
)
def test_a_danger_sign_that_looks_like_a_command_comes_first(
    bundled: KnowledgeBase, line: str
) -> None:
    first, *_ = Session(Bot(bundled), Speaker(bundled)).send(line)
    assert first.outcome is Outcome.URGENT


def test_a_doubt_stands_above_what_a_command_says(bundled: KnowledgeBase) -> None:
    session = Session(Bot(bundled), Speaker(bundled, "uk"))
    line, kept = session.send("/questions how do others bear it, i cant cope")
    assert "116 123" in line.text
    assert "how do others bear it" in kept.text


class TestSaving:
    @pytest.fixture(autouse=True)
    def talk(self, session: Session) -> None:
        for line in ("what is *idh1* <>?", "study results", "/questions May I [fly](x)?"):
            session.send(line)

    def test_as_markdown(self, say: Say, tmp_path: Path) -> None:
        assert say("/save notes.md").startswith(f"Saved in {tmp_path / 'notes.md'}.")
        text = (tmp_path / "notes.md").read_text(encoding="utf-8")
        assert text.startswith("# My questions about AML\n\nSaved from amlbot on 2026-11-27.")
        assert "## Questions for my doctor\n\n1. May I \\[fly\\](x)?\n" in text
        assert "### what is \\*idh1\\* \\<\\>?\n\n**What is IDH1?**\n" in text
        assert "- First: 72 of 100 people" in text
        assert "<https://example.org/book>" in text

    def test_as_a_page(self, say: Say, tmp_path: Path) -> None:
        say("/save notes.html")
        text = (tmp_path / "notes.html").read_text(encoding="utf-8")
        assert text.startswith('<!doctype html>\n<html lang="en">')
        assert "<h3>what is *idh1* &lt;&gt;?</h3>" in text
        assert '<a href="https://example.org/book">' in text
        assert "<li>May I [fly](x)?</li>" in text
        assert "@media print" in text
        assert "<script" not in text

    def test_as_it_stood_on_the_screen(self, say: Say, tmp_path: Path) -> None:
        for line in ("forget", "more", "i cant breathe", "what is ihd1"):
            say(line)
        say("/save notes.md")
        markdown = (tmp_path / "notes.md").read_text(encoding="utf-8")
        assert "### more\n\nAsk me a question first." in markdown  # without a heading
        assert "### i cant breathe\n\n**URGENT: CALL 911 NOW**\n\nCall 911 now." in markdown
        counts, taken = "What I said before still counts.", 'I take "ihd1" to mean IDH1.'
        assert f"### what is ihd1\n\n{counts}" in markdown
        assert f"{taken}\n\n**What is IDH1?**\n\nIDH1 is a gene" in markdown
        say("/save notes.html")
        html = (tmp_path / "notes.html").read_text(encoding="utf-8")
        assert "<p><strong>URGENT: CALL 911 NOW</strong></p>\n<p>Call 911 now." in html

    def test_without_a_name_it_finds_a_free_one(self, say: Say, tmp_path: Path) -> None:
        say("save")
        say("print this")
        assert sorted(p.name for p in tmp_path.iterdir()) == [
            "amlbot-notes-2.html",
            "amlbot-notes.html",
        ]

    def test_a_name_without_an_ending_is_a_page(self, say: Say, tmp_path: Path) -> None:
        say('/save "for the doctor"')
        assert (tmp_path / "for the doctor.html").exists()

    @pytest.mark.parametrize("folder", ["here", "here/", '"here"', "."])
    def test_into_a_folder_it_goes_under_the_usual_name(
        self, say: Say, tmp_path: Path, folder: str
    ) -> None:
        (tmp_path / "here").mkdir()
        say(f"/save {folder}")
        say(f"/save {folder}")
        saved = sorted(p.name for p in (tmp_path / folder.strip('"')).glob("*.html"))
        assert saved == ["amlbot-notes-2.html", "amlbot-notes.html"]

    def test_nothing_is_written_over(self, say: Say, tmp_path: Path) -> None:
        (tmp_path / "notes.md").write_text("mine", encoding="utf-8")
        assert say("/save notes.md").endswith("type: /save notes-2.md")
        assert (tmp_path / "notes.md").read_text(encoding="utf-8") == "mine"

    @pytest.mark.parametrize(
        "name", ["no/such/folder/x.md", "none/", "a\0b.md", "x" * 300 + ".md", "x" * 300 + "/"]
    )
    def test_what_cannot_be_written_is_said(self, say: Say, tmp_path: Path, name: str) -> None:
        assert say(f"/save {name}").startswith("Nothing was saved:")
        assert list(tmp_path.iterdir()) == []

    def test_a_disk_that_fills_up_leaves_nothing_behind(
        self, say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("os.replace", full)
        assert "No space left on device" in say("/save notes.md")
        assert list(tmp_path.iterdir()) == []

    def test_other_kinds_are_named(self, say: Say) -> None:
        assert ".html, .htm, .md, .txt" in say("/save notes.pdf")

    @pytest.mark.skipif(sys.platform == "win32", reason="no permissions there")
    def test_only_its_owner_can_read_it(self, say: Say, tmp_path: Path) -> None:
        say("/save notes.md")
        assert stat.S_IMODE((tmp_path / "notes.md").stat().st_mode) == 0o600


def test_only_an_answer_has_emphasis() -> None:
    reply = Reply(Outcome.ANSWER, "- **What it is:** 2 * 3 <b>")
    notes = transcript.Notes(date(2026, 11, 27), (transcript.Exchange("**MRD**?", reply),), ())
    forms = (transcript.as_markdown, transcript.as_html)
    markdown, html = (form(notes, lambda occasion, **_: occasion) for form in forms)
    assert "### \\*\\*MRD\\*\\*?\n\n- **What it is:** 2 \\* 3 \\<b\\>" in markdown
    assert "<h3>**MRD**?</h3>\n<p>- <strong>What it is:</strong> 2 * 3 &lt;b&gt;</p>" in html


@pytest.mark.parametrize("name", ["notes.md", "notes.html"])
@pytest.mark.parametrize(
    ("lines", "there", "absent"),
    [
        (["/questions May I fly?"], "May I fly?", "What I asked"),
        (["hello", "qwrtz"], "qwrtz", "Questions for my doctor"),
    ],
    ids=["only questions", "only talk, without answers"],
)
def test_notes_have_what_there_is(  # noqa: PLR0913, PLR0917
    session: Session, say: Say, tmp_path: Path, lines: list[str], there: str, absent: str, name: str
) -> None:
    for line in lines:
        session.send(line)
    say(f"/save {name}")
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert there in text
    assert absent not in text
    assert "Where this comes from" not in text


def test_nothing_to_save(say: Say, tmp_path: Path) -> None:
    assert say("/save x.md").startswith("There is nothing to save yet.")
    assert list(tmp_path.iterdir()) == []


class TestRegion:
    def test_changes_the_numbers_of_what_follows(self, session: Session, say: Say) -> None:
        assert "call 999" in say("/region uk")
        assert "Call 999" in say("i cant breathe")
        assert "Call 911" in session.bot.ask("i cant breathe").text

    @pytest.mark.parametrize("name", ["UK", "united kingdom", "kingdom", "untied kingdom"])
    def test_by_its_id_or_its_name(self, session: Session, say: Say, name: str) -> None:
        say(f"/region {name}")
        assert session.speaker.region == "uk"

    def test_alone_it_shows_them(self, session: Session) -> None:
        [reply] = session.send("/region")
        assert reply.text.startswith("I give telephone numbers for: United States.")
        session.send("2")
        assert session.speaker.region == "uk"

    def test_knowledge_without_numbers(self) -> None:
        intent = {"id": "a", "questions": ["What is a thing?"], "answer": "A thing."}
        bot = Bot(KnowledgeBase.from_dicts({"intents": [intent]}))
        assert "no telephone numbers" in Session(bot, Speaker(bot.kb)).send("/region")[0].text


def test_forget(bot: Bot) -> None:
    forgotten = []
    session = Session(bot, Speaker(bot.kb), forget=lambda: forgotten.append(True))
    session.send("what is idh1")
    session.send("keep")
    session.send("forget everything")
    assert (session.exchanges, session.kept, forgotten) == ([], [], [True])
    assert session.send("1")[0].text.startswith("I have no numbered list open")


@pytest.mark.parametrize(("typed", "near"), [("/serach x", "/search"), ("/hlep", "/help")])
def test_an_unknown_command_suggests_the_nearest(session: Session, typed: str, near: str) -> None:
    assert session.send(typed)[0].text.endswith(f"Did you mean {near}?")
    assert session.exchanges == []


def test_an_unknown_command_like_none(say: Say) -> None:
    assert say("/xyzzy").startswith("There is no /xyzzy. Type /help")


def test_a_slash_alone_is_help(say: Say) -> None:
    assert say("/") == say("/help")


class TestCompletion:
    @pytest.mark.parametrize(
        ("typed", "first"),
        [
            ("how com", "How common are IDH1 mutations?"),
            ("com idh", "How common are IDH1 mutations?"),
            ("idh1 comon", "How common are IDH1 mutations?"),
            ("tierd", "Why am I so tired?"),
            ("IDH2", "What is IDH2?"),
        ],
    )
    def test_questions_by_words_begun_or_misspelt(
        self, session: Session, typed: str, first: str
    ) -> None:
        assert complete(typed, session)[0] == first

    @pytest.mark.parametrize(
        ("typed", "offered"),
        [
            ("/to", ["/topics", "/topic "]),
            ("/HE", ["/help"]),
            ("/topic g", ["/topic Genes", "/topic Signs"]),
            ("/region u", ["/region us", "/region uk"]),
            ("/define b", ["/define blast"]),
            ("/help ", []),
            ("/nonsense ", []),
            ("", []),
            ("   ", []),
            ("zzzzz qqqqq", []),
        ],
    )
    def test_commands_and_what_they_take(
        self, session: Session, typed: str, offered: list[str]
    ) -> None:
        assert complete(typed, session) == offered

    def test_small_talk_is_not_offered(self, session: Session) -> None:
        assert "Tell me more" not in complete("more", session)

    def test_no_more_than_a_menu_shows(self, session: Session) -> None:
        assert len(complete("i", session)) <= MAX_OFFERED
