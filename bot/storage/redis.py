"""State in Redis: one that all workers share, on one machine or on many.

What has to happen at once is a script, which Redis runs without interruption; times are those of Redis's
clock. All keys of a user have the same hash tag, so that a cluster keeps them together.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

from redis import exceptions
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from bot.storage.leases import LEASE_SECONDS, Once, Produce
from bot.storage.protocols import SESSION_LIFE, AwayError, Held, StorageError
from bot.storage.queueing import LOCK_SECONDS, Taken, UserLocks
from bot.storage.urls import without_secrets

_ANSWER_SECONDS = 1
"""How long Redis may take for one answer; it needs a thousandth of that."""
_CONNECTIONS = 64
_LIFE = SESSION_LIFE.total_seconds()
_QUEUE_SECONDS = 60
"""How long an abandoned queue is kept; a live one is renewed all the time."""

_ENTER = """
local lock, queue, processes, user = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local process, place, first_here = ARGV[1], ARGV[1] .. ':' .. ARGV[2], ARGV[3] == '1'
local life, queue_life, session_life = tonumber(ARGV[4]), ARGV[5], ARGV[6]
local function taken(token) return {token, redis.call('HGET', user, 'session')} end
if redis.call('GET', lock) == place then return taken(tonumber(redis.call('HGET', user, 'token'))) end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if not redis.call('LPOS', queue, place) then redis.call('RPUSH', queue, place) end
redis.call('HSET', processes, process, now + life)
redis.call('PEXPIRE', queue, queue_life)
redis.call('PEXPIRE', processes, queue_life)
local head = redis.call('LINDEX', queue, 0)
while head ~= place do
    local other = string.match(head, '^[^:]+')
    local alive = tonumber(redis.call('HGET', processes, other) or 0) > now
    if alive and not (first_here and other == process) then return false end
    redis.call('LPOP', queue)
    head = redis.call('LINDEX', queue, 0)
