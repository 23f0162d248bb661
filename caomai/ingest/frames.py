"""What kind of exposure a header says it is: science or calibration, object, bias, dark, flat."""

from __future__ import annotations

import re
from typing import Final

from caomai.ingest.cards import Keywords

_KIND: Final = (
    "IMAGETYP",
    "OBSTYPE",
    "IMAGETYPE",
    "FRAMETYP",
    "ESO DPR TYPE",
    "ESO DPR CATG",
    "OBS_TYPE",
    "EXPTYPE",
    "EXP_TYPE",
)
_CALIBRATION: Final = re.compile(
    r"\w*(bias|zero|dark|flat)(s|es|field)?|dome\w*|lamp\w*|arcs?|comp|comparison|twilight|focus|internal"
    r"|calib\w*|cal|std|standard|acq|acquisition"
)
_SCIENCE: Final = re.compile(r"object|light|science|sci|ext|external|image|target|exposure")
# With one of the words above these make a whole OBJECT that is no place on the sky.
_COMPANIONS: Final = {"sky", "frame", "field", "master", "average", "mean", "night", "test", "exposure"}


def read_kind(keywords: Keywords) -> tuple[str | None, str | None]:
    """Give intent (science or calibration) and type of the exposure as far as the header says."""
    texts = [text for text in keywords.texts(*_KIND) if re.search("[A-Za-z]", text)]
    intents = (_find_intent(text) for text in texts)
    intent = next((intent for intent in intents if intent), None) or _judge_object(keywords)
    return intent, texts[0] if texts else None


def _find_intent(text: str) -> str | None:
    words = _split(text)
    if any(_CALIBRATION.fullmatch(word) for word in words):
        return "calibration"
    return "science" if any(_SCIENCE.fullmatch(word) for word in words) else None


def _judge_object(keywords: Keywords) -> str | None:
    """Tell a calibration frame by its OBJECT where the header has no better keyword."""
    words = _split(keywords.text("OBJECT", "TARGNAME") or "")
    named = [word for word in words if _CALIBRATION.fullmatch(word)]
    rest = set(words) - set(named) - _COMPANIONS
    return "calibration" if named and all(word.isdigit() for word in rest) else None


def _split(text: str) -> list[str]:
    return re.findall(r"[a-z]+|\d+", text.lower())
