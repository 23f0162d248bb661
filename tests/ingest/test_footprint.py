"""Footprints against independent spherical trigonometry, published positions and astropy's own corners."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import FK5, SkyCoord
from astropy.io import fits
from astropy.wcs import WCS
from astropy.wcs.utils import wcs_to_celestial_frame
from hypothesis import given, settings
from hypothesis import strategies as st

from caomai.ingest.cards import Cards
from caomai.ingest.footprint import Footprint, UnusableWcsError, find_footprint, has_celestial_axes
from caomai.ingest.hdus import Hdu, read_hdus
from caomai.ingest.parts import find_science, is_plane

HOURS = ("hourangle", "deg")
MILLIARCSEC = 1 / 3.6e6


def image(width: int, height: int, **cards: Any) -> Hdu:
    header = fits.Header(list(cards.items()))
    raw = header.tostring(sep="", padding=False).encode("ascii")
    return Hdu(0, "image", (width, height), Cards.parse(raw), raw)


def tan_image(
    ra: float,
    dec: float,
    *,
    size: tuple[int, int] = (600, 400),
    scale: float = 1e-3,
    turn: float = 0.0,
    flip: int = 1,
    shift: tuple[float, float] = (0.0, 0.0),
    **more: Any,
) -> Hdu:
    """Make a gnomonic image; `scale` degrees a pixel, turned by `turn` degrees, `flip` -1 mirrors it."""
    (width, height), angle = size, np.radians(turn)
    cards: dict[str, Any] = {
        "CTYPE1": "RA---TAN",
        "CTYPE2": "DEC--TAN",
        "CRVAL1": ra,
        "CRVAL2": dec,
        "CRPIX1": (width + 1) / 2 + shift[0],
        "CRPIX2": (height + 1) / 2 + shift[1],
        "CD1_1": -flip * scale * np.cos(angle),
        "CD1_2": scale * np.sin(angle),
        "CD2_1": flip * scale * np.sin(angle),
        "CD2_2": scale * np.cos(angle),
        "LONPOLE": 180.0,
        "RADESYS": "ICRS",
    }
    return image(width, height, **(cards | more))


def deproject(hdu: Hdu, x: float, y: float) -> tuple[float, float]:
    """Give the sky of a 1-based pixel by the textbook formulae of the tangent plane, no library involved."""
    number = {name: hdu.cards.number(name) or 0.0 for name in hdu.cards.fields}
    dx, dy = x - number["CRPIX1"], y - number["CRPIX2"]
    xi = np.radians(number["CD1_1"] * dx + number["CD1_2"] * dy)
    eta = np.radians(number["CD2_1"] * dx + number["CD2_2"] * dy)
    ra0, dec0 = np.radians(number["CRVAL1"]), np.radians(number["CRVAL2"])
    below = np.cos(dec0) - eta * np.sin(dec0)
    ra = ra0 + np.arctan2(xi, below)
    dec = np.arctan2(np.sin(dec0) + eta * np.cos(dec0), np.hypot(xi, below))
    return float(np.degrees(ra)) % 360, float(np.degrees(dec))


def separation(one: tuple[float, float], other: tuple[float, float]) -> float:
    first = SkyCoord(*one, unit="deg")
    return float(first.separation(SkyCoord(*other, unit="deg")).deg)


def assert_same_vertices(footprint: Footprint, expected: list[tuple[float, float]], tolerance: float) -> None:
    assert len(footprint.outline) == len(expected)
    for vertex in expected:
        assert min(separation(vertex, found) for found in footprint.outline) < tolerance


def assert_counter_clockwise_from_inside(footprint: Footprint) -> None:
    """Seen from inside, north is up and east left: position angles (north through east) must grow."""
    centre = SkyCoord(*footprint.centre, unit="deg")
    outline = SkyCoord(np.array(footprint.outline), unit="deg")
    angles = centre.position_angle(outline).rad
    steps = (np.diff(angles, append=angles[0]) + np.pi) % (2 * np.pi) - np.pi
    assert np.all(steps > 0)
    assert np.sum(steps) == pytest.approx(2 * np.pi)


PLACES = [(150, 2), (0.01, -30), (359.99, 0), (80, 89.95), (123, 90), (10, -90), (200, -89.8)]


@pytest.mark.parametrize(("ra", "dec"), PLACES)
@pytest.mark.parametrize(("turn", "flip"), [(0.0, 1), (37.0, 1), (200.0, -1), (90.0, -1)])
def test_corners_are_outer_edges_of_the_corner_pixels(ra: float, dec: float, turn: float, flip: int) -> None:
    hdu = tan_image(ra, dec, turn=turn, flip=flip, shift=(40.25, -13.5))
    footprint = find_footprint([hdu])
    assert footprint is not None
    corners = [deproject(hdu, x, y) for x in (0.5, 600.5) for y in (0.5, 400.5)]
    assert_same_vertices(footprint, corners, 0.01 * MILLIARCSEC)
    # The centre of mass of the footprint: the projection is not about the middle of the image.
    assert separation(footprint.centre, deproject(hdu, 300.5, 200.5)) < 10 * MILLIARCSEC
    assert_counter_clockwise_from_inside(footprint)
    assert footprint.pixel_scale == pytest.approx(3.6, rel=1e-4)
    assert footprint.size == pytest.approx(np.hypot(0.6, 0.4), rel=1e-4)


@settings(max_examples=60)
@given(
    st.floats(0, 360, exclude_max=True),
    st.floats(-90, 90),
    st.floats(0, 360),
    st.sampled_from([1, -1]),
    st.sampled_from([1e-7, 1e-5, 1e-3, 3e-2]),
)
def test_any_gnomonic_image_has_four_corners(
    ra: float, dec: float, turn: float, flip: int, scale: float
) -> None:
    hdu = tan_image(ra, dec, size=(501, 300), scale=scale, turn=turn, flip=flip)
    footprint = find_footprint([hdu])
    assert footprint is not None
    corners = [deproject(hdu, x, y) for x in (0.5, 501.5) for y in (0.5, 300.5)]
    assert_same_vertices(footprint, corners, max(0.01 * scale, 1e-9))
    assert_counter_clockwise_from_inside(footprint)
    assert all(0 <= lon < 360 and -90 <= lat <= 90 for lon, lat in footprint.outline)


def test_winding_of_a_plain_square_is_north_east_south_west() -> None:
    footprint = find_footprint([tan_image(100.0, 0.0, size=(100, 100), turn=45.0)])
    assert footprint is not None
    highest = max(range(4), key=lambda index: footprint.outline[index][1])
    after_north = footprint.outline[(highest + 1) % 4]
    assert after_north[0] > footprint.centre[0]


@pytest.mark.parametrize(
    ("name", "pixel", "star"),
    [
        # Stars measured in these images when GalSim chose them as test data.
        ("GalSim__tpv.fits", (418, 78), SkyCoord("03:30:09.340034 -28:43:50.811107", unit=HOURS)),
        ("GalSim__tnx.fits", (32, 91), SkyCoord("17:46:53.214511 -30:08:47.895372", unit=HOURS, frame="fk5")),
    ],
)
def test_distorted_images_put_known_stars_where_they_are(
    real_files: list[Path], name: str, pixel: tuple[int, int], star: SkyCoord
) -> None:
    path = next(path for path in real_files if path.name == name)
    hdu = read_hdus(path)[0]
    # An image of one pixel, moved so that the star is its centre.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        header = fits.Header.fromstring(hdu.header)
        header["CRPIX1"] -= pixel[0] - 1
        header["CRPIX2"] -= pixel[1] - 1
        raw = header.tostring(sep="", padding=False).encode("ascii")
    footprint = find_footprint([Hdu(0, "image", (1, 1), Cards.parse(raw), raw)])
    assert footprint is not None
    assert SkyCoord(*footprint.centre, unit="deg").separation(star.icrs) < 0.1 * u.mas


def test_sip_polynomial_moves_the_corners() -> None:
    bent = tan_image(
        50.0,
        -20.0,
        size=(1000, 1000),
        CTYPE1="RA---TAN-SIP",
        CTYPE2="DEC--TAN-SIP",
        A_ORDER=2,
        B_ORDER=2,
        A_0_2=2e-5,
        B_1_1=-3e-5,
    )
    plain = tan_image(50.0, -20.0, size=(1000, 1000))
    footprint = find_footprint([bent])
    assert footprint is not None
    assert 4 < len(footprint.outline) <= 64
    for x, y in ((0.5, 0.5), (1000.5, 0.5), (0.5, 1000.5), (1000.5, 1000.5)):
        dx, dy = x - 500.5, y - 500.5
        corner = deproject(plain, x + 2e-5 * dy * dy, y - 3e-5 * dx * dy)
        assert min(separation(corner, found) for found in footprint.outline) < 0.01 * MILLIARCSEC


def test_polynomial_without_its_suffix_is_left_over_and_not_applied() -> None:
    plain = find_footprint([tan_image(50.0, -20.0)])
    leftover = find_footprint([tan_image(50.0, -20.0, A_ORDER=2, B_ORDER=2, A_0_2=2e-5)])
    assert leftover == plain


def test_galactic_pole_and_old_equinoxes_come_out_in_icrs() -> None:
    galactic = tan_image(0.0, 90.0, CTYPE1="GLON-TAN", CTYPE2="GLAT-TAN")
    footprint = find_footprint([galactic])
    assert footprint is not None
    # The north galactic pole (Reid & Brunthaler 2004): 12h51m26.282s +27d07m42.01s.
    assert separation(footprint.centre, (192.859508, 27.128336)) < 0.5 / 3600
    old = find_footprint([tan_image(192.25, 27.4, RADESYS="FK4", EQUINOX=1950.0)])
    assert old is not None
    assert separation(old.centre, (192.859508, 27.128336)) < 0.5 / 3600


@pytest.mark.parametrize("cards", [{"RADESYS": "FK5", "EQUINOX": 1975.0}, {"RADESYS": "", "EQUINOX": 1990.0}])
def test_fk5_of_another_equinox_is_precessed(cards: dict[str, Any]) -> None:
    footprint = find_footprint([tan_image(10.0, 40.0, **cards)])
    assert footprint is not None
    place = SkyCoord(10.0, 40.0, unit="deg", frame=FK5(equinox=f"J{cards['EQUINOX']}")).icrs
    assert separation(footprint.centre, (place.ra.deg, place.dec.deg)) < MILLIARCSEC


MISUSED: list[dict[str, Any]] = [
    {"EPOCH": 2016.4},
    {"EQUINOX": 0.0},
    {"RADESYS": "GAPPT"},
    {"EQUINOX": "J2000"},
]


@pytest.mark.parametrize("cards", MISUSED)
def test_misused_equinox_keywords_are_not_believed(cards: dict[str, Any]) -> None:
    footprint = find_footprint([tan_image(10.0, 40.0, **({"RADESYS": ""} | cards))])
    assert footprint is not None
    assert separation(footprint.centre, (10.0, 40.0)) < 0.1 / 3600


def test_mosaic_has_the_hull_of_its_chips() -> None:
    # 36 chips of 200 x 400 pixels, 9 x 4, with gaps of 30 pixels.
    chips = [
        tan_image(180.0, 60.0, size=(200, 400), shift=((column - 4) * 230.0, (row - 1.5) * 430.0))
        for column in range(9)
        for row in range(4)
    ]
    footprint = find_footprint(chips)
    assert footprint is not None
    corners = [
        deproject(chip, x, y)
        for chip in (chips[0], chips[3], chips[32], chips[35])
        for x in (0.5, 200.5)
        for y in (0.5, 400.5)
    ]
    for vertex in footprint.outline:
        assert min(separation(vertex, corner) for corner in corners) < MILLIARCSEC
    assert len(footprint.outline) == 4
    assert separation(footprint.centre, (180.0, 60.0)) < 3e-3
    assert_counter_clockwise_from_inside(footprint)


def test_mosaic_around_the_pole_and_turned_chips_keep_every_corner_inside() -> None:
    chips = [tan_image(angle, 89.0, size=(800, 800), turn=angle) for angle in range(0, 360, 30)]
    footprint = find_footprint(chips)
    assert footprint is not None
    assert footprint.centre[1] > 89.9
    assert_counter_clockwise_from_inside(footprint)
    assert len(footprint.outline) <= 64
    outline = SkyCoord(np.array(footprint.outline), unit="deg")
    for chip in chips:
        for x in (0.5, 800.5):
            corner = SkyCoord(*deproject(chip, x, 0.5), unit="deg")
            # Inside a convex polygon every vertex pair is seen turning the same way.
            angles = corner.position_angle(outline).rad
            steps = (np.diff(angles, append=angles[0]) + np.pi) % (2 * np.pi) - np.pi
            near = corner.separation(outline).min() < 0.5 * u.arcsec
            assert near or np.all(steps > 0)


def test_wide_and_curved_images_are_outlined_within_64_vertices() -> None:
    wide = image(
        1200,
        800,
        CTYPE1="RA---CAR",
        CTYPE2="DEC--CAR",
        CRVAL1=0.0,
        CRVAL2=0.0,
        CRPIX1=600.5,
        CRPIX2=-399.5,
        CDELT1=-0.05,
        CDELT2=0.05,
        RADESYS="ICRS",
    )
    footprint = find_footprint([wide])
    assert footprint is not None
    assert 4 < len(footprint.outline) <= 64
    assert max(lat for _, lat in footprint.outline) == pytest.approx(60.0)
    assert min(lat for _, lat in footprint.outline) == pytest.approx(20.0)
    assert_counter_clockwise_from_inside(footprint)


SIP = {"CTYPE1": "RA---TAN-SIP", "CTYPE2": "DEC--TAN-SIP"}
SENSELESS: list[dict[str, Any]] = [
    {"CD1_1": 0.0, "CD1_2": 0.0},
    {"CD1_1": 1.0, "CD1_2": 0.0, "CD2_1": 0.0, "CD2_2": 1.0},
    {"CD1_1": 1e-30, "CD1_2": 0.0, "CD2_1": 0.0, "CD2_2": 1e-30},
    {"CRVAL2": 137.0, "LONPOLE": 12.0, "LATPOLE": 300.0},
    {"CRPIX1": 1e300},
    {"CRVAL1": "abc", "CRVAL2": "def", "CD1_1": "x", "CD2_2": "y"},
    {"CTYPE1": "RA---XYZ", "CTYPE2": "DEC--XYZ"},
    {"CTYPE1": "RA---TAB", "CTYPE2": "DEC--TAB"},
    {"CTYPE1": "RA---TAN", "CTYPE2": "GLAT-TAN"},
    {"CTYPE1": "RA---TAN", "CTYPE2": "RA---TAN"},
    {"WCSAXES": 5000},
    SIP | {"A_ORDER": 100000, "B_ORDER": 2},
    SIP | {"A_ORDER": 3, "B_ORDER": 3, "A_3_0": 1e-4},
    SIP | {"A_ORDER": 3, "B_ORDER": 3, "A_3_0": -1e-4},
]


@pytest.mark.parametrize("cards", SENSELESS)
def test_wcs_without_sense_is_refused(cards: dict[str, Any]) -> None:
    with pytest.raises(UnusableWcsError):
        find_footprint([tan_image(10.0, 40.0, **cards)])


def test_whole_sky_has_no_outline() -> None:
    sky = image(
        3600,
        1800,
        CTYPE1="RA---AIT",
        CTYPE2="DEC--AIT",
        CRVAL1=0.0,
        CRVAL2=0.0,
        CRPIX1=1800.5,
        CRPIX2=900.5,
        CDELT1=-0.09,
        CDELT2=0.09,
    )
    with pytest.raises(UnusableWcsError, match="outside the projection"):
        find_footprint([sky])


def test_chips_that_lie_far_apart_have_no_common_footprint() -> None:
    with pytest.raises(UnusableWcsError, match="far apart"):
        find_footprint([tan_image(10.0, 0.0), tan_image(25.0, 0.0)])
    with pytest.raises(UnusableWcsError, match="80 degrees"):
        find_footprint([tan_image(10.0, 0.0), tan_image(189.0, 0.0)])


@pytest.mark.parametrize("names", [("", ""), ("PIXEL", "PIXEL"), ("WAVE", "ANGLE"), ("RA---TAN", "FREQ")])
def test_images_without_celestial_axes_have_no_footprint(names: tuple[str, str]) -> None:
    hdu = image(10, 10, CTYPE1=names[0], CTYPE2=names[1])
    assert not has_celestial_axes(hdu.cards)
    assert find_footprint([hdu]) is None
    assert find_footprint([]) is None


# Astropy cannot make a WCS of these whole headers (illegal cards of no meaning for it); the place is known.
TOO_ODD = {
    "PHY241__pleiades.fits": SkyCoord("03:47:00 +24:07:00", unit=HOURS),
    "eso-midas-testdata__image_M12c.fits": SkyCoord("00:30:27.4 +04:51:39.7", unit=HOURS),
}


@pytest.mark.parametrize(("name", "target"), TOO_ODD.items())
def test_illegal_cards_do_not_hide_the_place(real_files: list[Path], name: str, target: SkyCoord) -> None:
    path = next(path for path in real_files if path.name == name)
    footprint = find_footprint(read_hdus(path)[:1])
    assert footprint is not None
    assert SkyCoord(*footprint.centre, unit="deg").separation(target) < 3 * u.arcmin


def find_corners(path: Path, hdu: Hdu) -> SkyCoord:
    """Find the outer corners of a real image with astropy alone."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with fits.open(path) as hdus:
            wcs = WCS(hdus[hdu.number].header, hdus).celestial
        corners = wcs.calc_footprint(axes=hdu.axes[:2], center=False)
        return SkyCoord(corners, unit="deg", frame=wcs_to_celestial_frame(wcs)).icrs


def test_real_images_lie_where_astropy_puts_their_corners(real_files: list[Path]) -> None:
    compared = 0
    for path in real_files:
        science = [hdu for hdu in find_science(read_hdus(path)) if is_plane(hdu)]
        if len(science) != 1:
            continue
        try:
            footprint = find_footprint(science)
        except UnusableWcsError:
            continue
        if footprint is None or path.name in TOO_ODD:
            continue
        for corner in find_corners(path, science[0]):
            distance = min(separation((corner.ra.deg, corner.dec.deg), found) for found in footprint.outline)
            # Look-up tables of distortion (HST), which need pixels, shift corners by less than a pixel.
            assert distance * 3600 < footprint.pixel_scale, path.name
        assert_counter_clockwise_from_inside(footprint)
        compared += 1
    assert compared > 70
