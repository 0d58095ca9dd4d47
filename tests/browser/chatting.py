"""What a visitor does on the chat page, in a visitor's words."""

from __future__ import annotations

from playwright.async_api import Frame, Locator, Page, expect

QUESTION = "二档 三级医院住院花了五万能报多少"
ANSWERED = ".message.theirs:not([aria-hidden])"


async def enter(page: Page, url: str, place: str | None = "文登区") -> None:
    """Open the page, and choose a place."""
    await page.goto(url)
    await expect(page.get_by_role("heading", name="您好，我是医保小助手")).to_be_visible()
    if place is not None:
        await page.get_by_role("button", name=place).click()
        await expect(page.get_by_text("可以点一个问题")).to_be_visible()


async def ask(page: Page, text: str) -> Locator:
    """Type a question, and return the answer once it is there."""
    answers = page.locator(ANSWERED)
    before = await answers.count()
    await page.get_by_role("textbox", name="您的问题").fill(text)
    await page.keyboard.press("Enter")
    await expect(answers).to_have_count(before + 1)
    return answers.last


async def card_of(page: Page) -> Locator:
    """Return the last card once its levers are there."""
    card = page.locator(".card").last
    await expect(card.get_by_role("heading", name="换个条件算")).to_be_visible()
    return card


async def sideways(page: Page) -> float:
    """Tell by how many pixels a page or its conversation is wider than its room."""
    told: float = await page.evaluate(
        """() => Math.max(...[document.documentElement, document.querySelector("#scroll")]
          .map((one) => one.scrollWidth - one.clientWidth))"""
    )
    return told


async def overlaps(page: Page | Frame, parts: str) -> list[str]:
    """Tell which of the parts that a selector finds cover others."""
    told: list[str] = await page.evaluate(
        """(parts) => {
          const seen = [...document.querySelectorAll(parts)]
            .map((one) => [one.id, one.getBoundingClientRect()]).filter(([, box]) => box.width > 1);
          return seen.flatMap(([name, one], number) => seen.slice(number + 1)
            .filter(([, other]) => one.left < other.right && other.left < one.right
              && one.top < other.bottom && other.top < one.bottom)
            .map(([other]) => `${name} and ${other}`));
        }""",
        parts,
    )
    return told
