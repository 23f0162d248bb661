"""Reading parameters: forms, repeats, limits; and the small pure parts of the service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caomai.errors import ParameterError, TooLargeError, TransientError
from tapext import spool as spools
from tapext.markup import element, escape, text_element
from tapext.parameters import Parameters, name_file
from tapext.spool import Spool, remove_abandoned
from tapext.web import multipart as forms
from tapext.web.multipart import MultipartReader
from tapext.web.parameters import parse_form, read_body
from tests.tap.client import multipart

MULTIPART = "multipart/form-data; boundary=x1"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


FILE = (
    b'--x1\r\nContent-Disposition: form-data; name="t"; filename="name=QUERY"\r\n'
    b"Content-Type: application/octet-stream\r\n\r\n\x00\r\n--x\xff\r\n"
    b"--x1\r\nContent-Type: text/plain\r\ncontent-disposition: form-data; name=LANG\r\n\r\nADQL\r\n"
    b"--x1--\r\n"
)
CONTENT = b"\x00\r\n--x\xff"
Read = Callable[..., Parameters]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Read]:
    """Read a body that comes in chunks; files go to a folder that lives as long as the test."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    spool = Spool()

    def give(kind: str, *chunks: bytes, most_bytes: int = 1000) -> Parameters:
        async def bodies() -> AsyncGenerator[bytes]:
            for chunk in chunks:
                yield chunk

        return asyncio.run(read_body(kind, bodies(), spool, most_bytes))

    yield give
    spool.remove()
    assert not list(tmp_path.iterdir())


def feed(kind: str, chunks: Sequence[bytes]) -> list[tuple[str, str]]:
    """Read a form without files."""
    reader = MultipartReader(kind, Spool(), 0)
    for chunk in chunks:
        reader.write(chunk)
    reader.finish()
    return reader.pairs


@given(
    st.lists(st.tuples(st.from_regex("[A-Za-z]{1,8}", fullmatch=True), TEXT), max_size=5),
    st.integers(1, 30),
)
def test_a_multipart_form_gives_what_was_put_in(pairs: list[tuple[str, str]], size: int) -> None:
    kind, body = multipart(pairs)
    chunks = [body[at : at + size] for at in range(0, len(body), size)]
    assert feed(kind, chunks) == [pair for pair in pairs if "\r\n--x1" not in pair[1]]


@given(st.binary(max_size=300), st.sampled_from([MULTIPART, "multipart/form-data", "", "text/plain"]))
def test_any_body_is_read_or_refused(read: Read, body: bytes, kind: str) -> None:
    """EP-10."""
    try:
        parameters = read(kind, body)
    except ParameterError as error:
        assert str(error).endswith(".")  # noqa: PT017 -- either outcome is right
    else:
        assert isinstance(parameters, Parameters)


@pytest.mark.parametrize("quoted", ["x1", '"x1"'])
def test_a_boundary_may_be_quoted(quoted: str) -> None:
    _, body = multipart([("LANG", "ADQL")])
    assert feed(f"multipart/form-data; charset=utf-8; Boundary={quoted}", [body]) == [("LANG", "ADQL")]


def test_files_of_a_form_are_left_alone_where_none_are_taken() -> None:
    assert feed(MULTIPART, [FILE]) == [("LANG", "ADQL")]


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_files_of_a_form_go_to_a_private_folder(read: Read, size: int) -> None:
    """PA-13."""
    parameters = read(MULTIPART, *(FILE[at : at + size] for at in range(0, len(FILE), size)))
    assert parameters.one("LANG") == "ADQL"
    (path,) = parameters.files.values()
    assert path.read_bytes() == CONTENT
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_text_that_UPLOAD_names_is_a_file_too(read: Read) -> None:  # noqa: N802
    kind, body = multipart([("t", "<a>\r\nü</a>"), ("upload", "x,param:t;y,param:u"), ("s", "")])
    parameters = read(kind, body)
    assert {name: path.read_bytes() for name, path in parameters.files.items()} == {
        "t": "<a>\r\nü</a>".encode()
    }


def test_as_many_names_as_there_is_room_for_are_read_at_once(read: Read) -> None:
    """One look at each: a quarter of a million names for each of 19,000 parameters would take minutes."""
    uploads = ";".join(f"t,param:{number}" for number in range(250_000))
    fields = [(f"x{number}", "") for number in range(19_000)]
    assert not read(*multipart([("UPLOAD", uploads), *fields])).files


def test_texts_that_UPLOAD_names_are_counted_as_files(read: Read) -> None:  # noqa: N802
    names = [f"t{number}" for number in range(101)]
    uploads = ";".join(f"t,param:{name}" for name in names)
    with pytest.raises(ParameterError, match="more than 100 files"):
        read(*multipart([("UPLOAD", uploads), *((name, "") for name in names)]))


