"""The page in a real browser: with scripts and without, by keyboard alone, on paper, under axe.

Needs playwright (with the axe that axe-playwright-python brings) and a Chromium on the machine.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from amlbot import Bot

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

from amlbot.web import create_app  # noqa: E402
from serving import running  # noqa: E402

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), "")
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine")

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDTHS = {"phone": (320, 640), "zoomed": (640, 450), "desktop": (1280, 900)}


@pytest.fixture(scope="module")
def address(bot: Bot) -> Iterator[str]:
    with running(create_app(bot)) as url:
        yield f"{url}/"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield launched
        launched.close()


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Any]:
    """Opens the page in a fresh context; a fault in its scripts or its policy fails the test."""
    contexts: list[Any] = []
    faults: list[str] = []

    def elsewhere(url: str) -> None:
        if not url.startswith((address, "data:")):
            faults.append(url)

    def open_page(**options: Any) -> Any:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text))
        page.on("request", lambda sent: elsewhere(sent.url))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


def ask(page: Any, text: str, turn: int) -> None:
    page.fill("#text", text)
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#turn-{turn}")


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.innerText"))


def findings(page: Any) -> list[str]:
    found = axe.Axe().run(page).response["violations"]
    return [f"{v['id']}: {node['html']}" for v in found for node in v["nodes"]]


def test_a_conversation(visit: Any) -> None:
    page = visit(viewport={"width": 1280, "height": 900})
    assert focused(page) == "text"
    ask(page, "how comon is npm1?", 1)
    assert "about a third of adults" in page.inner_text("#turn-1")
    assert page.input_value("#text") == ""
    assert focused(page) == "text"

    ask(page, "and in kids?", 2)
    assert "in children" in page.inner_text("#turn-2 h3")

    choice = page.locator("#choices button[name=pick]").first
    title = choice.inner_text()
    choice.click()
    page.wait_for_selector("#turn-3")
    assert page.inner_text("#turn-3 .said p") == title
    assert focused(page) == "text"
    assert page.locator("#log > article").count() == 3
    assert page.locator("#log button[name=pick]").count() == 0


def test_the_emergency_line_stays_in_its_place(visit: Any) -> None:
    page = visit(viewport={"width": 1280, "height": 900})
    before = page.locator("#emergency").bounding_box()
    ask(page, "what is aml", 1)
    ask(page, "i have a fever of 39", 2)
    page.wait_for_timeout(500)
    assert page.evaluate("scrollY") > 300
    assert page.locator("#emergency").bounding_box() == before
    top = page.locator("#turn-2").bounding_box()["y"]
    assert before["height"] <= top < 300, "a new answer starts below the line, in view"


def test_every_answer_is_announced_once_and_whole(visit: Any) -> None:
    page = visit()
    page.evaluate(
        """() => {
          window.added = [];
          const log = document.getElementById("log");
          window.log = log;
          new MutationObserver((changes) => {
            for (const change of changes) window.added.push(...change.addedNodes);
          }).observe(log, { childList: true, subtree: true, characterData: true });
        }"""
    )
    ask(page, "what is a blast", 1)
    ask(page, "what is mrd", 2)
    assert page.evaluate("window.added.map((node) => node.id)") == ["turn-1", "turn-2"]
    assert page.evaluate("window.log === document.getElementById('log')")


def test_keyboard_alone(visit: Any) -> None:
    page = visit(viewport={"width": 1280, "height": 900})
    press = page.keyboard.press

    def reach(label: str, key: str = "Tab") -> None:
        for _ in range(60):
            press(key)
            if label in focused(page):
                return
        pytest.fail(f"{label} was not reached with {key}")

    page.keyboard.type("what is mrd")
    press("Shift+Enter")
    page.keyboard.type("in aml")
    press("Enter")
    page.wait_for_selector("#turn-1")
    assert page.inner_text("#turn-1 .said p") == "what is mrd\nin aml"

    term = page.locator("#turn-1 .term").first
    reach(term.inner_text(), "Shift+Tab")
    press("Enter")
    meaning = page.locator("#turn-1 .meaning").first
    assert meaning.is_visible()
    press("Escape")
    assert not meaning.is_visible()

    reach("Where this comes from")
    press("Enter")
    assert page.locator("#turn-1 .sources a").first.is_visible()

    reach(page.locator("#choices button[name=pick]").first.inner_text())
    press("Enter")
    page.wait_for_selector("#turn-2")
    assert focused(page) == "text"

    reach("Keep this question", "Shift+Tab")
    press("Enter")
    page.wait_for_selector("#kept li")
    assert page.inner_text("#status").startswith("Kept")
    reach("note")
    page.keyboard.type("Can my sister be my donor?")
    press("Enter")
    page.wait_for_selector("#kept li:nth-child(2)")
    assert focused(page) == "note"
    reach("Remove", "Shift+Tab")
    press("Enter")
    page.wait_for_selector("#kept li:nth-child(2)", state="detached")
    assert focused(page) == "doctor-title"
    reach("region")
    press("ArrowDown")
    reach("Use these")
    press("Enter")
    page.wait_for_selector("#emergency >> text=999")
    reach("Start over")
    press("Enter")
    page.wait_for_selector("#turn-1", state="detached")


def test_focus_is_never_hidden_behind_what_stays_in_view(visit: Any) -> None:
    page = visit(viewport={"width": 1280, "height": 700}, reduced_motion="reduce")
    ask(page, "what is flt3", 1)
    ask(page, "what were the mrd results", 2)
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        page.wait_for_timeout(60)
        seen = page.evaluate(
            """() => {
              const element = document.activeElement;
              if (element === document.body || element.closest(".skip")) return true;
              const box = element.getBoundingClientRect();
              const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
              return element.contains(at) || at?.contains(element);
            }"""
        )
        assert seen, page.evaluate("document.activeElement.outerHTML")


def test_without_scripts(visit: Any) -> None:
    page = visit(java_script_enabled=False)
    page.fill("#text", "how comon is npm1?")
    page.click("#send")
    assert "about a third of adults" in page.inner_text("#turn-1")
    page.fill("#text", "and in kids?")
    page.click("#send")
    assert "in children" in page.inner_text("#turn-2 h3")
    assert page.url.endswith("#turn-2")
    page.locator("#turn-2 .term, #turn-1 .term").first.click()
    assert page.locator(".meaning:popover-open").count() == 1
    page.locator("#choices button[name=pick]").first.click()
    assert page.locator("#log > article").count() == 3
    page.click("button[name=keep]")
    assert page.locator("#kept li").count() == 1
    page.fill("#note", "A question of my own")
    page.click("button[name=add]")
    assert page.locator("#kept li").count() == 2
    assert page.locator("#log > article").count() == 3
    assert not page.locator("#hint").is_visible()
    assert not page.locator("#print").is_visible()


def test_a_server_that_is_gone(visit: Any, browser: Any, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    page.route("**/*", lambda route: route.abort())
    page.fill("#text", "what is mrd")
    page.keyboard.press("Enter")
    page.wait_for_selector("#error >> text=I can't reach amlbot")
    assert page.input_value("#text") == "what is mrd"
    assert focused(page) == "text"
    page.unroute("**/*")
    page.keyboard.press("Enter")
    page.wait_for_selector("#turn-1")
    assert page.inner_text("#error") == ""
    context.close()


def test_haste_loses_nothing(visit: Any) -> None:
    page = visit()
    page.route("**/*", lambda route: (page.wait_for_timeout(150), route.continue_()))
    page.fill("#text", "what is mrd")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type("what is a blast")
    page.keyboard.press("Enter")
    page.keyboard.type("what is")
    page.wait_for_selector("#turn-2")
    assert page.locator("#turn-1 .said p").inner_text() == "what is mrd"
    assert page.locator("#turn-2 .said p").inner_text() == "what is a blast"
    assert page.input_value("#text") == "what is"
    assert page.inner_text("#error") == ""


def test_on_paper(visit: Any) -> None:
    page = visit()
    ask(page, "what were the mrd results", 1)
    page.click("button[name=keep]")
    page.wait_for_selector("#kept li")
    assert len(page.pdf()) > 10_000
    page.emulate_media(media="print")
    for shown in ("#emergency", "#turn-1 .sources a", "#turn-1 svg", "#doctor", "#kept li"):
        assert page.locator(shown).first.is_visible(), shown
    for hidden in ("#ask", "#choices", "footer", "#own", "#kept button"):
        assert not page.locator(hidden).first.is_visible(), hidden


def test_sources_are_printed_without_scripts(visit: Any) -> None:
    page = visit(java_script_enabled=False)
    page.fill("#text", "what is mrd")
    page.click("#send")
    page.emulate_media(media="print")
    assert page.locator("#turn-1 .sources a").first.is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", WIDTHS)
def test_axe_finds_nothing_and_nothing_overflows(visit: Any, size: str, scheme: str) -> None:
    width, height = WIDTHS[size]
    page = visit(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        reduced_motion="reduce",
        has_touch=size == "phone",
    )
    assert findings(page) == []
    ask(page, "what were the mrd results", 1)
    page.click("button[name=keep]")
    ask(page, "i have a fever of 39", 2)
    ask(page, "x" * 200, 3)
    ask(page, "how common is npm1", 4)
    page.locator("summary").first.click()
    page.locator("#turn-4 .term").first.click()
    assert findings(page) == []
    page.keyboard.press("Escape")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_text_may_be_spaced_out(visit: Any) -> None:
    """WCAG 2.2, 1.4.12: nothing is lost when a reader widens lines, letters and words."""
    page = visit(viewport={"width": 320, "height": 640}, bypass_csp=True)
    ask(page, "what were the mrd results", 1)
    page.add_style_tag(
        content="* { line-height: 1.5 !important; letter-spacing: .12em !important;"
        " word-spacing: .16em !important; } p { margin-bottom: 2em !important; }"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_small_targets_are_large_enough(visit: Any) -> None:
    """WCAG 2.2, 2.5.8: 24 pixels, but for words and links inside a sentence."""
    page = visit(viewport={"width": 390, "height": 844}, has_touch=True)
    ask(page, "what is flt3", 1)
    page.click("button[name=keep]")
    page.wait_for_selector("#kept li")
    targets = page.locator("button:visible:not(.term), summary, select, textarea")
    for box in (targets.nth(i).bounding_box() for i in range(targets.count())):
        assert min(box["width"], box["height"]) >= 24
    if folder := os.environ.get("AMLBOT_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/phone.png", full_page=True)
