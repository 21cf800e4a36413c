"""The way out to addresses that others chose does not lead back into the house."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address, ip_network
from threading import Thread
from time import monotonic, sleep

import pytest

from app.notices import outgoing
from app.notices.outgoing import NOT_AN_ADDRESS, NOT_HTTPS, NOT_PUBLIC, Rules, Unreachable, allowed, post, url_faults

STRICT = Rules()
HERE = Rules(http=True, networks=(ip_network("127.0.0.0/8"),))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "fec0::1", "::7f00:1", "::ffff:0:7f00:1", "64:ff9b:1::a00:1", "5f00::1", "2001:0:4136:e378::f5ff:fffe",
    ],
)  # fmt: skip
def test_what_is_not_public_is_not_written_to(address: str) -> None:
    assert not allowed(ip_address(address), STRICT)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"]
)
def test_what_is_public_is(address: str) -> None:
    assert allowed(ip_address(address), STRICT)


def test_a_deployment_may_allow_a_network_of_its_own() -> None:
    rules = Rules(networks=(ip_network("10.0.0.0/8"),))
    assert allowed(ip_address("10.1.2.3"), rules)
    assert allowed(ip_address("::ffff:10.1.2.3"), rules)
    assert not allowed(ip_address("172.16.0.1"), rules)


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("https://example.org/hook", None),
        ("https://example.org:8443/hook?x=1", None),
        ("http://example.org/hook", NOT_HTTPS),
        ("https://127.0.0.1/", NOT_PUBLIC),
        ("https://[::1]/", NOT_PUBLIC),
        ("https://user:word@example.org/", NOT_AN_ADDRESS),
        ("https://example.org/#part", NOT_AN_ADDRESS),
        ("https://example.org:0/", NOT_AN_ADDRESS),
        ("https://example.org:99999/", NOT_AN_ADDRESS),
        ("https:///hook", NOT_AN_ADDRESS),
        ("https://[::1/", NOT_AN_ADDRESS),
        ("ftp://example.org/", NOT_AN_ADDRESS),
        ("https://例子.中国/", NOT_AN_ADDRESS),
        ("https://example.org/\r\nX: y", NOT_AN_ADDRESS),
        ("https://example.org\\@127.0.0.1/", NOT_AN_ADDRESS),
        ("https://example.org/" + "x" * 500, NOT_AN_ADDRESS),
        ("", NOT_AN_ADDRESS),
    ],
)
def test_the_shape_of_an_address(url: str, fault: str | None) -> None:
    assert url_faults(url, STRICT) == ([fault] if fault else [])


# --- a receiver


class Receiver(HTTPServer):
    """Answers every POST with `status`, and keeps what came."""

    def __init__(self, status: int = 204, answer: bytes = b"", location: str = "", pace: float = 0) -> None:
        self.taken: list[tuple[str, dict[str, str], bytes]] = []
        receiver = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.taken.append((self.path, dict(self.headers), body))
                self.send_response(status)
                if location:
                    self.send_header("Location", location)
                self.end_headers()
                try:
                    for byte in answer:
                        self.wfile.write(bytes([byte]))
                        if pace:
                            self.wfile.flush()
                            sleep(pace)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_args: object) -> None:
                """Nothing on the terminal."""

        super().__init__(("127.0.0.1", 0), Door)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


@contextmanager
def open_door(receiver: Receiver) -> Iterator[Receiver]:
    thread = Thread(target=receiver.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.shutdown()
        receiver.server_close()
        thread.join()


def test_what_is_sent_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with open_door(Receiver()) as receiver:
        assert post(f"{receiver.url}?a=1", b"{}", {"webhook-id": "1"}, HERE) == 204
    [(path, headers, body)] = receiver.taken
    assert (path, body, headers["webhook-id"]) == ("/hook?a=1", b"{}", "1")
    assert headers["Host"] == f"127.0.0.1:{receiver.server_port}"


def test_a_redirect_is_not_followed() -> None:
    with open_door(Receiver()) as inner, open_door(Receiver(302, location=inner.url)) as receiver:
        assert post(receiver.url, b"{}", {}, HERE) == 302
    assert inner.taken == []


def test_a_receiver_that_never_ends_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says something again and again, so that no pause is ever long: the whole is bounded."""
    monkeypatch.setattr(outgoing, "PATIENCE", 0.3)
    began = monotonic()
    with open_door(Receiver(200, answer=b"x" * 60, pace=0.05)) as receiver:
        assert post(receiver.url, b"{}", {}, HERE) == 200  # what it answered was known before it was cut
    assert monotonic() - began < 5


def test_a_name_is_asked_for_once_and_the_connection_goes_where_it_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the second answer of the name server would lead into the house."""
    asked: list[str] = []
    gone_to: list[object] = []

    def answers(host: str, port: int, **_more: object) -> list[object]:
        asked.append(host)
        address = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(address: object, timeout: float) -> socket.socket:
        gone_to.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(outgoing, "getaddrinfo", answers)
    monkeypatch.setattr(outgoing, "create_connection", connect)
    with pytest.raises(Unreachable, match="ConnectionRefusedError"):
        post("https://rebind.example/hook", b"", {}, STRICT)
    assert (asked, gone_to) == (["rebind.example"], [("93.184.216.34", 443)])


def test_one_address_inside_among_many_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    def answers(_host: str, port: int, **_more: object) -> list[object]:
        return [(2, 1, 6, "", (address, port)) for address in ("93.184.216.34", "169.254.169.254")]

    monkeypatch.setattr(outgoing, "getaddrinfo", answers)
    with pytest.raises(Unreachable, match=NOT_PUBLIC):
        post("https://two.example/", b"", {}, STRICT)


@pytest.mark.parametrize("host", ["localhost", "127.1", "0x7f000001", "2130706433", "0177.0.0.1"])
def test_the_house_by_its_other_names(host: str) -> None:
    with pytest.raises(Unreachable):
        post(f"https://{host}/", b"", {}, STRICT)


def test_a_name_that_leads_nowhere() -> None:
    with pytest.raises(Unreachable, match=r"The host has no address\."):
        post("https://nowhere.invalid/", b"", {}, STRICT)


def test_https_means_a_certificate_of_that_name() -> None:
    context = outgoing._tls()
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    with open_door(Receiver()) as receiver, pytest.raises(Unreachable, match="SSLError"):
        post(receiver.url.replace("http:", "https:"), b"", {}, HERE)
    assert receiver.taken == []
