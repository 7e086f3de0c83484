"""The page as the server renders it: all that a person without scripts gets."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

import pytest

from amlbot import Bot, Candidate, KnowledgeBase, Match, Outcome, Turn
from amlbot.conversation.dialogue import MAX_HISTORY, latest
from amlbot.model import Bar, Figure, Term
from amlbot.reply import Reply

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

from starlette.types import ASGIApp

from amlbot.web import chart, create_app, markup
from amlbot.web.form import MAX_KEPT, Talk
from amlbot.web.limits import MAX_TEXT
from amlbot.web.page import Page
from contrast import contrast
from serving import Answer, send

ASSETS = Path(markup.__file__).parent / "assets"
VOID = {"meta", "link", "input", "circle", "rect"}


class Reader(HTMLParser):
    """Reads a page as an assistive program would: elements, their attributes and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.buttons: list[tuple[str, str, str]] = []
        """Name, value and label."""
        self.headings: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        self.tags.append((tag, got))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "button":
            self.buttons.append((got.get("name", ""), got.get("value", ""), ""))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "button" in self.open:
            name, value, label = self.buttons[-1]
            self.buttons[-1] = (name, value, label + data)
        if self.open and re.fullmatch("h[1-6]", self.open[-1]):
            self.headings[-1] += data

    def fields(self, name: str) -> list[str]:
        return [a["value"] for tag, a in self.tags if tag == "input" and a.get("name") == name]

    def labels(self, name: str) -> list[str]:
        return [label for n, _, label in self.buttons if n == name]

    def with_role(self, role: str) -> list[str]:
        return [a.get("id", "") for _, a in self.tags if a.get("role") == role]


@pytest.fixture(scope="module")
def app(small: KnowledgeBase) -> ASGIApp:
    return create_app(Bot(small))


def get(app: ASGIApp) -> Answer:
    return send(app, "GET", "/")


def press(app: ASGIApp, page: str, **fields: str | Sequence[str]) -> str:
    """What comes after a press of a button of ``page``: its form, with ``fields`` filled in."""
    reader = Reader(page)
    carried = {name: reader.fields(name) for name in ("said", "kept", "turn")}
    body = urlencode({**carried, "text": "", "note": "", **fields}, doseq=True)
    answer = send(app, "POST", "/", body.encode())
    assert answer.status == 200
    return answer.text


def test_the_first_page(app: ASGIApp) -> None:
    page = get(app)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    reader = Reader(page.text)
    assert reader.with_role("log") == ["log"]
    assert reader.with_role("status") == ["status"]
    assert reader.labels("pick") == [
        "What is IDH1?",
        "What is IDH2?",
        "Which temperature counts as a fever?",
        "Why am I so tired?",
    ]
    assert '<a href="tel:911">911</a>' in page.text
    assert "set-cookie" not in page.headers


