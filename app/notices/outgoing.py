"""The one way out to an address that somebody else chose (webhooks): it must not lead back into the house.

1. The address is https with a host and nothing else that could mean something (no user, no fragment).
2. The host is resolved once; every address found must be public, or lie in a network that the deployment allows.
3. The connection is made to the address that was checked, so that a second answer of the name server changes nothing;
   the certificate must still be that of the host's name.
4. Redirects are answers like others and not followed; no proxy of the environment is used; of the answer little is
   read; the whole takes a bounded time.
"""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from socket import IPPROTO_TCP, SHUT_RDWR, create_connection, getaddrinfo, socket
from threading import Timer
from typing import Final
from urllib.parse import SplitResult, urlsplit

from app.kernel.marking import _

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LONGEST_URL: Final = 500
PATIENCE: Final = 10.0
"""Seconds that the whole may take."""

CONNECT_PATIENCE: Final = 5.0
MOST_READ: Final = 4096
"""Bytes of an answer that are read at most."""


NOT_AN_ADDRESS: Final = _("This is not an address that a message can be sent to: https://host/path.")
NOT_HTTPS: Final = _("The address must begin with https://.")
NOT_PUBLIC: Final = _("The address does not lead to a public network.")

_NAT64: Final = ip_network("64:ff9b::/96")
_UNICAST: Final = ip_network("2000::/3")
"""All of IPv6 that is given out to the public; what lies outside leads back into houses in many ways."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a deployment allows besides https to public addresses."""

    http: bool = False
    networks: tuple[Network, ...] = ()


class Unreachable(Exception):
    """Nothing was sent, or no answer came; the text says why, without anything that the other side said."""


def url_faults(url: str, rules: Rules) -> list[str]:
    """What is wrong with an address, as msgids; where it leads is looked at each time something is sent."""
    try:
        parts = _parts(url, rules)
        literal = _literal(parts.hostname or "")
    except Unreachable as refused:
        return [str(refused)]
    return [] if literal is None or allowed(literal, rules) else [NOT_PUBLIC]


def allowed(address: Address, rules: Rules) -> bool:
    """Whether an address is public, or in a network that the deployment allows; one inside another counts as that."""
    inner = _inner(address)
    if any(inner in network for network in rules.networks if network.version == inner.version):
        return True
    return inner.is_global and not inner.is_multicast and (inner.version == 4 or inner in _UNICAST)


def post(url: str, body: bytes, headers: Mapping[str, str], rules: Rules) -> int:
    """Send `body`; returns the status that was answered. Raises Unreachable."""
    parts = _parts(url, rules)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = HTTPConnection(host, port, timeout=PATIENCE)
    try:
        with _connected(_resolved(host, port, rules), port, parts.scheme, host) as made:
            connection.sock = made
            connection.request("POST", target, body, {**headers, "Host": parts.netloc})
            answered = connection.getresponse()
            answered.read(MOST_READ)
            return answered.status
    except (OSError, HTTPException) as error:
        raise Unreachable(type(error).__name__) from None
    finally:
        connection.close()


def _parts(url: str, rules: Rules) -> SplitResult:
    """The parts of an address. Raises Unreachable."""
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise Unreachable(NOT_AN_ADDRESS)
    try:
        parts = urlsplit(url)
        odd = parts.port == 0 or not parts.hostname or parts.fragment or "@" in parts.netloc
    except ValueError:
        raise Unreachable(NOT_AN_ADDRESS) from None
    if odd or parts.scheme not in ("https", "http"):
        raise Unreachable(NOT_AN_ADDRESS)
    if parts.scheme == "http" and not rules.http:
        raise Unreachable(NOT_HTTPS)
    return parts


def _resolved(host: str, port: int, rules: Rules) -> Address:
    """The first address of a host, all of which are allowed. Raises Unreachable."""
    try:
        found = [ip_address(entry[4][0]) for entry in getaddrinfo(host, port, proto=IPPROTO_TCP)]
    except (OSError, UnicodeError, ValueError):
        raise Unreachable("The host has no address.") from None
    if not found or not all(allowed(address, rules) for address in found):
        raise Unreachable(NOT_PUBLIC)
    return found[0]


@contextmanager
def _connected(address: Address, port: int, scheme: str, host: str) -> Iterator[socket]:
    """A connection to just this address, which is cut when the time is over."""
    made = create_connection((str(address), port), CONNECT_PATIENCE)
    if scheme == "https":
        made = _tls().wrap_socket(made, server_hostname=host, do_handshake_on_connect=False)
    end = Timer(PATIENCE, _cut, [made])
    end.daemon = True
    end.start()
    try:
        made.settimeout(PATIENCE)
        if isinstance(made, ssl.SSLSocket):
            made.do_handshake()
        yield made
    finally:
        end.cancel()
        made.close()


def _cut(connection: socket) -> None:
    """Whoever waits for the other side is told that it has ended."""
    with suppress(OSError):
        socket.shutdown(connection, SHUT_RDWR)


@cache
def _tls() -> ssl.SSLContext:
    """Certificates are checked against those that the machine trusts (SSL_CERT_FILE names others)."""
    return ssl.create_default_context()


def _literal(host: str) -> Address | None:
    """The address that a host is written as; None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def _inner(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one that only carries it."""
    if isinstance(address, IPv6Address):
        if carried := address.ipv4_mapped or address.sixtofour:
            return carried
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
        if address.teredo:
            return address.teredo[1]
    return address
