"""From where a key may be used: networks such as 192.0.2.0/24 or 2001:db8::/32."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final

from ...infra.errors import InvalidInput
from ...infra.i18n import _

MOST: Final = 50


def read_networks(texts: Iterable[str], *, field: str = "networks") -> list[str]:
    """The networks as they are kept. Raises InvalidInput for a text that is none."""
    found = []
    for text in texts:
        wanted = text.strip()
        if not wanted:
            continue
        try:
            network = ip_network(wanted, strict=False)
        except ValueError:
            raise InvalidInput(
                _(
                    "{network} is no network. Write for example 192.0.2.0/24 or 2001:db8::/32.",
                    network=wanted[:60],
                ),
                field=field,
            ) from None
        found.append(str(network))
    if len(found) > MOST:
        raise InvalidInput(_("A key has at most {most} networks.", most=MOST), field=field)
    return list(dict.fromkeys(found))


def is_within(address: str, networks: Sequence[str]) -> bool:
    """Whether the address lies in one of the networks; no networks is anywhere."""
    return not networks or _is_within(address, tuple(networks))


def are_within(networks: Sequence[str], others: Sequence[str]) -> bool:
    """Whether all from where the first let somebody come lies in the others; none is anywhere."""
    if not others:
        return True
    wider = [ip_network(other) for other in others]
    return bool(networks) and all(
        any(_lies_in(ip_network(network), other) for other in wider) for network in networks
    )


def _lies_in(network: IPv4Network | IPv6Network, other: IPv4Network | IPv6Network) -> bool:
    same = network.version == other.version and network.prefixlen >= other.prefixlen
    return same and network.network_address in other


@lru_cache(10_000)
def _is_within(address: str, networks: tuple[str, ...]) -> bool:
    try:
        found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False  # not by the network at all, such as a socket of the machine
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return any(found in ip_network(network) for network in networks)