def test_nothing_comes_from_elsewhere_and_nothing_runs_but_our_own(app: ASGIApp) -> None:
    page = get(app)
    policy = page.headers["content-security-policy"]
    for tag, kind in (("style", "style-src"), ("script", "script-src")):
        [text] = re.findall(f"<{tag}>(.*?)</{tag}>", page.text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    for _, attrs in Reader(page.text).tags:
        assert "style" not in attrs
        assert not any(name.startswith("on") for name in attrs)
        assert not attrs.get("src", "").startswith("http")


def test_every_control_has_a_label_and_every_id_is_used_once(bot: Bot) -> None:
    app = create_app(bot)
    page = press(app, press(app, get(app).text, text="what is flt3"), text="mrd results")
    tags = Reader(page).tags
    ids = [attrs["id"] for _, attrs in tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    labelled = {attrs["for"] for tag, attrs in tags if tag == "label"}
    assert labelled == {a["id"] for tag, a in tags if tag in ("textarea", "select")}
    for _, attrs in tags:
        for name in ("aria-labelledby", "aria-describedby", "popovertarget"):
            assert set(attrs.get(name, "").split()) <= set(ids)


def test_a_conversation_is_carried_in_the_form(app: ASGIApp) -> None:
    first = press(app, get(app).text, text="what is idh1")
    assert "IDH1 is a gene." in first
    assert Reader(first).labels("pick") == ["Tell me more", "What is IDH2?"]
    second = press(app, first, pick="What is IDH2?")
    assert second.index("IDH1 is a gene.") < second.index("IDH2 is another gene.")
    assert Reader(second).fields("said") == ["what is idh1", "What is IDH2?"]
    assert 'action="./#turn-3"' in second


def test_a_script_gets_only_what_is_new(app: ASGIApp) -> None:
    first = press(app, get(app).text, text="what is idh1")
    second = press(app, first, text="1", **{"only-new": ""})
    assert "IDH1 is a gene." not in second
    assert '<article id="turn-2"' in second
    assert "IDH2 is another gene." in second
    assert "<article" not in press(app, second, keep="1", **{"only-new": ""})


def test_the_page_says_what_the_bot_says(app: ASGIApp, small: KnowledgeBase) -> None:
    page = press(app, press(app, get(app).text, text="what is idh1"), text="tell me more")
    told = Bot(small).ask("tell me more", [Turn("user", "what is idh1")])
    assert f"<p>{told.text}</p>" in page


def test_a_long_conversation_forgets_its_beginning(app: ASGIApp) -> None:
    before = [f"nice weather {i}" for i in range(MAX_HISTORY + 3)]
    page = press(app, get(app).text, said=before, turn=str(len(before)), text="nice weather")
    said = Reader(page).fields("said")
    assert said == [*latest(before), "nice weather"]
    assert f'<article id="turn-{MAX_HISTORY + 4}"' in page


def test_a_long_message_is_carried_along_whole(app: ASGIApp) -> None:
    story = f"{'We went home. ' * 400}What is IDH1? {'We went home. ' * 400}".strip()
    page = press(app, press(app, get(app).text, text=story), text="what is idh2")
    assert Reader(page).fields("said") == [story, "what is idh2"]


class Unsure:
    """A matcher that always asks back."""

    def match(self, text: str) -> Match:
        return Match(Outcome.CLARIFY, tuple(self.search(text)))

    def search(self, text: str, limit: int = 10) -> list[Candidate]:
        return [Candidate("idh1-what", 0.6, ""), Candidate("idh2-what", 0.3, "")]


def test_choices_are_buttons_and_none_of_these_is_one(small: KnowledgeBase) -> None:
    app = create_app(Bot(small, matcher=Unsure()))
    page = press(app, get(app).text, text="idh")
    assert Reader(page).labels("pick") == ["What is IDH1?", "What is IDH2?", "None of these"]
    assert "Is it one of these?" in Reader(page).headings


class Both(Bot):
    """A bot that answers two questions at once, and has more to say."""

    def replies(self, said: Iterable[str]) -> Iterator[Reply]:
        one, two = (*super().replies(["what is idh1"]), *super().replies(["what is idh2"]))
        yield from (replace(one, parts=(one, two), text="both", more=True) for _ in said)


def test_several_questions_are_answered_one_by_one(small: KnowledgeBase) -> None:
    app = create_app(Both(small))
    page = press(app, get(app).text, text="what are idh1 and idh2?")
    assert Reader(page).headings.count("What is IDH1?") == 1
    assert Reader(page).headings.count("What is IDH2?") == 1
    assert "both" not in page
    assert Reader(page).labels("pick")[0] == "Tell me more"


def test_an_urgent_reply_has_a_number_to_tap_and_nothing_else_to_press(bot: Bot) -> None:
    page = press(create_app(bot), get(create_app(bot)).text, text="I have chest pain", region="uk")
    [reply] = re.findall(r'<div class="reply urgent">.*?</article>', page, re.DOTALL)
    link = '<a href="tel:999">999</a>'
    assert f"<h3>{bot.say('urgent-emergency', emergency=link)}</h3>" in reply
    assert link in reply.split("</h3>")[1]
    assert "911" not in page
    assert Reader(page).labels("pick") == Reader(page).labels("keep") == []


@pytest.mark.parametrize(
    "text",
    ["i cant cope with this, what is npm1?", "i cant cope. what is npm1? what is mrd?"],
    ids=["an answer", "two answers"],
)
def test_a_line_for_someone_who_may_be_in_danger_stands_above_all_titles(
    bot: Bot, text: str
) -> None:
    page = press(create_app(bot), get(create_app(bot)).text, text=text)
    above, *_ = re.findall(r'<div class="reply answer">(.*?)<h3>', page, re.DOTALL)
    assert "You need not carry this alone." in above
    assert page.count("You need not carry this alone.") == 1


def test_the_region_of_the_page(app: ASGIApp) -> None:
    page = press(app, get(app).text, set="region", region="uk")
    assert '<a href="tel:999">' in page
    assert '<option value="uk" selected>' in page
    assert '<a href="tel:911">' in press(app, page, set="region", region="moon")


def test_a_region_that_is_unknown_leaves_the_bots_own(bot: Bot) -> None:
    app = create_app(Bot(bot.kb, region="UK"))
    page = press(app, get(app).text, text="fever number to call", region="moon")
    assert "Call 999" in page
    assert '<option value="uk" selected>' in page
    assert "911" not in page


def test_knowledge_without_regions_has_no_numbers_to_choose() -> None:
    shop = KnowledgeBase.from_dicts(
        {"intents": [{"id": "hours", "questions": ["When are you open?"], "answer": "Nine."}]}
    )
    page = get(create_app(Bot(shop))).text
    assert "In danger, call your emergency number now." in page
    assert "<select" not in page
    assert Reader(page).labels("pick") == ["When are you open?"]


def test_questions_for_the_doctor(app: ASGIApp) -> None:
    page = press(app, press(app, get(app).text, text="what is idh1"), keep="what is idh1")
    assert Reader(page).fields("kept") == ["what is idh1"]
    assert "IDH1 is a gene." in page
    page = press(app, page, add="note", note="  May I keep my cat?\r\nAnd my dog? ")
    page = press(app, page, add="note", note="what is idh1")
    assert Reader(page).fields("kept") == ["what is idh1", "May I keep my cat?\nAnd my dog?"]
    assert "Remove: what is idh1" in Reader(page).labels("drop")
    page = press(app, page, text="what is idh2")
    page = press(app, page, drop="0", text="half a quest")
    assert Reader(page).fields("kept") == ["May I keep my cat?\nAnd my dog?"]
    assert ">half a quest</textarea>" in page
    many = press(app, page, kept=[f"question {i}" for i in range(99)])
    assert len(Reader(many).fields("kept")) == MAX_KEPT


def test_a_question_that_cannot_be_asked_stays_in_the_box(app: ASGIApp) -> None:
    page = press(app, get(app).text, text="x" * (MAX_TEXT + 1))
    assert "more than 20,000 characters" in page
    assert f">{'x' * (MAX_TEXT + 1)}</textarea>" in page
    assert 'aria-invalid="true"' in page
    assert '<p id="error">Type a question' in press(app, page, text=" ")


def test_a_form_that_is_too_large(app: ASGIApp) -> None:
    answer = send(app, "POST", "/", b"text=" + b"x" * 1_000_000)
    assert answer.status == 413
    assert '<p id="error">That is more than' in answer.text
    answer = send(app, "POST", "/", b"said=a&" * 5000)
    assert answer.status == 400
    assert "<h1>" in answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"&&&==",
        b"\xff\xfe\x00",
        b'{"text": "what is idh1"}',
        b"text=%ed%a0%80&said=%00&turn=-1&drop=x&region=%22",
        b"turn=99999999999999999999&drop=99&said=&kept=",
        "turn=²&drop=²&text=a".encode(),
    ],
)
def test_an_odd_form_still_gets_the_page(app: ASGIApp, body: bytes) -> None:
    answer = send(app, "POST", "/", body)
    assert answer.status == 200
    assert Reader(answer.text).with_role("log") == ["log"]


