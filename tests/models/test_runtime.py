"""What the runtime of networks does beside its work: nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_the_runtime_collects_no_usage_data_and_leaves_no_file(tmp_path: Path) -> None:
    code = "from fingerprinting.encoder import Encoder; from fingerprinting.model import load_model"
    command = [sys.executable, "-c", f"{code}; Encoder(load_model().encoder)"]
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    subprocess.run(command, env=environment | {"TMPDIR": str(tmp_path)}, check=True, timeout=60)
    assert list(tmp_path.iterdir()) == []
