"""Where a request comes from: the other end of its connection, or whom a known proxy names."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp import web

Networks = Sequence[IPv4Network | IPv6Network]

_HOME_BITS = 64
"""Of an IPv6 address: one household or office has all addresses that begin with the same."""


def address_of(request: web.Request, proxies: Networks) -> str:
    """Name the address that a request comes from; for IPv6, the network of the household.

    X-Forwarded-For counts only as far as trusted proxies have written it: it is read from its end, and the
    first address that is no proxy is the one. Anybody can write what stands before that.

    Args:
        request: the request.
        proxies: the networks of the trusted proxies.

    """
    found = _parsed(request.remote or "")
    said = [part for line in request.headers.getall("X-Forwarded-For", []) for part in line.split(",")]
    while said and found is not None and any(found in network for network in proxies):
        before = _parsed(said.pop())
        if before is None:
            break
        found = before
    if isinstance(found, IPv6Address):
        return str(ip_network((found, _HOME_BITS), strict=False))
    return "unknown" if found is None else str(found)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address, also with a port behind it; IPv4 written as IPv6 is IPv4."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
