"""What the tests of the page Goal analysis do in the browser."""

from __future__ import annotations

from playwright.async_api import Locator, Page

SAVED = "Alla ändringar är sparade"


def status(page: Page) -> Locator:
    return page.locator("#status")


async def write(page: Page, selector: str, text: str, *, key: str = "Enter") -> None:
    await page.fill(selector, text)
    await page.press(selector, key)


async def focused(page: Page) -> str:
    """What has focus, as the place where it is told of."""
    return str(await page.evaluate("document.activeElement.dataset.told ?? ''"))


async def paste(page: Page, selector: str, text: str) -> None:
    await page.focus(selector)
    await page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            const how = { clipboardData: data, bubbles: true, cancelable: true };
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", how));
        }""",
        text,
    )
