"""Each picture shows what it says, at the place where it should be: checked pixel by pixel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from caomai.errors import CaomAiError, ParameterError
from fingerprinting.clusters import normalise
from fingerprinting.pictures import layout, map1, map2, node
from fingerprinting.pictures.confusion import confuse, draw_confusion
from fingerprinting.pictures.members import gather, typical_objects
from fingerprinting.pictures.palette import SIGNS, cividis
from fingerprinting.pictures.sheet import MARGIN, NIGHT, Caption, Sheet, plain, save, shorten
from fingerprinting.pictures.stretch import stretch
from fingerprinting.pictures.views import View, shrink, typical_images
from fingerprinting.simulation.truth import OBJECT_KINDS
from fingerprinting.training.collect import Source
from tests.pictures.sights import make_members, point_at

CAPTION = Caption("A map", ["of something"])
SIMULATED = Source("star-1", "simulated", "sparse")


def pixels(sheet: Sheet) -> NDArray[np.uint8]:
    return np.asarray(sheet.image)


def tile_of(picture: NDArray[np.uint8], number: int) -> NDArray[np.uint8]:
    """Cut the tile of a node out of Map 1 by counting rows from the bottom of the sheet."""
    step_x, step_y = map1.TILE + map1.GAP, map1.TILE + map1.GAP + map1.LINE
    left = MARGIN + number % 20 * step_x
    bottom = len(picture) - MARGIN - number // 20 * step_y
    top = bottom - step_y
    return picture[top : top + map1.TILE, left : left + map1.TILE, 0]


def test_node_0_is_at_the_lower_left_and_y_runs_upward() -> None:
    corners = [0, 19, 380, 399, 137]
    sights = np.array(
        [point_at(15, 12), point_at(-15, 12), point_at(15, -12), point_at(-15, -12), point_at(0, 20)]
    )
    members = make_members(corners, [0.1] * 5, pictures=sights)
    drawn = pixels(map1.draw_map(map1.make_tiles(members), CAPTION, map1.Overlay()))
    middle, scale = map1.TILE // 2, map1.TILE // map1.PIXELS
    for number, (dx, dy) in zip(corners, [(15, 12), (-15, 12), (15, -12), (-15, -12), (0, 20)], strict=True):
        tile = tile_of(drawn, number)
        assert tile[middle, middle] > 250, number
        assert tile[middle - dy * scale, middle + dx * scale] > 250, number  # a higher y is nearer to the top
        assert tile[middle + dy * scale, middle - dx * scale] < 100, number
    empty = {int(tile_of(drawn, number).max()) for number in (1, 20, 379, 398)}
    assert empty == {map1.EMPTY[0]}


def test_a_simulated_object_has_a_folded_corner_and_a_real_one_has_not() -> None:
    members = make_members([3, 4], [0.1, 0.1], images=[0, 1], sources=[Source("a", "B"), SIMULATED])
    drawn = pixels(map1.draw_map(map1.make_tiles(members), CAPTION, map1.Overlay()))
    assert tile_of(drawn, 3)[1, -2] > 40
    assert tile_of(drawn, 4)[1, -2] == NIGHT[0]


def test_labels_counts_and_rarity_are_written_under_the_tiles_only() -> None:
    members = make_members([7] * 30 + [8], [0.1] * 31)
    tiles = map1.make_tiles(members)
    bare = pixels(map1.draw_map(tiles, CAPTION, map1.Overlay()))
    for overlay in (map1.Overlay(counts=True), map1.Overlay(rarity=True)):
        told = pixels(map1.draw_map(tiles, CAPTION, overlay))
        assert told.shape == bare.shape
        assert np.array_equal(tile_of(told, 7), tile_of(bare, 7))
        assert (told != bare).any()
    labelled = map1.draw_map(tiles, CAPTION, map1.Overlay(labels={7: "satellite trail"}))
    assert labelled.image.height == len(bare) + 20 * map1.LINE
    yellow = (pixels(labelled) == map1.LABEL).all(axis=2)
    assert yellow.any()


def test_typical_is_the_nearest_object_and_a_real_one_if_there_is_any() -> None:
    members = make_members(
        [5, 5, 5, 9, 9],
        [0.01, 0.3, 0.2, 0.4, 0.1],
        images=[1, 0, 0, 1, 1],
        sources=[Source("a", "B"), SIMULATED],
    )
    typical = typical_objects(members)
    assert typical[5] == 2  # the nearest real one, though a simulated one is nearer
    assert typical[9] == 4
    assert (np.delete(typical, [5, 9]) == -1).all()
    assert members.counts[5] == 3


def test_stretch_is_asinh_in_sigma_with_dark_grey_sky_and_the_first_row_below() -> None:
    picture = np.zeros((64, 64), np.float32)
    picture[30:34, 30:34] = 100
    picture[40, 32], picture[41, 32], picture[50, 50] = 10, np.nan, -50
    grey = stretch(picture[None])[0]
    black, white = np.arcsinh(-1.5 / 2), np.arcsinh(100 / 2)
    for value, row in ((10, 40), (0, 41), (0, 0)):
        expected = 255 * (np.arcsinh(value / 2) - black) / (white - black)
        assert grey[63 - row, 32] == pytest.approx(expected, abs=0.51)
    assert grey[63 - 31, 31] == 255
    assert grey[63 - 50, 50] == 0
    assert 20 < grey[0, 0] < 90


def test_noise_is_not_blown_up_to_white() -> None:
    noise = np.random.default_rng(1).standard_normal((4, 64, 64)).astype(np.float32)
    assert np.median(stretch(noise)) < 80
    assert stretch(noise).max() < 200


def test_rows_of_a_node_go_outward_and_show_nobody_twice() -> None:
    distances = np.random.default_rng(2).permutation(40) / 100
    members = make_members([3] * 40 + [4], [*distances, 0.5])
    nearest, chance, farthest = node.choose_rows(members, 3, 8, seed=1)
    assert members.distance[nearest] == pytest.approx(np.arange(8) / 100)
    assert members.distance[farthest] == pytest.approx(np.arange(39, 31, -1) / 100)
    assert len({*nearest, *chance, *farthest}) == 24
    assert (np.diff(members.distance[chance]) > 0).all()
    assert [len(row) for row in node.choose_rows(members, 4, 8, seed=1)] == [1, 0, 0]


def test_a_node_sheet_shows_its_members_in_rows() -> None:
    sights = np.array([point_at(20, 10)] * 3)
    members = make_members([3] * 3, [0.1, 0.2, 0.3], pictures=sights)
    sheet = node.draw_node(members, 3, CAPTION, columns=3, seed=0)
    drawn, top = pixels(sheet)[:, :, 0], CAPTION.height + node.HEADING
    for column in range(3):
        left = MARGIN + column * (node.TILE + node.GAP)
        assert drawn[top + 64 - 20, left + 64 + 40] > 250  # 10 up, 20 right, twice enlarged
        assert drawn[top + 64 + 20, left + 64 - 40] < 100
    empty = node.draw_node(members, 9, CAPTION, columns=3, seed=0)
    assert empty.image.width == sheet.image.width


def test_names_from_files_cannot_disturb_a_sheet() -> None:
    hostile = Source("<script>\x1b[2J\n\u202etxt.fits", "CAM\x00\u202e\U0001f680" * 40)
    members = make_members([3] * 2, [0.1, 0.2], sources=[hostile])
    sheet = node.draw_node(members, 3, Caption("\x07" * 9, node.describe_node(members, 3)), columns=2, seed=0)
    assert sheet.image.width == 2 * MARGIN + 2 * node.TILE + node.GAP
    assert plain("caf\u00e9 \u202e\x00\u65e5") == "cafe ???"
    assert len(shorten("x" * 10_000, 100)) < 30


def test_confusion_is_that_of_brute_force() -> None:
    rng = np.random.default_rng(4)
    kinds = rng.choice(["star", "spiral", "donut", ""], 600, p=[0.6, 0.2, 0.1, 0.1])
    nodes = np.array([{"star": 10, "spiral": 11, "donut": 12, "": 13}[kind] for kind in kinds])
    nodes[rng.random(600) < 0.3] = 10
    images = rng.integers(0, 8, 600)
    members = make_members(
        nodes.tolist(), [0.1] * 600, kinds=kinds.tolist(), images=images.tolist(),
        sources=[Source(str(number), "s", "sparse") for number in range(8)],
    )  # fmt: skip
    found = confuse(members, seed=3)
    assert found.kinds == ["star", "donut", "spiral"]
    half = np.random.default_rng([3, 8]).permutation(8) % 2 == 0
    table = np.zeros((3, 3))
    for naming in (half, ~half):
        voters = [(n, k) for n, k, i in zip(nodes, kinds, images, strict=True) if naming[i] and k]
        total = {k: sum(kind == k for _, kind in voters) for k in found.kinds}
        for n, k, i in zip(nodes, kinds, images, strict=True):
            if naming[i] or not k:
                continue
            rates = [sum(v == (n, kind) for v in voters) / total[kind] for kind in found.kinds]
            name = (
                int(np.argmax(rates)) if any(rates) else found.kinds.index(max(total, key=total.__getitem__))
            )
            table[found.kinds.index(k), name] += 1
    assert found.numbers.tolist() == table.sum(axis=1).tolist()
    assert found.shares == pytest.approx(table / table.sum(axis=1, keepdims=True))
    sheet = draw_confusion(found, CAPTION)
    red, _, blue = pixels(sheet).astype(int).transpose(2, 0, 1)
    assert (blue > red + 100).any()  # the blue of what was named right


def test_confusion_needs_known_kinds() -> None:
    with pytest.raises(ParameterError, match="--simulated"):
        confuse(make_members([1, 2], [0.1, 0.1]))


def test_steps_to_the_neighbours_are_those_of_brute_force() -> None:
    rng = np.random.default_rng(5)
    centroids = normalise(rng.standard_normal((400, 8)).astype(np.float32))
    steps = layout.measure_steps(centroids)
    for number in (0, 19, 45, 210, 399):
        x, y = number % 20, number // 20
        around = [(x + dx, y + dy) for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1))]
        inside = [centroids[a + 20 * b] for a, b in around if 0 <= a < 20 and 0 <= b < 20]
        expected = np.mean([1 - float(centroids[number] @ other) for other in inside])
        assert steps[number] == pytest.approx(expected, abs=1e-6)


def test_the_plane_shows_kinds_at_their_nodes_by_colour_and_letters() -> None:
    members = make_members(
        [0] * 9 + [399] * 9 + [19] * 4,
        [0.1] * 22,
        kinds=["donut"] * 9 + ["spiral"] * 9 + ["star", "donut"] * 2,
    )
    rule = layout.find_rule(members)
    assert (rule.kinds[0], rule.kinds[399], rule.kinds[1]) == ("donut", "spiral", "")
    assert rule.shares[[0, 19, 1]].tolist() == [1, 0.5, 0]
    steps = np.linspace(0, 1, 400)
    drawn = pixels(layout.draw_layout(rule, steps, CAPTION))
    top, cell, size = CAPTION.height + layout.HEADING, layout.CELL, layout.PANEL
    lower_left, upper_right = drawn[top + size - cell + 5, MARGIN + 5], drawn[top + 5, MARGIN + size - 5]
    assert tuple(lower_left) == SIGNS["donut"][1]
    assert tuple(upper_right) == SIGNS["spiral"][1]
    second = MARGIN + size + layout.LEGEND + 2 * MARGIN
    assert tuple(drawn[top + size - 3, second + 3]) == cividis(0)
    assert tuple(drawn[top + 3, second + size - 3]) == cividis(1)
    assert len({letters for letters, _ in SIGNS.values()}) == len(OBJECT_KINDS) == len(SIGNS)


def test_map_2_shows_the_most_typical_image_of_each_field() -> None:
    frame = np.zeros((60, 120), np.float32)
    frame[50:, 100:] = 1000  # upper right
    small = shrink(frame, None)
    assert small.shape == (60, 120)
    assert small[5, 110] > 200 > small[55, 110]
    views = [View(Source("a", "B"), small, 0, 0.7), View(Source("b", "B"), small // 2, 0, 0.9)]
    views.append(View(SIMULATED, small, 0, 0.99))
    typical = typical_images(views)
    assert typical[0] is views[1]
    assert typical[1:] == [None] * 143
    drawn = pixels(map2.draw_fields(typical, [3] + [0] * 143, CAPTION))[:, :, 0]
    bottom = len(drawn) - MARGIN - map2.GAP - 2 * map1.LINE
    assert drawn[bottom - map2.TILE + 30 + 5, MARGIN + 110] == small[5, 110] // 2


def test_masked_and_constant_frames_have_thumbnails_too() -> None:
    mask = np.zeros((80, 80), bool)
    mask[:40] = True
    assert shrink(np.where(mask, 0, 100).astype(np.float32), mask).std() == 0
    assert shrink(np.zeros((80, 80), np.float32), np.ones((80, 80), bool)).shape == (120, 120)


def test_nothing_to_show_is_said() -> None:
    with pytest.raises(ParameterError, match="No object was found"):
        gather([make_members([], [])])
    with pytest.raises(ParameterError, match="No image with objects"):
        typical_images([])


def test_a_png_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    image = Sheet.make(20, 10, NIGHT).image
    path = tmp_path / "a.png"
    path.write_text("old")
    save(image, path, {"Title": "caf\u00e9"})
    with Image.open(path) as read:
        assert (read.format, read.size, read.info["Title"]) == ("PNG", (20, 10), "caf\u00e9")
    with pytest.raises(CaomAiError, match="cannot be written"):
        save(image, tmp_path / "none" / "a.png", {})
    (tmp_path / "folder").mkdir()
    with pytest.raises(CaomAiError, match="cannot be written"):
        save(image, tmp_path / "folder", {})
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.png", "folder"]
