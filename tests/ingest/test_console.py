"""What commands say: rates, JSON, refused images, exit codes."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys

import pytest
import typer

from caomai.console import Bar, Refusal, exit_code, finish, print_json, printable, progress

WORK = """
from caomai.console import progress
with progress(3, "Reading", "files", quiet={quiet}) as bar:
    for _ in range(3):
        bar.advance(1, Mpix=8.4)
"""


def watch(program: str) -> str:
    """Run a program whose stderr is a terminal, and give what the terminal got."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "120"}
    subprocess.run([sys.executable, "-c", program], stderr=theirs, check=True, env=environment)
    os.close(theirs)
    seen = b""
    try:
        while block := os.read(ours, 4096):
            seen += block
    except OSError:  # the other end is closed: Linux says EIO
        pass
    os.close(ours)
    return seen.decode()


def test_bar_shows_its_rates_on_a_terminal() -> None:
    seen = watch(WORK.format(quiet=False))
    assert "Reading" in seen
    assert "3/3" in seen
    assert "files/s" in seen
    assert "Mpix/s" in seen


def test_quiet_bar_shows_nothing() -> None:
    assert watch(WORK.format(quiet=True)) == ""


def test_bar_is_silent_without_a_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    with progress(2, "Reading", "files") as bar:
        bar.advance(2)
    assert bar.amounts == {"files": 2}
    assert capfd.readouterr() == ("", "")


def test_rates_are_amounts_by_seconds() -> None:
    bar = Bar("images")
    bar.advance(3, Mpix=12)
    assert bar.rates(2.0) == "1.5 images/s  6 Mpix/s"


def test_json_is_one_plain_document(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"path": "a\udcff\n", "n": 1})
    assert json.loads(capsys.readouterr().out) == {"path": "a\udcff\n", "n": 1}
    with pytest.raises(ValueError, match="JSON"):
        print_json({"fwhm": float("nan")})


def test_file_names_cannot_play_with_the_terminal() -> None:
    assert printable("a\n\x1b[31mb\udcff.fits") == "a\\n\\x1b[31mb\\udcff.fits"


@pytest.mark.parametrize(("done", "refused", "code"), [(5, 0, 0), (0, 0, 0), (4, 1, 3), (0, 2, 1)])
def test_exit_code_tells_how_many_were_refused(done: int, refused: int, code: int) -> None:
    assert exit_code(done, refused) == code


def test_finish_lists_refused_images_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as end:
        finish(1, [Refusal("/data/x.fits", "it is empty.")])
    assert end.value.exit_code == 3
    assert capsys.readouterr().err == "refused: /data/x.fits: it is empty.\n"