end
if redis.call('EXISTS', lock) == 1 then return false end
redis.call('LPOP', queue)
redis.call('SET', lock, place, 'PX', life)
local token = redis.call('HINCRBY', user, 'token', 1)
if redis.call('PTTL', user) < 0 then redis.call('PEXPIRE', user, session_life) end
return taken(token)
"""

_RENEW = """
local lock, processes, process = KEYS[1], KEYS[2], ARGV[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if redis.call('EXISTS', processes) == 1 then redis.call('HSET', processes, process, now + ARGV[3]) end
if redis.call('GET', lock) == process .. ':' .. ARGV[2] then redis.call('PEXPIRE', lock, ARGV[3]) end
"""

_LEAVE = """
local lock, queue, place = KEYS[1], KEYS[2], ARGV[1] .. ':' .. ARGV[2]
if redis.call('GET', lock) == place then redis.call('DEL', lock) else redis.call('LREM', queue, 0, place) end
"""

_SAVE = """
redis.call('HSET', KEYS[1], 'session', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
"""

_SAVE_AND_LEAVE = """
local user, lock, place = KEYS[1], KEYS[2], ARGV[1] .. ':' .. ARGV[2]
local token, session, life = ARGV[3], ARGV[4], ARGV[5]
if tonumber(redis.call('HGET', user, 'token') or 0) > tonumber(token) then return 0 end
redis.call('HSET', user, 'token', token, 'session', session)
redis.call('PEXPIRE', user, life)
if redis.call('GET', lock) == place then redis.call('DEL', lock) end
return 1
"""

_CLAIM = """
local key, lease, life = KEYS[1], '~' .. ARGV[1], ARGV[2]
local held = redis.call('GET', key)
if held and held ~= lease then return held end
redis.call('SET', key, lease, 'PX', life)
return lease
"""

_RENEW_LEASE = """
if redis.call('GET', KEYS[1]) == '~' .. ARGV[1] then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
"""

_KEEP = """
local key, value, life = KEYS[1], '=' .. ARGV[1], ARGV[2]
local held = redis.call('GET', key)
if held and string.sub(held, 1, 1) == '=' then return held end
redis.call('SET', key, value, 'PX', life)
return value
"""

_DROP = """
if redis.call('GET', KEYS[1]) == '~' .. ARGV[1] then redis.call('DEL', KEYS[1]) end
"""

_HOLD = """
redis.call('DEL', KEYS[1])
for number = 2, #ARGV do redis.call('RPUSH', KEYS[1], ARGV[number]) end
if #ARGV > 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
"""

_ADMIT = """
local key, minute = KEYS[1], 60000
local after = math.max(redis.call('PTTL', key), 0) + minute / ARGV[1]
if after - minute >= 1 then return math.ceil(after - minute) end
redis.call('SET', key, '', 'PX', math.max(math.floor(after), 1))
return 0
"""

_SCRIPTS = (
    *(_ENTER, _RENEW, _LEAVE, _SAVE, _SAVE_AND_LEAVE),
    *(_CLAIM, _RENEW_LEASE, _KEEP, _DROP, _HOLD, _ADMIT),
)


class RedisState:
    """Sessions, answered messages, held answers and locks in Redis."""

    def __init__(self, url: str) -> None:
        """Take the URL (redis://, rediss://); nothing is opened yet.

        Raises:
            StorageError: no URL that Redis's client can read.

        """
        self._server = _Server(url)
        self._locks = UserLocks(self._server)
        self._once = Once(self._server)

    async def open(self) -> None:
        """Try the server (see the Protocol)."""
        self._server.is_open = True
        await self.ping()

    async def close(self) -> None:
        """Finish what is under way and close the connections."""
        await self._once.finish()
        await self._server.close()

    async def ping(self) -> None:
        """Raise StorageError when Redis does not answer now."""
        await self._server.command("PING")

    def lock(self, user: str) -> AbstractAsyncContextManager[Held]:
        """Let one message of a user in at a time, in the order in which they ask, across all processes."""
        return self._locks.lock(user)

    async def session(self, user: str) -> str | None:
        """Return the user's session; None when there is none or its time is over."""
        value = await self._server.command("HGET", _of(user).user, "session")
        return None if value is None else str(value)

    async def save(self, user: str, session: str) -> None:
        """Keep the user's session for SESSION_LIFE from now (see the Protocol)."""
        await self._server.script(_SAVE, [_of(user).user], [session, _milliseconds(_LIFE)])

    async def forget(self, user: str) -> None:
        """Remove the user's session."""
        await self._server.command("HDEL", _of(user).user, "session")

    async def once(self, key: str, produce: Produce, ttl: float) -> str:
        """Return the one value of a key, produced by whoever asks first (see the Protocol)."""
        return await self._once.get(key, produce, ttl)

    async def hold(self, user: str, parts: Sequence[str], ttl: float) -> None:
        """Hold the rest of an answer for a user, in place of what was held before; an empty one clears it."""
        await self._server.script(_HOLD, [_of(user).held], [_milliseconds(ttl), *parts])

    async def take_held(self, user: str) -> str | None:
        """Return the first part that is held for a user and hold it no longer; None when there is none."""
        part = await self._server.command("LPOP", _of(user).held)
        return None if part is None else str(part)

    async def admit(self, key: str, per_minute: int) -> float:
        """Count one more of a key (see the Protocol)."""
        return int(await self._server.script(_ADMIT, [f"yibao:limit:{key}"], [per_minute])) / 1000


class _Server:
    """The connections to one Redis, and the places and leases that it keeps."""

    def __init__(self, url: str) -> None:
        self._name = without_secrets(url)
        self.is_open = False
        try:
            pool = BlockingConnectionPool.from_url(
                url,
                max_connections=_CONNECTIONS,
                timeout=2 * _ANSWER_SECONDS,
                decode_responses=True,
                socket_timeout=_ANSWER_SECONDS,
                socket_connect_timeout=_ANSWER_SECONDS,
                # a connection that Redis closed while it was idle is made anew
                retry=Retry(NoBackoff(), 1, supported_errors=(exceptions.ConnectionError,)),
            )
        except ValueError as error:
            raise StorageError(f"{self._name}: {error}") from error
        self._client = Redis(connection_pool=pool)
        self._scripts = {text: self._client.register_script(text) for text in _SCRIPTS}

    async def close(self) -> None:
        self.is_open = False
        await self._client.connection_pool.aclose()

    async def command(self, *words: str) -> Any:  # noqa: ANN401  # what a command returns depends on it
        async with self._explained():
            return await self._client.execute_command(*words)  # type: ignore[no-untyped-call]

    async def script(self, text: str, keys: list[str], arguments: list[str | int]) -> Any:  # noqa: ANN401  # the same
        async with self._explained():
            return await self._scripts[text](keys=keys, args=arguments)

    @asynccontextmanager
    async def _explained(self) -> AsyncIterator[None]:
        if not self.is_open:
            raise StorageError(f"{self._name} is not open")
        try:
            yield
        except (exceptions.AuthenticationError, exceptions.AuthorizationError) as error:
            raise StorageError(f"{self._name} refuses the user or the password: {error}") from error
        except (
            exceptions.ConnectionError,
            exceptions.TimeoutError,
            exceptions.ReadOnlyError,
            OSError,
        ) as error:
            raise AwayError(f"{self._name} is out of reach: {error}") from error
        except exceptions.RedisError as error:
            raise StorageError(f"{self._name}: {error}") from error

    # --- places ---------------------------------------------------------------------------------------------

    async def enter(self, user: str, process: str, number: int, *, first_here: bool) -> Taken | None:
        keys = _of(user)
        taken = await self.script(
            _ENTER,
            [keys.lock, keys.queue, keys.processes, keys.user],
            [
                process,
                number,
                int(first_here),
                _milliseconds(LOCK_SECONDS),
                _milliseconds(_QUEUE_SECONDS),
                _milliseconds(_LIFE),
            ],
        )
        return None if taken is None else Taken(int(taken[0]), taken[1])

    async def renew(self, user: str, process: str, number: int) -> None:
        keys = _of(user)
        await self.script(_RENEW, [keys.lock, keys.processes], [process, number, _milliseconds(LOCK_SECONDS)])

    async def leave(self, user: str, process: str, number: int) -> None:
        keys = _of(user)
        await self.script(_LEAVE, [keys.lock, keys.queue], [process, number])

    async def save_and_leave(self, user: str, process: str, number: int, token: int, session: str) -> bool:
        keys = _of(user)
        life = _milliseconds(_LIFE)
        return bool(
            await self.script(
                _SAVE_AND_LEAVE, [keys.user, keys.lock], [process, number, token, session, life]
            )
        )

    # --- leases ---------------------------------------------------------------------------------------------

    async def claim(self, key: str, owner: str) -> tuple[Literal["value", "mine", "other"], str]:
        held = str(await self.script(_CLAIM, [_once(key)], [owner, _milliseconds(LEASE_SECONDS)]))
        if held.startswith("="):
            return "value", held[1:]
        return ("mine" if held == f"~{owner}" else "other"), ""

    async def renew_lease(self, key: str, owner: str) -> None:
        await self.script(_RENEW_LEASE, [_once(key)], [owner, _milliseconds(LEASE_SECONDS)])

    async def keep(self, key: str, owner: str, value: str, ttl: float) -> str:  # noqa: ARG002  # whose lease it was does not matter: the first value counts
        return str(await self.script(_KEEP, [_once(key)], [value, _milliseconds(ttl)]))[1:]

    async def drop(self, key: str, owner: str) -> None:
        await self.script(_DROP, [_once(key)], [owner])


@dataclass(frozen=True, slots=True)
class _Keys:
    """The keys of a user: session and token; the lock; who waits for it; whose processes live; held parts."""

    user: str
    lock: str
    queue: str
    processes: str
    held: str


def _of(user: str) -> _Keys:
    own = f"yibao:{{{user}}}"
    return _Keys(own, f"{own}:lock", f"{own}:queue", f"{own}:processes", f"{own}:held")


def _once(key: str) -> str:
    return f"yibao:once:{key}"


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
