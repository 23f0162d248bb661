"""What the service and the workers agree on about images that are uploaded to be described."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Self

TASK: Final = "describe"
PRIORITY: Final = 10  # of small files; nobody waits as long for a large one
LARGE: Final = 64 << 20  # bytes
STALLED: Final = 6.0  # seconds without a heartbeat after which a worker counts as lost
ABANDONED_SECONDS: Final = 60.0  # without a sign of who waits for it, after which a description is nobody's
CHUNK: Final = 1 << 20  # bytes of a file in one row


def name_queue(model_hash: str) -> str:
    """Name the queue of the workers of a model; a channel of PostgreSQL has room for no more of its hash."""
    return f"{TASK}.{model_hash[:16]}"


@dataclass(frozen=True)
class Picture:
    """A picture that is wanted: of an uploaded file, or of an archived image.

    labels are what nodes are called and who says so; image is the publisherID and artifact URI of an archived
    image, whose objects are known; part is the first of an uploaded file where it is None. Its objects are
    marked unless a stretch is given: then it is as the previews of the archive are.
    """

    title: str
    part: str | None = None
    labels: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    image: tuple[str, str] | None = None
    stretch: str | None = None

    def to_json(self) -> str:
        """Write it as it is stored."""
        return json.dumps(asdict(self)).replace("\\u0000", "")

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what was stored."""
        labels = {int(node): (words, origin) for node, (words, origin) in document["labels"].items()}
        image = document["image"]
        where = image and (image[0], image[1])
        return cls(document["title"], document["part"], labels, where, document.get("stretch"))
