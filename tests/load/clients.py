"""Clients that knock at a server from processes of their own, and what they saw.

They speak bare HTTP/1.1 on a kept connection: a client that costs as much as the server would measure itself.
They come as through a proxy that ends TLS, each knock from a neighbour's address of its own if it wants.
"""

import dataclasses
import itertools
import multiprocessing
import socket
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tests.load.rows import Wrong

CSRF = "a" * 32
"""the token that every client has as its cookie and sends with its forms"""


@dataclasses.dataclass(frozen=True)
class Knock:
    """One request. `cookie` is the Cookie header; a body makes it a POST of a form."""

    path: str
    cookie: str = ""
    body: str = ""
    """urlencoded"""
    address: str = "10.0.0.1"
    """from where the proxy says that it comes"""
    accept: str = "text/html,*/*;q=0.8"

    def to_bytes(self, port: int) -> bytes:
        """The request as it goes over the wire."""
        lines = [
            f"{'POST' if self.body else 'GET'} {self.path} HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            f"Accept: {self.accept}",
            "Accept-Language: zh-CN",
            "Accept-Encoding: gzip",
            f"X-Forwarded-For: {self.address}",
            "X-Forwarded-Proto: https",
        ]
        if self.cookie:
            lines.append(f"Cookie: {self.cookie}")
        if self.body:
            lines += [
                f"Origin: https://127.0.0.1:{port}",
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(self.body)}",
            ]
        return ("\r\n".join(lines) + "\r\n\r\n" + self.body).encode()


@dataclasses.dataclass
class Seen:
    """What all clients of a run saw together."""

    answers: list[int]
    """statuses; 0 where the connection broke"""
    times: list[float]
    """seconds a request"""
    wall: float
    """seconds from the first knock to the last answer"""

    @property
    def per_second(self) -> float:
        return len(self.answers) / self.wall

    @property
    def median(self) -> float:
        return statistics.median(self.times)

    def count(self, *statuses: int) -> int:
        """How many answers had one of the statuses."""
        return sum(answer in statuses for answer in self.answers)

    def expect(self, *statuses: int) -> "Seen":
        """Itself, if every answer had one of the statuses; raises Wrong else."""
        others = sorted({answer for answer in self.answers if answer not in statuses})
        if others:
            wrong = len(self.answers) - self.count(*statuses)
            raise Wrong(f"{wrong} of {len(self.answers)} answers were {others}, not {list(statuses)}")
        return self


def knock(port: int, knocks: Sequence[Knock], clients: int) -> Seen:
    """Sends all `knocks` from `clients` processes that begin together; each process keeps its connection."""
    ready = [one.to_bytes(port) for one in knocks]
    hands = [list(itertools.islice(ready, number, None, clients)) for number in range(clients)]
    return in_processes(_client, [(port, hand) for hand in hands])


def in_processes(work: Callable[..., tuple[list[int], list[float]]], arguments: Iterable[tuple]) -> Seen:
    """Runs `work(*arguments)` in a process each, all let go at once."""
    context = multiprocessing.get_context("spawn")
    arguments = list(arguments)
    barrier, results = context.Barrier(len(arguments) + 1), context.Queue()
    processes = [
        context.Process(target=_wait_and_work, args=(barrier, results, work, one), daemon=True)
        for one in arguments
    ]
    for process in processes:
        process.start()
    barrier.wait(60)
    begun = time.perf_counter()
    seen = [results.get(timeout=300) for _process in processes]
    wall = time.perf_counter() - begun
    for process in processes:
        process.join()
    return Seen(
        [answer for answers, _times in seen for answer in answers],
        [one for _answers, times in seen for one in times],
        wall,
    )


def _wait_and_work(barrier: Any, results: Any, work: Callable, arguments: tuple) -> None:
    barrier.wait(60)
    results.put(work(*arguments))


def _client(port: int, requests: list[bytes]) -> tuple[list[int], list[float]]:
    answers, times = [], []
    line = Line(port)
    for request in requests:
        begun = time.perf_counter()
        try:
            answers.append(line.ask(request)[0])
        except (OSError, ValueError):
            line.close()
            answers.append(0)
        times.append(time.perf_counter() - begun)
    line.close()
    return answers, times


class Line:
    """A kept connection. A server may end one between two requests (max-requests): then a new one is opened."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def ask(self, request: bytes) -> tuple[int, bytes, bytes]:
        """Status, head and body of the answer, as they came. Raises OSError when the connection breaks."""
        kept = self._socket is not None
        try:
            return self._ask(request)
        except ConnectionError:
            self.close()
            if not kept:
                raise
            return self._ask(request)

    def _ask(self, request: bytes) -> tuple[int, bytes, bytes]:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=60)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        got = b""
        while (end := got.find(b"\r\n\r\n")) < 0:
            got += self._more()
        head, body = got[:end], got[end + 4 :]
        lower = head.lower()
        if b"transfer-encoding: chunked" in lower:
            while not body.endswith(b"0\r\n\r\n"):
                body += self._more()
        else:
            at = lower.find(b"content-length:")
            length = int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            parts, missing = [body], length - len(body)
            while missing > 0:
                parts.append(self._more())
                missing -= len(parts[-1])
            body = b"".join(parts)
        if b"connection: close" in lower:
            self.close()
        return int(head[9:12]), head, body

    def _more(self) -> bytes:
        if data := self._socket.recv(262144):
            return data
        raise ConnectionResetError("the server ended the connection")

    def close(self) -> None:
        """Ends the connection; the next question opens a new one."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
