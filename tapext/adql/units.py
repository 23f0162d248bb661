"""Units after VOUnits 1.0, as far as columns of images need them, and their conversion for IN_UNIT."""

from __future__ import annotations

import re
from fractions import Fraction
from math import pi
from typing import Final, TypeAlias

# Factor to base units, and exponents of these. Angles and pixels are dimensions of their own, so that they
# never mix. Factors are fractions: a nanometre is a billionth of a metre, which no float is.
Unit: TypeAlias = tuple[Fraction, dict[str, Fraction]]

MAX_CHARACTERS: Final = 100
# Of an exponent, its sign included.
MAX_DIGITS: Final = 3
MIN_FACTOR: Final = Fraction(1, 10**300)

_PREFIXES = {
    "q": 1e-30, "r": 1e-27, "y": 1e-24, "z": 1e-21, "a": 1e-18, "f": 1e-15, "p": 1e-12, "n": 1e-9, "u": 1e-6,
    "m": 1e-3, "c": 1e-2, "d": 1e-1, "da": 1e1, "h": 1e2, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15,
    "E": 1e18, "Z": 1e21, "Y": 1e24, "R": 1e27, "Q": 1e30,
}  # fmt: skip
_DAY = 86400.0
_YEAR = 365.25 * _DAY
_DEGREE = Fraction(pi) / 180
# Symbol -> factor and base units; those of the second table take no prefix.
_PREFIXED: dict[str, tuple[float | Fraction, str]] = {
    "m": (1.0, "m"),
    "s": (1.0, "s"),
    "g": (1e-3, "kg"),
    "A": (1.0, "A"),
    "K": (1.0, "K"),
    "mol": (1.0, "mol"),
    "cd": (1.0, "cd"),
    "rad": (1.0, "rad"),
    "sr": (1.0, "rad rad"),
    "Hz": (1.0, "/s"),
    "N": (1.0, "kg m /s /s"),
    "Pa": (1.0, "kg /m /s /s"),
    "J": (1.0, "kg m m /s /s"),
    "W": (1.0, "kg m m /s /s /s"),
    "C": (1.0, "A s"),
    "V": (1.0, "kg m m /s /s /s /A"),
    "T": (1.0, "kg /s /s /A"),
    "eV": (1.602176634e-19, "kg m m /s /s"),
    "Ry": (2.1798723611035e-18, "kg m m /s /s"),
    "Jy": (1e-26, "kg /s /s"),
    "pc": (3.0856775814913673e16, "m"),
    "lyr": (9.4607304725808e15, "m"),
    "a": (_YEAR, "s"),
    "yr": (_YEAR, "s"),
    "arcsec": (_DEGREE / 3600, "rad"),
    "mag": (1.0, "mag"),
    "adu": (1.0, "adu"),
    "electron": (1.0, "electron"),
    "ph": (1.0, "photon"),
    "photon": (1.0, "photon"),
    "ct": (1.0, "count"),
    "count": (1.0, "count"),
    "pix": (1.0, "pixel"),
    "pixel": (1.0, "pixel"),
    "bit": (1.0, "bit"),
    "byte": (8.0, "bit"),
    "B": (8.0, "bit"),
    "beam": (1.0, "beam"),
}
_PLAIN: dict[str, tuple[float | Fraction, str]] = {
    "%": (1e-2, ""),
    "deg": (_DEGREE, "rad"),
    "arcmin": (_DEGREE / 60, "rad"),
    "mas": (_DEGREE / 3_600_000, "rad"),
    "min": (60.0, "s"),
    "h": (3600.0, "s"),
    "d": (_DAY, "s"),
    "bin": (1.0, "bin"),
    "chan": (1.0, "channel"),
    "AU": (1.495978707e11, "m"),
    "au": (1.495978707e11, "m"),
    "Angstrom": (1e-10, "m"),
    "angstrom": (1e-10, "m"),
    "erg": (1e-7, "kg m m /s /s"),
    "solMass": (1.988409870698051e30, "kg"),
    "solLum": (3.828e26, "kg m m /s /s /s"),
    "solRad": (6.957e8, "m"),
}

_SCALE = re.compile(r"10(?:\*\*\(?([+-]?\d+)\)?)?")
_SYMBOL = re.compile(r"([A-Za-z]+|%)(?:\*\*(?:([+-]?\d+)|\(([+-]?\d+)(?::(\d+))?\)))?")
# The slash of a broken exponent is no division of units.
_BROKEN = re.compile(r"\*\*\(([+-]?\d+)/(\d+)\)")


