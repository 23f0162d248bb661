"""The published HST pipeline (Teimoorinia et al., submitted), built again from its facts, not its code."""

from fingerprinting.baselines.published.method import Published
from fingerprinting.baselines.published.speed import make_untrained, measure_speed

__all__ = ["Published", "make_untrained", "measure_speed"]
