"""The browser of these tests notices what a page must never do."""

from __future__ import annotations

import pytest
from playwright.async_api import Error

from tests.browser.axe import grave_faults
from tests.browser.conftest import Open, Serve


async def test_a_request_to_the_outside_is_refused_and_noted(visit: Open) -> None:
    visitor = await visit()

    with pytest.raises(Error, match="ERR_FAILED"):
        await visitor.page.goto("https://example.com/")

    assert visitor.faults == ["outside: https://example.com/"]
    visitor.expect("example.com")


async def test_a_violated_policy_is_noted(serve: Serve, visit: Open) -> None:
    site, visitor = await serve(), await visit()
    await visitor.page.goto(f"{site.url}/")

    await visitor.page.evaluate("document.body.setAttribute('style', 'color: red')")
    await visitor.page.wait_for_event("console", lambda message: "content policy" in message.text)

    assert any("style-src-attr" in fault for fault in visitor.faults)
    visitor.expect("content policy|Content Security Policy")


async def test_a_script_that_fails_is_noted(serve: Serve, visit: Open) -> None:
    site, visitor = await serve(), await visit()
    await visitor.page.goto(f"{site.url}/")

    async with visitor.context.expect_event("weberror"):
        await visitor.page.evaluate("setTimeout(() => { throw new Error('on purpose'); })")

    assert any("on purpose" in fault for fault in visitor.faults)
    visitor.expect("on purpose")


async def test_a_field_without_a_label_is_found(serve: Serve, visit: Open) -> None:
    site, visitor = await serve(), await visit()
    await visitor.page.goto(f"{site.url}/")
    assert not any("label" in fault for fault in await grave_faults(visitor.page))

    await visitor.page.evaluate("document.querySelector('main').append(document.createElement('input'))")

    assert any(fault.startswith("label:") for fault in await grave_faults(visitor.page))
