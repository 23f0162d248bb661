"""Files to descriptions: mosaics, giants, tiles, overscan; positions against what was rendered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from numpy.typing import NDArray

from caomai.errors import UnusableImageError
from fingerprinting.children import Children
from fingerprinting.encoder import Encoder
from fingerprinting.model import Model
from fingerprinting.pipeline import Limits, PartDescription, describe_file
from tests.pixels.rendering import match, render, scatter, tan_header, write

SHAPE = (600, 500)
Describe = Callable[..., list[PartDescription]]


@pytest.fixture
def describe(model: Model, encoder: Encoder) -> Describe:
    def run(path: Path, limits: Limits | None = None) -> list[PartDescription]:
        return describe_file(path, model, encoder=encoder, limits=limits or Limits())

    return run


def project(header: fits.Header, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give (2, n) degrees of FITS pixels by the formulae of the gnomonic projection."""
    dx, dy = x - header["CRPIX1"], y - header["CRPIX2"]
    xi = np.radians(header["CD1_1"] * dx + header["CD1_2"] * dy)
    eta = np.radians(header["CD2_1"] * dx + header["CD2_2"] * dy)
    ra0, dec0 = np.radians(header["CRVAL1"]), np.radians(header["CRVAL2"])
    divisor = np.cos(dec0) - eta * np.sin(dec0)
    ra = ra0 + np.arctan2(xi, divisor)
    dec = np.arctan2(np.sin(dec0) + eta * np.cos(dec0), np.hypot(xi, divisor))
    return np.asarray(np.degrees([ra % (2 * np.pi), dec]))


