"""Reading a table: the same rows however they are written and cut, and in the limits of a process (PA-13)."""

from __future__ import annotations

import asyncio
import gzip
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caomai.errors import CaomAiError, ParameterError
from caomai.settings import read_settings
from tapext.uploads import reading
from tapext.uploads.reading import read_table
from tapext.uploads.votable import VOTableReader
from tests.uploads.sending import HEAD, field, tabledata, wrap

FIELDS = field("n", "int") + field("s", "unicodeChar", "*") + field("x", "double")
TEXT = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFFFD, exclude_categories=["Cs"]), max_size=9)
ROWS = st.lists(st.tuples(st.integers(-9, 9), TEXT, st.floats()), max_size=9)
# Other ways to write the same document.
WRITTEN: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "short": lambda text: text.replace("<TD></TD>", "<TD/>").encode(),
    "blanks": lambda text: re.sub("(</?T[RD]>)(?=<T|\n|</TR)", r"\1\n\t ", text).encode(),
    "line ends": lambda text: text.replace("\n", "\r\n").encode(),
    "attributes": lambda text: text.replace("<TR>", '<TR ID="x">').encode(),
    "prefix": lambda text: re.sub("<(/?)(?=[A-Z])", r"<\1v:", text).replace("xmlns=", "xmlns:v=").encode(),
    "comments": lambda text: text.replace("<TR>", "<!-- </TR> --><TR>").encode(),
    "no namespace": lambda text: re.sub(' xmlns="[^"]*"', "", text).encode(),
    "version 1.1": lambda text: text.replace("v1.3", "v1.1", 1).replace("1.4", "1.1", 1).encode(),
    "UTF-16": lambda text: text.replace("?>", ' encoding="UTF-16"?>', 1).encode("utf-16"),
    "Latin-1": lambda text: text.replace("?>", ' encoding="ISO-8859-1"?>', 1).encode(
        "iso-8859-1", "xmlcharrefreplace"
    ),
}


def read(blocks: Iterator[bytes]) -> list[str]:
    """Read a document that comes in blocks; gives the lines for COPY."""
    output: list[bytes] = []
    VOTableReader(lambda fields: None, output.append, 1000).read(blocks)  # noqa: ARG005
    return b"".join(output).decode().split("\n")


def cut(document: bytes, size: int) -> Iterator[bytes]:
    return (document[at : at + size] for at in range(0, len(document), size))


@pytest.mark.parametrize("way", WRITTEN)
@settings(max_examples=20)
@given(rows=ROWS, size=st.integers(1, 500))
def test_rows_are_the_same_however_they_are_written(
    way: str, rows: list[tuple[int, str, float]], size: int
) -> None:
    cells = [[str(number), text, repr(x)] for number, text, x in rows]
    document = tabledata(FIELDS, cells).decode()
    escaped = str.maketrans({"\\": r"\\"})
    expected = [
        "\t".join([number, text.translate(escaped) or r"\N", r"\N" if x == "nan" else x])
        for number, text, x in cells
    ]
    assert read(cut(WRITTEN[way](document), size)) == [*expected, ""]


@pytest.mark.parametrize("opening", ["<!-- ", "<![CDATA["])
def test_what_looks_like_rows_is_none_where_it_is_none(opening: str) -> None:
    closing = {"<!-- ": "-->", "<![CDATA[": "]]>"}[opening]
    row = "<TR><TD>1</TD></TR>\n"
    rows = f"{row}{opening}{row}{row * 20}{closing}{row}"
    document = wrap(field("n", "int"), f"<TABLEDATA>{rows}</TABLEDATA>")
    for size in range(20, 120):
        assert read(cut(document, size)) == ["1", "1", ""]


def test_only_the_first_table_is_read() -> None:
    one = tabledata(field("n", "int"), [["1"]])
    other = b"<TABLE><FIELD name='x' datatype='y'/></TABLE></RESOURCE></VOTABLE>"
    assert read(iter([one.replace(b"</RESOURCE></VOTABLE>", other)])) == ["1", ""]


def test_a_table_without_data_is_empty() -> None:
    fields: list[int] = []
    document = f"{HEAD}<RESOURCE><TABLE>{FIELDS}</TABLE></RESOURCE></VOTABLE>".encode()
    VOTableReader(lambda found: fields.append(len(found)), fields.append, 10).read(iter([document]))  # type: ignore[arg-type]
    assert fields == [3]


def test_a_tag_without_an_end_is_given_up() -> None:
    blocks = (b"<VOTABLE a='", *[b"x" * (1 << 20)] * 500)
    with pytest.raises(ParameterError, match="longer than 4 MiB"):
        read(iter(blocks))


def run(path: Path) -> None:
    async def take() -> None:
        async with read_table("t", path, read_settings()) as reader:
            await reader.fields()
            async for _ in reader.blocks():
                pass

    asyncio.run(take())


def test_a_process_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PROCESSOR_SECONDS", 1)
    path = tmp_path / "t"
    cells = tabledata(field("a", "int", "*"), [["1 " * 1000]] * 20)
    rows = cells[cells.index(b"<TR>") : cells.rindex(b"</TR>") + 5]
    path.write_bytes(gzip.compress(cells.replace(rows, rows * 2000), 1))
    with pytest.raises(ParameterError, match="more time or memory"):
        run(path)


def test_the_process_knows_nothing_of_the_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It gets no settings, and dies with its parent."""
    monkeypatch.setenv("CAOMAI_DATABASE_URL", "postgresql://user:secret@host/db")
    path = tmp_path / "t"
    path.write_bytes(tabledata(field("n", "int"), [["1"]] * 100_000))

    async def look() -> bytes:
        async with read_table("t", path, read_settings()) as reader:
            await reader.fields()
            environment = Path(f"/proc/{reader._process.pid}/environ")
            return await asyncio.to_thread(environment.read_bytes)

    assert b"secret" not in asyncio.run(look())


def test_a_process_of_another_parent_ends_at_once() -> None:
    command = [sys.executable, "-P", "-m", "tapext.uploads.child", str(os.getpid() + 1), "1", "1", "1"]
    done = subprocess.run(command, input=b"", capture_output=True, check=False, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")


def test_a_failure_of_the_reader_is_no_sentence_of_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PROCESSOR_SECONDS", "many")
    path = tmp_path / "t"
    path.write_bytes(b"")
    with pytest.raises(CaomAiError, match="could not be read; the log has the reason"):
        run(path)
