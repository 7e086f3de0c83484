"""A turn: what was said, and what it leads to."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import amlbot
from amlbot import Bot, KnowledgeBase, Match, Outcome, Turn
from amlbot.conversation.dialogue import MAX_READ, user_messages
from amlbot.rendering.markdown import as_markdown


@pytest.fixture(scope="module")
def bot(small: KnowledgeBase) -> Bot:
    return Bot(small)


def test_an_answer_has_all_that_a_frontend_shows(bot: Bot) -> None:
    reply = bot.ask("what is idh1")
    assert (reply.outcome, reply.intent, reply.title) == ("answer", "idh1-what", "What is IDH1?")
    assert reply.text == "IDH1 is a gene."
    assert [source.publisher for source in reply.sources] == ["A house"]
    assert [choice.title for choice in reply.choices] == ["What is IDH2?"]
    assert reply.reviewed == "2026-11-24"


def test_the_json_form(bot: Bot) -> None:
    data = json.loads(json.dumps(bot.ask("what is idh1").as_dict()))
    assert data["schema"] == 1
    assert data["outcome"] == "answer"
    assert data["sources"][0]["id"] == "book"
    assert data["choices"] == [{"intent": "idh2-what", "title": "What is IDH2?"}]
    assert data["candidates"][0].keys() == {"intent", "score", "phrasing"}


def test_simpler_is_the_key_message_its_list_and_its_own_words_and_no_more() -> None:
    intent = {
        "id": "fever",
        "questions": ["When do I call about a fever?"],
        "answer": "Call now if you have:\n- a fever\n- chills\n\nThe ward tests for sepsis.",
        "sources": ["book"],
    }
    terms = [{"term": "chills", "meaning": "Shaking."}, {"term": "sepsis", "meaning": "A danger."}]
    book = {"id": "book", "title": "A book", "publisher": "A house", "url": "https://a.example"}
    talk = {"id": "chat-simpler", "chat": True, "questions": ["simpler"], "answer": "Ask first."}
    kb = KnowledgeBase.from_dicts({"intents": [intent, talk], "glossary": terms, "sources": [book]})
    reply = Bot(kb).ask("simpler", [Turn("user", "when do i call about a fever")])
    said, explained = reply.text.rsplit("\n\n", maxsplit=1)
    assert said == "In short: Call now if you have:\n- a fever\n- chills"
    assert explained == "The words in it:\n- chills: Shaking."
    assert reply.sources == ()


def test_a_number_picks_a_choice(bot: Bot) -> None:
    history = [{"role": "user", "content": "what is idh1"}, {"role": "assistant", "content": "…"}]
    assert bot.ask("1", history).intent == "idh2-what"
    assert bot.ask("number 1.", history).intent == "idh2-what"


def test_a_conversation_in_one_pass_has_the_same_replies(bot: Bot) -> None:
    said = ["what is idh1", "1", "how common is it", "thanks"]
    history = [Turn("user", text) for text in said]
    one_by_one = [bot.ask(text, history[:i]) for i, text in enumerate(said)]
    assert list(map(bot.filled, bot.replies(said))) == one_by_one


def test_a_number_that_is_not_on_offer_keeps_the_choices(bot: Bot) -> None:
    reply = bot.ask("7", [Turn("user", "what is idh1")])
    assert reply.outcome is Outcome.CLARIFY
    assert [choice.intent for choice in reply.choices] == ["idh2-what"]


def test_an_unsure_bot_asks_back(bot: Bot) -> None:
    reply = bot.ask("tell me about the gene")
    assert reply.outcome is Outcome.CLARIFY
    assert {choice.intent for choice in reply.choices} >= {"idh1-what", "idh2-what"}


def test_failing_again_is_said_in_other_words(bot: Bot) -> None:
    history: list[Turn] = []
    said = []
    for text in ("weather today", "nice weather", "savage weather"):
        said.append(bot.ask(text, history).text)
        history.append(Turn("user", text))
    assert len(set(said)) == 3


def test_an_unknown_name_is_said_back(bot: Bot) -> None:
    assert "jak2" in bot.ask("what is JAK2").text.lower()


def test_a_misspelt_name_is_said_back_repaired(bot: Bot) -> None:
    assert bot.ask("what is ihd1").text == 'I take "ihd1" to mean IDH1.\n\nIDH1 is a gene.'


def test_more_is_told_once_and_then_leads_on(bot: Bot) -> None:
    history = [Turn("user", "what is idh1")]
    more = bot.ask("tell me more", history)
    assert (more.outcome, more.text) == (Outcome.ANSWER, "It has a longer story.")
    history.append(Turn("user", "tell me more"))
    after = bot.ask("tell me more", history)
    assert after.intent == "idh2-what"
    assert "IDH2 is another gene." in after.text
    history.append(Turn("user", "tell me more"))
    assert bot.ask("tell me more", history).outcome is Outcome.CHAT


def test_more_of_nothing(bot: Bot) -> None:
    assert bot.ask("tell me more").text.startswith("Ask me a question first")


def test_small_talk(bot: Bot) -> None:
    reply = bot.ask("good morning!")
    assert (reply.outcome, reply.text) == (Outcome.CHAT, "Hello there.")


def test_more_in_knowledge_without_topics_is_no_small_talk() -> None:
    intents = [
        {"id": "hours", "questions": ["When are you open?"], "answer": "From nine to five."},
        {"id": "place", "questions": ["Where is the shop?"], "answer": "By the river."},
        {"id": "chat-more", "chat": True, "questions": ["tell me more"], "answer": "Ask first."},
    ]
    bot = Bot(KnowledgeBase.from_dicts({"intents": intents}))
    said = [reply.text for reply in bot.replies(["when are you open", *["tell me more"] * 4])]
    assert "By the river." in said[1]
    assert said[2].startswith("That is all I have on this.")
    assert "Ask first." not in "".join(said)
    assert len({*said}) == len(said)  # the same thing is not said twice either


def test_numbers_of_the_readers_region(bot: Bot) -> None:
    assert "Call 911" in bot.ask("fever number to call").text
    assert "Call 999" in bot.ask("fever number to call", region="uk").text
    assert "Call 999" in bot.ask("fever number to call", region="UK").text


@pytest.mark.parametrize(
    "typed",
    [
        "what is idh1? where is the purple {crisis} elephant?",
        "what is idh1? what is idh2? why am i so tired? is a {topics} fever high?",
    ],
    ids=["a title", "left over"],
)
def test_what_is_typed_is_said_back_as_it_was_typed(bot: Bot, typed: str) -> None:
    name = typed[typed.index("{") : typed.index("}") + 1]
    said = bot.ask(typed).text
    assert name in said
    assert not any(filled in said for filled in ("988", "911", "Genes"))


def test_a_region_without_numbers_is_refused(small: KnowledgeBase) -> None:
    with pytest.raises(amlbot.AmlbotError, match=r"region 'moon' \(there are: us, uk\)"):
        Bot(small, region="moon")
    with pytest.raises(amlbot.AmlbotError, match=r"region 'moon' \(there are: us, uk\)"):
        Bot(small).ask("fever number to call", region="moon")


def test_an_empty_message(bot: Bot) -> None:
    assert bot.ask("  ").outcome is Outcome.CHAT


@pytest.mark.parametrize("message", [None, 7, b"hi", {"role": "user", "content": "hi"}])
def test_what_is_no_text_is_refused_in_words(bot: Bot, message: Any) -> None:
    with pytest.raises(TypeError, match="a message must be a string, not"):
        bot.ask(message)
    with pytest.raises(TypeError, match="a message must be a string, not"):
        amlbot.respond(message)


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([Turn("user", "a"), Turn("assistant", "b")], ["a"]),
        ([{"role": "user", "content": [{"type": "text", "text": "a"}, {"x": 1}]}], ["a"]),
        ([{"role": "user", "content": None}, {"role": 1}, 7, None, {}], [""]),
    ],
)
def test_history_of_any_shape(history: list[object], expected: list[str]) -> None:
    assert user_messages(history) == expected


def test_the_same_input_gives_the_same_reply(bot: Bot) -> None:
    assert bot.ask("wht is idh1") == bot.ask("wht is idh1")


def test_many_threads_get_the_same_replies(bot: Bot) -> None:
    questions = ["what is idh1", "what is idh2", "nice weather", "hello", "wat is ihd1"] * 40
    expected = [bot.ask(question) for question in questions]
    barrier = threading.Barrier(8)

    def work(_: int) -> bool:
        barrier.wait(10)
        return [bot.ask(question) for question in questions] == expected

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(8)))


def test_another_matcher_can_stand_in(small: KnowledgeBase) -> None:
    class Always:
        def match(self, text: str) -> Match:
            return Match(Outcome.ANSWER, tuple(self.search(text)))

        def search(self, text: str, limit: int = 10) -> list[amlbot.Candidate]:
            return [amlbot.Candidate("tired-why", 1.0, text)]

    assert Bot(small, matcher=Always()).ask("anything").intent == "tired-why"


@pytest.mark.parametrize(("score", "first"), [(0.7, "fever-number"), (0.95, "idh2-what")])
def test_an_answer_that_is_less_sure_offers_the_runner_up(
    small: KnowledgeBase, score: float, first: str
) -> None:
    class Unsure:
        def match(self, text: str) -> Match:
            return Match(Outcome.ANSWER, tuple(self.search(text)))

        def search(self, text: str, limit: int = 10) -> list[amlbot.Candidate]:
            runner_up = amlbot.Candidate("fever-number", 1 - score, text)
            return [amlbot.Candidate("idh1-what", score, text), runner_up]

    assert Bot(small, matcher=Unsure()).ask("anything").choices[0].intent == first


@pytest.mark.parametrize(
    ("score", "names", "offered"), [(0.3, (), 1), (0.1, (), 0), (0.3, ("X1",), 0)]
)
def test_what_comes_nearest_is_on_offer_where_nothing_fits(
    small: KnowledgeBase, score: float, names: tuple[str, ...], offered: int
) -> None:
    class Faint:
        def match(self, text: str) -> Match:
            return Match(Outcome.UNKNOWN, tuple(self.search(text)), unknown_names=names)

        def search(self, text: str, limit: int = 10) -> list[amlbot.Candidate]:
            return [amlbot.Candidate("tired-why", score, text)]

    bot = Bot(small, matcher=Faint())
    reply = bot.ask("so tired")
    assert (reply.outcome, reply.heading, len(reply.choices)) == ("unknown", "nearest", offered)
    if offered:
        assert bot.ask("1", [Turn("user", "so tired")]).intent == "tired-why"


def test_what_was_just_answered_is_not_on_offer(bot: Bot) -> None:
    reply = bot.ask("What is IDH1? What is IDH2?")
    assert [part.intent for part in reply.each] == ["idh1-what", "idh2-what"]
    assert "idh2-what" not in [choice.intent for choice in reply.choices]


@pytest.mark.parametrize(
    ("text", "more"),
    [("What is IDH1? What is IDH2?", False), ("What is IDH2? What is IDH1?", True)],
)
def test_more_after_several_answers_is_of_the_last(bot: Bot, text: str, more: bool) -> None:
    assert bot.ask(text).more is more
    then = bot.ask("tell me more", [Turn("user", text)])
    assert (then.text == "It has a longer story.") is more


def test_where_one_of_several_questions_is_asked_back_the_choices_are_asked_about(bot: Bot) -> None:
    reply = bot.ask("What is IDH2? Why am I like this?")
    assert [part.outcome for part in reply.each] == ["answer", "clarify"]
    assert (reply.outcome, reply.settled, reply.heading) == ("answer", False, "choices")


def test_own_wording() -> None:
    kb = KnowledgeBase.from_dicts(
        {
            "intents": [{"id": "a", "questions": ["What is a?"], "answer": "This."}],
            "replies": {"unknown": ["No idea."]},
        }
    )
    assert Bot(kb).ask("zzzz yyyy").text == "No idea."


def test_respond_is_what_chat_frontends_call() -> None:
    assert "AML" in amlbot.respond("what is AML?", [])


def test_the_package_names_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    package: Any = amlbot
    monkeypatch.delattr(package, "web", raising=False)  # as before anything imported it
    assert "Bot" in dir(package)
    assert package.web.create_app
    with pytest.raises(AttributeError, match="no attribute 'bogus'"):
        package.bogus  # noqa: B018


def test_frontends_get_figures_in_words() -> None:
    bars = [{"label": "Of adults", "value": 33}]
    figure = {"title": "The share", "unit": "people", "of": 100, "bars": bars, "note": "One study."}
    intent = {"id": "a", "questions": ["What is the share?"], "answer": "A third."}
    bot = Bot(KnowledgeBase.from_dicts({"intents": [{**intent, "figures": [figure]}]}))
    said = as_markdown(bot.ask("what is the share"), bot.say)
    assert said.endswith("The share:\n\n- Of adults: 33 of 100 people\n\nOne study.")


@pytest.mark.parametrize("length", [MAX_READ, MAX_READ + 1, 30 * MAX_READ])
def test_a_danger_sign_at_either_end_of_a_text_of_any_length(
    bundled: KnowledgeBase, length: int
) -> None:
    bot, sign = Bot(bundled), "I can't breathe. "
    filling = "we went home. " * (length // 14)
    for text in (f"{sign}{filling}"[:length], f"{filling[: length - len(sign)]}. {sign}"):
        assert bot.ask(text).outcome is Outcome.URGENT


def test_what_lies_outside_is_named_and_no_spelling_is_asked_for(bundled: KnowledgeBase) -> None:
    reply = Bot(bundled).ask("induction of labour at 39 weeks")
    assert reply.outcome is Outcome.UNKNOWN
    assert "none about another kind of induction" in reply.text
    assert "spelling" not in reply.text


def test_a_number_that_opens_a_sentence_after_a_quotation_is_capitalized(
    bundled: KnowledgeBase,
) -> None:
    said = Bot(bundled).ask("AML survival rate by age").text
    assert '?" The American Cancer Society' in said
