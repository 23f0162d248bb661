"""What `caom-ai ingest` says at its end, to people and to programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from caomai.ingest.run import Summary

OUTCOMES = ("new", "changed", "unchanged")


def to_json(summary: Summary) -> dict[str, Any]:
    """Give the summary as one JSON object."""
    return {
        **{outcome: summary.outcomes[outcome] for outcome in OUTCOMES},
        "refused": [{"path": refusal.path, "reason": refusal.reason} for refusal in summary.refused],
        "remarks": [
            {"remark": remark, "files": count, "examples": summary.examples[remark]}
            for remark, count in summary.remarks.items()
        ],
        "unreachable": dict(summary.unreachable),
        "seconds": round(summary.seconds, 3),
    }


def to_lines(summary: Summary) -> Iterator[str]:
    """Give the summary as lines of text."""
    counts = ", ".join(f"{summary.outcomes[outcome]} {outcome}" for outcome in OUTCOMES)
    rate = summary.taken / summary.seconds if summary.seconds else 0.0
    images = "1 image" if summary.taken == 1 else f"{summary.taken} images"
    yield f"{images}: {counts}; {len(summary.refused)} refused ({rate:.0f} files/s)."
    for remark, count in summary.remarks.items():
        names = summary.examples[remark]
        yield f"{count} with {remark} ({', '.join(names)}{' and others' if count > len(names) else ''})."
    for scheme, count in summary.unreachable.items():
        yield (
            f"{count} cannot be fingerprinted yet: CAOMAI_ARTIFACTS gives no folder or URL for artifacts of "
            f"the scheme '{scheme}'."
        )