def test_what_a_person_types_is_never_markup(app: ASGIApp) -> None:
    evil = '"><script>alert(1)</script><b onclick=x>&amp;'
    page = press(app, get(app).text, text=evil, kept=[evil], note=evil, region=evil)
    assert "<script>alert" not in page
    assert "onclick=x>" not in page.replace("onclick=x&gt;", "")
    assert Reader(page).fields("said") == [evil]


def test_the_examples_of_the_bundled_page_have_answers(bot: Bot) -> None:
    examples = [bot.kb.intents[id].title for id in bot.say("page-examples").split()]
    assert Reader(Page(bot).html(Talk())).labels("pick") == examples


def test_all_wording_of_the_page_is_written(bot: Bot) -> None:
    names = re.findall(r"\$(page_\w+)", (ASSETS / "page.html").read_text(encoding="utf-8"))
    assert names
    for name in names:
        assert bot.say(name.replace("_", "-"))


# Text and figures


def test_paragraphs_lists_and_emphasis() -> None:
    text = "One line\ngoes on.\n\nA list:\n- **first**\n  item\n- 2 < 3\n\nAn * and ** alone."
    assert markup.as_html(text) == (
        "<p>One line goes on.</p>\n<p>A list:</p>\n"
        "<ul><li><strong>first</strong> item</li><li>2 &lt; 3</li></ul>\n"
        "<p>An * and ** alone.</p>"
    )


