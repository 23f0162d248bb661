"""Questions of every kind to a service over an archive of this size, and a client that checks the answers."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from benchmarks.scale.archive import Size

QUESTIONS: Final = 200
IDS_OF_MANY: Final = 500
SENTENCE: Final = re.compile(rb'value="ERROR">([^<]*)')
BOUNDARY: Final = "---bench"
FORM: Final = "application/x-www-form-urlencoded"
Words = Sequence[tuple[str, object]]
CONE: Final = (
    "SELECT TOP 10 f.publisherID, f.ra, f.dec FROM caom2_ai.fingerprint AS f"
    " WHERE 1 = CONTAINS(POINT(f.ra, f.dec), CIRCLE({ra}, {dec}, 1))"
)
CONTENT: Final = (
    "SELECT TOP 100 f.publisherID, f.nObjects FROM caom2_ai.fingerprint AS f"
    " WHERE caomai_count(f.fingerprint, {node}) >= 2"
)


@dataclass(frozen=True)
class Question:
    """A request, and what its answer must hold so and so often at least."""

    path: str
    body: bytes | None = None
    kind: str = FORM
    mark: bytes = b'value="OK"'
    times: int = 1


# How often each kind is asked beside the others, and its questions.
Kinds = dict[str, tuple[int, list[Question]]]


class Asker:
    """A client on one connection that stays open."""

    def __init__(self, address: str) -> None:
        self.connection = http.client.HTTPConnection(address, timeout=120)

    def ask(self, question: Question) -> float:
        """Ask; gives the seconds until the last byte. An answer that is no good is a RuntimeError."""
        start = time.perf_counter()
        try:
            method = "GET" if question.body is None else "POST"
            self.connection.request(method, question.path, question.body, {"Content-Type": question.kind})
            answer = self.connection.getresponse()
            content = answer.read()
        except http.client.HTTPException as error:
            self.connection.close()
            raise RuntimeError(f"{question.path}: {error!r}") from error
        except OSError:
            self.connection.close()
            raise
        took = time.perf_counter() - start
        if answer.status != http.HTTPStatus.OK or content.count(question.mark) < question.times:
            said = SENTENCE.search(content)
            words = said[1].decode() if said else repr(content[:200])
            raise RuntimeError(f"{question.path[:80]}: {answer.status} {words}")
        return took


def list_kinds(size: Size, frame: Path) -> Kinds:
    """List the kinds of questions, each with how often it is asked beside the others."""
    images = [name_image(size, number) for number in range(QUESTIONS)]
    body = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="image"; filename="a.fits"\r\n\r\n'.encode()
        + frame.read_bytes()
        + f"\r\n--{BOUNDARY}--\r\n".encode()
    )
    upload = Question("/similar?MAXREC=10", body, f"multipart/form-data; boundary={BOUNDARY}", b"<TR>", 10)
    rows = {"mark": b"<TR>", "times": 10}
    return {
        "cone": (6, [ask(CONE.format(ra=n * 37.7 % 360, dec=n * 17.3 % 160 - 80)) for n in range(QUESTIONS)]),
        "similar by ID": (6, [get("similar", [("ID", image)], **rows) for image in images]),
        "similar by examples": (
            2,
            [get("similar", [("LIKE", one), ("UNLIKE", other)], **rows) for one, other in pairwise(images)],
        ),
        "similar, one camera": (
            2,
            [get("similar", [("ID", image), ("INSTRUMENT", "CAM-002")], **rows) for image in images],
        ),
        "similar to an upload": (1, [upload]),
        "links with 10 similar": (
            6,
            [get("datalink/links", [("ID", image)], mark=b"#similar", times=10) for image in images],
        ),
        f"links of {IDS_OF_MANY}": (1, [ask_many(size, first) for first in range(0, 4000, IDS_OF_MANY)]),
        "annotate": (2, [get("annotate", [("ID", image)]) for image in images]),
        "images with a node": (2, [ask(CONTENT.format(node=node)) for node in range(0, 400, 2)]),
    }


def name_image(size: Size, number: int) -> str:
    """Name an image of the archive, another for each number."""
    return f"ivo://archive.test/SCALE?{number * 7919 % size.images:09}/p"


def get(path: str, words: Words, *, mark: bytes = b'value="OK"', times: int = 1) -> Question:
    """Ask by the URL."""
    return Question(f"/{path}?{urlencode(words)}", None, mark=mark, times=times)


def ask(query: str) -> Question:
    """Ask by ADQL."""
    return get("tap/sync", [("LANG", "ADQL"), ("QUERY", query)])


def ask_many(size: Size, first: int) -> Question:
    """Ask for the links of many images, of which one is unknown."""
    ids = [("ID", name_image(size, number)) for number in range(first, first + IDS_OF_MANY)]
    words = urlencode([*ids, ("ID", "ivo://archive.test/SCALE?nothing/p")]).encode()
    return Question("/datalink/links", words, mark=b"#this", times=IDS_OF_MANY + 1)
