"""The rules of the house: who may import whom, and what a user's machine must not need."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TREES = ("caomai", "fingerprinting", "tapext")
SERVICE_FOREIGN = {"astropy", "pyarrow", "sep", "scipy", "onnxruntime", "torch", "pyvo"}


def modules(tree: str) -> list[Path]:
    return sorted((ROOT / tree).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def roots(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(path)}


@pytest.mark.parametrize(
    ("tree", "foreign"),
    [
        ("caomai", {"fingerprinting", "tapext"}),
        ("fingerprinting", {"tapext"}),
        ("tapext", {"fingerprinting"}),
    ],
)
def test_trees_meet_in_the_database_only(tree: str, foreign: set[str]) -> None:
    offenders = {str(path.relative_to(ROOT)): roots(path) & foreign for path in modules(tree)}
    assert not {path: names for path, names in offenders.items() if names}


def test_the_service_is_small() -> None:
    """Only the process that writes files imports large libraries, and the service none of its modules."""
    for path in modules("tapext"):
        if path.parent.name != "tablefiles":
            assert not roots(path) & SERVICE_FOREIGN, path
            assert not [name for name in imported(path) if name.startswith("tapext.formats.tablefiles.")], (
                path
            )


def test_only_training_knows_torch() -> None:
    users = {path for tree in TREES for path in modules(tree) if "torch" in roots(path)}
    assert users
    assert all({"training", "baselines"} & set(path.relative_to(ROOT).parts) for path in users)


def test_only_the_encoder_knows_onnxruntime_for_inference() -> None:
    users = {path for tree in TREES for path in modules(tree) if "onnxruntime" in roots(path)}
    others = {path.name for path in users if not {"training", "baselines"} & set(path.parts)}
    assert others <= {"encoder.py", "model.py"}


def test_product_never_needs_the_shared_folder() -> None:
    product = [path for tree in TREES for path in modules(tree)]
    assert not [path for path in product if re.search(r"[\"']\.\./shared|shared/data", path.read_text())]


def test_torch_is_installed_for_training_only() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    everyday = project["dependencies"] + extras["client"] + extras["demo"]
    assert not [line for line in everyday if line.startswith("torch")]
    assert "torch==2.13.0" in extras["train"]


@pytest.mark.parametrize(("trees", "most"), [(TREES, 300), (("tests", "benchmarks"), 500)])
def test_files_stay_readable(trees: tuple[str, ...], most: int) -> None:
    lengths = {path: len(path.read_text().splitlines()) for tree in trees for path in modules(tree)}
    assert not {str(path.relative_to(ROOT)): length for path, length in lengths.items() if length > most}


def test_readme_is_short_and_names_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text()
    assert len(text.splitlines()) < 120
    assert "make demo" in text
    assert "make test" in text


def test_help_lists_every_command_without_heavy_imports() -> None:
    program = (
        "import sys; sys.argv = ['caom-ai', '--help']\n"
        "from caomai.commands import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('HEAVY', *sorted({'astropy', 'torch', 'onnxruntime', 'sep', 'scipy'} & set(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    commands = (
        "demo",
        "ingest",
        "fingerprint",
        "describe",
        "similar",
        "train",
        "fit-fields",
        "adql",
        "db",
        "serve",
    )
    assert [name for name in (*commands, "check") if not re.search(rf"\b{name}\b", answer)] == []
    assert answer.splitlines()[-1].strip() == "HEAVY"