def test_the_first_use_of_a_term_is_explained() -> None:
    terms = [
        Term("bone marrow", "Where blood is made."),
        Term("blast", "A young cell.", ("blasts",)),
    ]
    html = markup.as_html("**Blasts** fill the bone marrow. Blasts again; marrow-like.", terms, "t")
    assert html.count("<button") == 2
    assert 'popovertarget="t-1">Blasts</button><span class="meaning" id="t-1" popover>' in html
    assert 'id="t-2" popover> <strong>bone marrow:</strong> Where blood is made. </span>' in html


def test_a_term_in_capitals_is_not_the_plain_word() -> None:
    html = markup.as_html("Not all, but ALL.", [Term("ALL", "Another leukemia.")])
    assert html.startswith("<p>Not all, but <button")


@pytest.mark.parametrize(
    ("figure", "words", "drawn"),
    [
        (Figure("F", (Bar("a", 33),)), "33 of 100 people", 33),
        (Figure("F", (Bar("a", 50), Bar("b", 7))), "50 of 100 people", 2),
        (Figure("F", (Bar("a", 26.3),), of=30, unit="of every 100,000 people"), "26.3 of every", 1),
        (Figure("F", (Bar("<", 0),)), "0 of 100 people", 0),
    ],
)
def test_figures_say_in_words_what_they_draw(
    bot: Bot, figure: Figure, words: str, drawn: int
) -> None:
    html = chart.as_html(figure, "c", bot.say)
    assert words in html
    assert html.count('class="on"') == drawn
    assert '<svg role="img" aria-labelledby="c-1"' in html
    Reader(html)


def test_a_bar_is_as_long_as_its_share(bot: Bot) -> None:
    html = chart.as_html(Figure("F", (Bar("a", 15), Bar("b", 40)), of=30), "c", bot.say)
    assert re.findall(r'class="on" width="(\d+)"', html) == ["100", "200"]


# Colors (WCAG 2.2, 1.4.3 and 1.4.11)

TEXTS = [
    (front, back, 4.5)
    for front, backs in {
        "ink": ("paper", "dawn", "card", "mine"),
        "soft": ("paper", "dawn", "card", "mine", "alarm-paper"),
        "accent": ("paper", "card", "mine"),
        "alarm": ("alarm-paper", "paper"),
        "on-accent": ("accent",),
    }.items()
    for back in backs
]
EDGES = [(front, back, 3.0) for front in ("edge", "accent") for back in ("paper", "card")]
EDGES += [("chart", "card", 3.0), ("chart", "rest", 3.0)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), TEXTS + EDGES)
def test_contrast(scheme: str, front: str, back: str, least: float) -> None:
    css = (ASSETS / "page.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{(.*?)\}", css, re.DOTALL)[:2]
    colors = dict(re.findall(r"--([\w-]+): (#\w{6});", blocks[scheme == "dark"]))
    assert contrast(colors[front], colors[back]) >= least