class UnitError(ValueError):
    """A unit cannot be read, or not be converted to another."""


def conversion(source: str, target: str) -> Fraction:
    """Give the factor that turns numbers in one unit into numbers in another."""
    if not source:
        raise UnitError(f"The value has no unit, so it cannot be given in '{target}'")
    factor, dimension = read_unit(source)
    wanted, wanted_dimension = read_unit(target)
    if dimension != wanted_dimension or not MIN_FACTOR < factor / wanted < 1 / MIN_FACTOR:
        raise UnitError(f"A value in '{source}' cannot be given in '{target}'")
    return factor / wanted


def read_unit(text: str) -> Unit:
    """Read a unit: its factor to base units, and the exponents of those."""
    numerator, slash, denominator = _BROKEN.sub(r"**(\1:\2)", text.strip()).partition("/")
    bracketed = denominator[1:-1] if denominator[:1] == "(" and denominator[-1:] == ")" else denominator
    if not text.strip() or (slash and not bracketed) or "/" in re.sub(r"\([^()]*\)", "", bracketed):
        raise _no_unit(text)
    if len(text) > MAX_CHARACTERS:
        raise UnitError(f"A unit has at most {MAX_CHARACTERS} characters")
    is_one = numerator.strip() in ("", "1")
    factor, exponents = (Fraction(1), {}) if is_one else _read_product(numerator, text)
    if slash:
        below, others = _read_product(bracketed, text)
        factor /= below
        _multiply(exponents, others, Fraction(-1))
    return factor, {name: exponent for name, exponent in exponents.items() if exponent}


def _no_unit(text: str) -> UnitError:
    return UnitError(f"'{text}' is not a unit of VOUnits")


def _read_product(product: str, text: str) -> Unit:
    factor = Fraction(1)
    exponents: dict[str, Fraction] = {}
    for number, part in enumerate(re.split(r"\.(?!\d)|(?<!\*)\*(?!\*)| +", product.strip())):
        scale = _SCALE.fullmatch(part) if number == 0 else None
        if scale:
            factor *= _raise(Fraction(10), _read_power(scale[1], None, text))
            continue
        match = _SYMBOL.fullmatch(part)
        if match is None:
            raise _no_unit(text)
        power = _read_power(match[2] or match[3], match[4], text)
        one, dimension = _read_symbol(match[1], text)
        factor *= _raise(one, power)
        _multiply(exponents, dimension, power)
    return factor, exponents


def _read_power(above: str | None, below: str | None, text: str) -> Fraction:
    digits = (above or "1"), (below or "1")
    if max(map(len, digits)) > MAX_DIGITS or not int(digits[1]):
        raise _no_unit(text)
    return Fraction(int(digits[0]), int(digits[1]))


def _raise(factor: Fraction, power: Fraction) -> Fraction:
    # A root is no fraction.
    root = factor if power.denominator == 1 else Fraction(float(factor) ** (1 / power.denominator))
    return root**power.numerator


def _read_symbol(symbol: str, text: str) -> Unit:
    if symbol in _PLAIN:
        return _expand(_PLAIN[symbol])
    if symbol in _PREFIXED:
        return _expand(_PREFIXED[symbol])
    for prefix, factor in _PREFIXES.items():
        rest = symbol.removeprefix(prefix)
        if rest != symbol and rest in _PREFIXED:
            one, dimension = _expand(_PREFIXED[rest])
            return _exact(factor) * one, dimension
    raise UnitError(f"'{symbol}' in '{text}' is not a unit of VOUnits")


def _expand(unit: tuple[float | Fraction, str]) -> Unit:
    factor, names = unit
    exponents: dict[str, Fraction] = {}
    for name in names.split():
        sign = -1 if name[0] == "/" else 1
        _multiply(exponents, {name.lstrip("/"): Fraction(sign)}, Fraction(1))
    return _exact(factor), exponents


def _exact(factor: float | Fraction) -> Fraction:
    """Take a number of the tables for the decimal number that is written there."""
    return factor if isinstance(factor, Fraction) else Fraction(repr(factor))


def _multiply(exponents: dict[str, Fraction], others: dict[str, Fraction], power: Fraction) -> None:
    for name, exponent in others.items():
        exponents[name] = exponents.get(name, Fraction(0)) + exponent * power
