"""What is kept of one user, removed at their wish."""

from __future__ import annotations

from bot.app import KEY_FILE
from bot.config import Config
from bot.storage.backends import storage
from bot.storage.pseudonyms import own_key, pseudonym


async def forget(config: Config, user: str) -> int:
    """Remove the chats, held answers and turns of a user, by whichever way they came.

    Args:
        config: where state, journal and key are, and which accounts there are.
        user: as the channel names them: an openid, a userid, the `user` of the API.

    Returns:
        How many turns were removed.

    Raises:
        StorageError: the state or the journal does not work now; what was removed stays so.

    """
    kept = storage(config.state_url, config.journal_url, config.data_dir)
    key = own_key(config.data_dir / KEY_FILE)
    await kept.state.open()
    try:
        await kept.journal.open()
        try:
            known = [("http", user)]
            for channel, paths in (("wechat", config.official_accounts), ("wecom", config.corp_apps)):
                known += [(channel, f"{path.removeprefix('/')}:{user}") for path in paths]
            names = [pseudonym(key, *known_as) for known_as in known]
            for name in names:
                await kept.state.hold(name, (), 1)
                async with kept.state.lock(name):
                    await kept.state.forget(name)
            return sum([await kept.journal.forget(name) for name in names])
        finally:
            await kept.journal.close()
    finally:
        await kept.state.close()