def separation(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give distances in arcsec of near positions (2, n)."""
    across = (first[0] - second[0]) * np.cos(np.radians(first[1]))
    return np.asarray(np.hypot(across, first[1] - second[1]) * 3600)


@pytest.mark.parametrize(("ra", "dec"), [(150.0, 2.0), (0.001, -62.0), (210.0, 88.5)])
def test_positions_are_fits_pixels_and_icrs_degrees(
    describe: Describe, tmp_path: Path, ra: float, dec: float
) -> None:
    x, y = scatter(50, SHAPE)
    header = tan_header(ra, dec, SHAPE)
    path = write(tmp_path / "a.fits", fits.PrimaryHDU(render(SHAPE, x, y, np.full(50, 20_000.0)), header))
    (part,) = describe(path)
    nearest, distance = match(x + 1, y + 1, part.objects["x"], part.objects["y"])
    assert distance.max() < 0.1
    found = part.objects[nearest]
    sky = np.array([found["ra"], found["dec"]])
    assert separation(project(header, found["x"], found["y"]), sky).max() < 1e-4
    assert separation(project(header, x + 1, y + 1), sky).max() < 0.05


def test_equatorial_coordinates_of_1950_and_galactic_ones_become_icrs(
    describe: Describe, tmp_path: Path
) -> None:
    x, y = scatter(10, SHAPE)
    frame = render(SHAPE, x, y, np.full(10, 20_000.0))
    galactic = tan_header(0.0, 0.0, SHAPE)
    galactic.update({"CTYPE1": "GLON-TAN", "CTYPE2": "GLAT-TAN"})
    galactic.remove("RADESYS")
    (part,) = describe(write(tmp_path / "a.fits", fits.PrimaryHDU(frame, galactic)))
    assert np.hypot(part.objects["ra"] - 266.405, part.objects["dec"] + 28.936).max() < 0.1
    old = tan_header(10.0, 20.0, SHAPE)
    old.update({"RADESYS": "FK4", "EQUINOX": 1950.0})
    (part,) = describe(write(tmp_path / "b.fits", fits.PrimaryHDU(frame, old)))
    assert np.median(part.objects["ra"]) == pytest.approx(10.65, abs=0.05)
    assert np.median(part.objects["dec"]) == pytest.approx(20.275, abs=0.05)


def test_without_a_sky_there_are_no_coordinates(describe: Describe, tmp_path: Path) -> None:
    x, y = scatter(10, SHAPE)
    (part,) = describe(write(tmp_path / "a.fits", render(SHAPE, x, y, np.full(10, 20_000.0))))
    assert np.isnan(part.objects["ra"]).all()
    assert np.isnan(part.objects["dec"]).all()


def test_a_mosaic_of_36_compressed_ccds(describe: Describe, tmp_path: Path) -> None:
    shape, prescan = (220, 180), 12
    hdus, truth = [fits.PrimaryHDU()], []
    for ccd in range(36):
        x, y = scatter(12, shape, seed=ccd, margin=25)
        header = tan_header(80.0, -10.0, shape)
        header["CRPIX1"] -= (ccd % 9 - 4) * 190 - prescan
        header["CRPIX2"] -= (ccd // 9 - 2) * 230
        header["DATASEC"] = f"[{prescan + 1}:{prescan + shape[1]},1:{shape[0]}]"
        header["EXTNAME"] = f"ccd{ccd:02}"
        frame = np.full((shape[0], shape[1] + prescan), 300, "u2")
        frame[:, prescan:] = render(shape, x, y, np.full(12, 20_000.0), seed=ccd)
        frame[5::40, 2] = 60_000  # hot pixels of the prescan are nobody's objects
        hdus.append(fits.CompImageHDU(frame, header, compression_type="RICE_1"))
        truth.append((x + prescan + 1, y + 1, header))
    parts = describe(write(tmp_path / "mosaic.fits.fz", *hdus))
    assert [part.name for part in parts] == [str(number) for number in range(1, 37)]
    for part, (x, y, header) in zip(parts, truth, strict=True):
        assert part.n_detected == 12
        assert part.shape == (shape[0], shape[1] + prescan)
        nearest, distance = match(x, y, part.objects["x"], part.objects["y"])
        assert distance.max() < 0.15
        found = part.objects[nearest]
        assert separation(project(header, x, y), np.array([found["ra"], found["dec"]])).max() < 0.05


def test_parts_that_cannot_be_used_are_left_out(describe: Describe, tmp_path: Path) -> None:
    x, y = scatter(9, SHAPE)
    good = render(SHAPE, x, y, np.full(9, 9000.0))
    dead = np.zeros(SHAPE, "f4")
    assert [part.name for part in describe(write(tmp_path / "a.fits", dead, good, dead))] == ["2"]
    with pytest.raises(UnusableImageError, match=r"b\.fits, HDU 1: The image is constant: .* is 0\."):
        describe(write(tmp_path / "b.fits", dead, dead))


def test_an_image_of_nan_is_refused(describe: Describe, tmp_path: Path) -> None:
    with pytest.raises(UnusableImageError, match="no usable pixel"):
        describe(write(tmp_path / "a.fits", np.full(SHAPE, np.nan, "f4")))


def test_a_bias_has_a_fingerprint_without_objects(describe: Describe, tmp_path: Path) -> None:
    bias = np.random.default_rng(1).normal(300, 4, SHAPE).astype("u2")
    (part,) = describe(write(tmp_path / "bias.fits", bias))
    assert part.n_detected == part.fingerprint.sum() == len(part.objects) == 0
    assert part.sampled_fraction == 1
    assert part.fingerprint.shape == (400,)


@pytest.mark.parametrize("packed", [False, True])
def test_tiles_find_the_same_objects(
    describe: Describe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packed: bool
) -> None:
    shape = (2300, 1400)
    x, y = scatter(400, shape)
    frame = render(shape, x, y, 10 ** np.random.default_rng(3).uniform(3.3, 5, 400)).astype("u2")
    header = tan_header(33, 44, shape)
    header["TRIMSEC"] = "[5:1400,3:2300]"
    hdu = fits.CompImageHDU(frame, header) if packed else fits.PrimaryHDU(frame, header)
    path = write(tmp_path / "a.fits", hdu)
    (whole,) = describe(path)
    monkeypatch.setattr("fingerprinting.pixels.WHOLE", 1 << 20)
    (tiled,) = describe(path, Limits(pixels=1 << 21))
    assert tiled.n_detected == whole.n_detected
    nearest, distance = match(whole.objects["x"], whole.objects["y"], tiled.objects["x"], tiled.objects["y"])
    assert distance.max() < 0.1
    assert np.quantile(distance, 0.9) < 0.02
    assert len(set(nearest.tolist())) == len(nearest)
    assert np.mean(tiled.objects["node"][nearest] == whole.objects["node"]) > 0.9
    np.testing.assert_allclose(tiled.objects["ra"][nearest], whole.objects["ra"], atol=1e-5)
    assert tiled.quality.fwhm == pytest.approx(whole.quality.fwhm, rel=0.02)
    assert tiled.quality.background == pytest.approx(whole.quality.background, rel=1e-3)


def test_a_sample_is_fair_and_the_same_each_time(describe: Describe, tmp_path: Path) -> None:
    shape = (1200, 1000)
    x, y = scatter(1500, shape)
    frame = render(shape, x, y, np.full(1500, 5000.0))
    path = write(tmp_path / "a.fits", frame)
    (first,), (again,) = describe(path, Limits(objects=300)), describe(path, Limits(objects=300))
    assert first.objects.tobytes() == again.objects.tobytes()
    assert first.fingerprint.sum() == len(first.objects) == 300
    assert first.sampled_fraction == pytest.approx(300 / first.n_detected)
    assert np.count_nonzero(first.objects["x"] < 500) == pytest.approx(150, abs=35)
    assert np.count_nonzero(first.objects["y"] < 600) == pytest.approx(150, abs=35)
    packed = write(
        tmp_path / "b.fits.fz", fits.CompImageHDU(frame, compression_type="GZIP_2", quantize_level=0)
    )
    assert describe(packed, Limits(objects=300))[0].objects.tobytes() == first.objects.tobytes()
    (other,) = describe(write(tmp_path / "c.fits", frame + 1), Limits(objects=300))
    assert set(other.objects["x"].tolist()) != set(first.objects["x"].tolist())
    (tiled,) = describe(path, Limits(objects=300, pixels=1 << 20))
    assert tiled.n_detected == first.n_detected
    assert len(tiled.objects) == 300


def test_processes_and_runs_do_not_change_a_fingerprint(
    describe: Describe, model_folder: Path, tmp_path: Path
) -> None:
    x, y = scatter(300, SHAPE)
    path = write(tmp_path / "a.fits", render(SHAPE, x, y, 10 ** np.random.default_rng(1).uniform(3, 5, 300)))
    (here,) = describe(path)
    with Children(2, model_folder) as children:
        there = [future.result(60)[0] for future in [children.submit(path) for _ in range(4)]]
    for other in there:
        np.testing.assert_array_equal(other.fingerprint, here.fingerprint)
        assert other.objects.tobytes() == there[0].objects.tobytes()


def test_a_giant_frame_in_little_memory(model_folder: Path, tmp_path: Path) -> None:
    x, y = scatter(100, (2000, 2000))
    tile = render((2000, 2000), x, y, np.full(100, 5000.0)).astype("u2")
    strip = np.tile(tile ^ 0x8000, (1, 10)).astype(">u2")  # BZERO = 32768
    path = tmp_path / "giant.fits"
    header = fits.PrimaryHDU(np.zeros((20, 20_000), "u2")).header
    header["NAXIS2"] = 20_000
    with path.open("wb") as file:
        file.write(header.tostring().encode())
        for _ in range(10):
            file.write(strip.data)
    with Children(1, model_folder) as children:
        (part,) = children.submit(path).result()
        (child,) = children._children
        status = Path(f"/proc/{child._process.pid}/status").read_text()
    path.unlink()
    peak = int(status.split("VmHWM:")[1].split()[0]) * 1024
    assert part.shape == (20_000, 20_000)
    assert part.n_detected == 10_000
    assert peak < 2 << 30
    distance = match(x, y, (part.objects["x"] - 1) % 2000, (part.objects["y"] - 1) % 2000)[1]
    assert distance.max() < 0.3
