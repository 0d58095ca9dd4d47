from __future__ import annotations

import pytest
from pytest_aiohttp.plugin import AiohttpClient

from tests.channels.wechat.test_handler import Accounts


@pytest.fixture
def accounts(aiohttp_client: AiohttpClient) -> Accounts:
    return Accounts(aiohttp_client)