def test_what_comes_after_a_form_is_limited_too(read: Read) -> None:
    with pytest.raises(TooLargeError, match="takes 100 bytes"):
        read(MULTIPART, FILE, *[b"x" * (1 << 20)] * 6, most_bytes=100)


def test_files_can_be_taken_over(read: Read, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("job")
    taken = read(MULTIPART, FILE).take_files(folder) | {"other": Path("x")}
    again = read(MULTIPART, FILE).take_files(folder)
    assert taken["t"] != again["t"]
    assert {path.read_bytes() for path in folder.iterdir()} == {CONTENT}
    assert len(list(folder.iterdir())) == 2


def test_too_large_files_are_refused_before_their_end(read: Read) -> None:
    with pytest.raises(TooLargeError, match="takes 100 bytes"):
        read(MULTIPART, FILE.partition(CONTENT)[0], b"x" * 101, most_bytes=100)


def test_a_disk_that_is_full_is_said_to_be() -> None:
    spool = Spool()
    (spool.folder / name_file("0", "name=QUERY")).symlink_to("/dev/full")

    async def chunks() -> AsyncGenerator[bytes]:
        yield FILE

    try:
        with pytest.raises(TransientError, match="disk of uploads is full; try again later"):
            asyncio.run(read_body(MULTIPART, chunks(), spool, 1000))
    finally:
        spool.remove()


def test_files_count_as_parameters_where_none_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "MOST_BYTES", 5)
    with pytest.raises(TooLargeError, match="parameters"):
        feed(MULTIPART, [FILE])


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        (MULTIPART, FILE[:-8], "cut off"),
        (MULTIPART, b"", "cut off"),
        ("multipart/form-data", FILE, "does not say what separates"),
        (MULTIPART.replace("x1", "x" * 300), FILE, "Boundary length 300 exceeds"),
        (MULTIPART, b"hello" + FILE, "cannot be read"),
        (MULTIPART, b"--x1\r\nX: " + b"x" * 10_000 + b"\r\n\r\n--x1--", "header size"),
        (MULTIPART, b"--x1\r\n" + b"X: y\r\n" * 100 + b"\r\n--x1--", "header count"),
        (MULTIPART, b"--x1\r\n\r\n\r\n" * 30_000 + b"--x1--", "20000 parameters"),
        (MULTIPART, FILE[:-8] + b"\r\n" + FILE, "two files named 't'"),
        (MULTIPART, multipart([("n" * 1001, "")])[1], "longer than 1000"),
        (MULTIPART, b"--x1\r\nContent-Disposition: form-data; name=a\r\n\r\n\xff\r\n--x1--", "not UTF-8"),
    ],
)
def test_broken_forms_are_refused_in_a_sentence(read: Read, kind: str, body: bytes, words: str) -> None:
    """EP-10."""
    with pytest.raises(ParameterError, match=words):
        read(kind, body)


def test_folders_of_killed_processes_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / f"{spools.PREFIX}dead").mkdir()
    (tmp_path / "other").mkdir()
    living = Spool()
    monkeypatch.setattr(spools, "YOUNG_SECONDS", -1)
    assert living.folder.is_dir()
    remove_abandoned()
    assert {path.name for path in tmp_path.iterdir()} == {"other", living.folder.name}
    living.remove()


def test_a_plus_is_a_blank_and_utf8_is_read() -> None:
    assert parse_form("a=1+2&b=%C3%A4&c=&d=ü".encode()) == [("a", "1 2"), ("b", "ä"), ("c", ""), ("d", "ü")]


def test_an_empty_value_is_none() -> None:
    parameters = Parameters([("MAXREC", ""), ("ID", "a"), ("id", "b")])
    assert parameters.one("MAXREC") is None
    assert parameters.count("MAXREC", 10, 100) == 10
    assert parameters.all("ID") == ["a", "b"]


@pytest.mark.parametrize(
    ("value", "count"), [("5", 5), ("+5", 5), (" 7 ", 7), ("999999999999", 100), ("0", 0)]
)
def test_counts_are_trimmed_to_the_limit(value: str, count: int) -> None:
    assert Parameters([("maxrec", value)]).count("MAXREC", 10, 100) == count


def test_the_default_of_a_count_is_trimmed_too() -> None:
    assert Parameters().count("MAXREC", 1000, 100) == 100


def test_markup_escapes_what_it_is_given() -> None:
    assert element("a", {"b": '"<&\n\0', "c": None}) == "<a b='\"&lt;&amp;&#10;'/>"
    assert text_element("a", "]]>\r\x08\ufffe") == "<a>]]&gt;&#13;</a>"
    assert text_element("a", None) == ""
    assert escape("\ud800") == ""
