"""AD-10: units of VOUnits 1.0 and their conversion, compared with astropy."""

from __future__ import annotations

from fractions import Fraction

import pytest
from astropy import units

from tapext.adql.units import UnitError, conversion

PAIRS = [
    ("deg", "arcsec"),
    ("arcsec", "mas"),
    ("deg", "rad"),
    ("arcmin", "deg"),
    ("deg**2", "sr"),
    ("deg", "uarcsec"),
    ("m", "nm"),
    ("m", "Angstrom"),
    ("km", "pc"),
    ("AU", "lyr"),
    ("um", "mm"),
    ("d", "s"),
    ("yr", "d"),
    ("h", "min"),
    ("ms", "us"),
    ("km/s", "m.s**-1"),
    ("m.s**-1", "km/h"),
    ("mas/yr", "arcsec/d"),
    ("Jy", "W/(m**2.Hz)"),
    ("mJy", "erg/(s.cm**2.Hz)"),
    ("keV", "J"),
    ("GHz", "1/s"),
    ("10**-3.Jy", "mJy"),
    ("kbyte", "byte"),
    ("%", "%"),
    ("g.cm**-3", "kg.m**-3"),
    ("m**(1/2)", "cm**(1/2)"),
    ("solMass", "kg"),
    ("ct/s", "count.s**-1"),
]


def read(unit: str) -> units.UnitBase:
    """Read a unit with astropy, which no longer takes all of VOUnits 1.0 in that format."""
    try:
        return units.Unit(unit, format="vounit")
    except ValueError:
        return units.Unit(unit)


@pytest.mark.filterwarnings("ignore::astropy.units.UnitsWarning")
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_conversions_are_those_of_astropy(source: str, target: str) -> None:
    assert float(conversion(source, target)) == pytest.approx(read(source).to(read(target)), rel=1e-9)


@pytest.mark.parametrize(
    ("source", "target", "factor"),
    [
        ("m", "nm", 1_000_000_000),
        ("deg", "mas", 3_600_000),
        ("deg**2", "arcmin**2", 3600),
        ("Jy/beam", "mJy/beam", 1000),
        ("nm", "um", Fraction(1, 1000)),
        ("arcsec", "deg", Fraction(1, 3600)),
        ("qm**999", "qm**999", 1),
    ],
)
def test_factors_between_multiples_are_exact(source: str, target: str, factor: Fraction) -> None:
    assert conversion(source, target) == factor


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ("deg", "m", "cannot be given in 'm'"),
        ("deg", "deg**2", "cannot be given"),
        ("", "m", "has no unit"),
        ("m", "parrot", "'parrot' is not a unit"),
        ("m", "", "not a unit"),
        ("m", "m/", "not a unit"),
        ("m", "m/s/s", "not a unit"),
        ("m", "m**", "not a unit"),
        ("m", "kdeg", "not a unit"),
        ("m", "m'; drop", "not a unit"),
        ("km", "km**99999", "not a unit"),
        ("km", "10**99999.m", "not a unit"),
        ("m", "m**(1/0)", "not a unit"),
        ("qm**999", "Qm**999", "cannot be given"),
        ("qm**(999/2)", "Qm**(999/2)", "cannot be given"),
        ("m", ".".join(["m"] * 80), "at most 100 characters"),
    ],
)
def test_units_that_do_not_fit_are_refused(source: str, target: str, words: str) -> None:
    with pytest.raises(UnitError, match=words):
        conversion(source, target)
