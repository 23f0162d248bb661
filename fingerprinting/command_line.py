"""Commands of this tree; heavy imports stay inside the commands, so that --help answers at once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from caomai.console import SOME_REFUSED, print_json
from caomai.settings import read_settings
from fingerprinting.annotation.commands import annotate
from fingerprinting.evaluation.commands import evaluate
from fingerprinting.labels.commands import label_app
from fingerprinting.model_commands import model_commands
from fingerprinting.pictures.commands import picture_app
from fingerprinting.simulation.commands import simulate
from fingerprinting.training.commands import train

Json = Annotated[bool, typer.Option("--json", help="Write JSON for a script to read.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this tree to caom-ai."""
    app.command("simulate")(simulate)
    app.command("train")(train)
    app.command("evaluate")(evaluate)
    app.command("describe")(describe)
    app.command("annotate")(annotate)
    app.command("fingerprint")(fingerprint)
    app.command("describe-uploads")(describe_uploads)
    app.command("pictures")(pictures)
    app.command("fit-fields")(fit_fields)
    app.command("similar")(similar)
    app.command("recall")(recall)
    app.add_typer(model_commands(), name="models")
    app.add_typer(label_app)
    app.add_typer(picture_app)


def fingerprint(
    processes: Annotated[
        int, typer.Option("--processes", "-n", min=1, help="Processes for pixels; each needs up to 3 GiB.")
    ] = len(os.sched_getaffinity(0)),
    watch: Annotated[bool, typer.Option("--watch", help="Stay for images that come later.")] = False,
    missing_vectors: Annotated[
        bool,
        typer.Option(
            "--missing-vectors", help="Also images whose objects cannot be compared with others yet."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Fingerprint all images of the archive that need it: new ones, changed ones, those of another model.

    Any number of these may work at the same time, on any machines that reach the database and the files:
    they share the images, and what one leaves when it is killed the others do. CAOMAI_ARTIFACTS says for each
    scheme of artifact URIs in which folder or at which URL the files are. Ctrl-C finishes the images in hand
    and ends; a second Ctrl-C ends at once.

    With --missing-vectors those images are described anew, too, that were described before their objects had
    vectors (docs/object_search.md), or with a smaller CAOMAI_OBJECT_SHARE than now. They stay searchable
    meanwhile; their objects get new objectIDs. Started again, it goes on where it was.

    Images that cannot be fingerprinted are listed with the reason and are not tried again until their file
    changes; a file that was not to be had is tried again later. Spectra, cubes and the like are skipped.

    Exit codes: 0 done, 1 failed, 2 wrong use, 3 done with some images refused, 130 ended by a signal.
    """
    from fingerprinting.session import fingerprint_archive
    from fingerprinting.worker import INTERRUPTED

    tally = fingerprint_archive(
        read_settings(), processes, watch=watch, quiet=as_json, missing_vectors=missing_vectors
    )
    if as_json:
        print_json(tally.to_json())
    else:
        typer.echo("".join(f"{line}\n" for line in tally.list_refused()), nl=False, err=True)
        typer.echo("\n".join(tally.to_lines()))
    if tally.interrupted and not watch:
        raise typer.Exit(INTERRUPTED)
    raise typer.Exit(SOME_REFUSED if tally.failed else 0)


def describe_uploads(
    processes: Annotated[
        int, typer.Option("--processes", "-n", min=1, help="Images at a time; each needs up to 3 GiB.")
    ] = 2,
) -> None:
    """Describe images that are uploaded to the service, until Ctrl-C.

    `caom-ai serve` starts one of these by itself, and `caom-ai fingerprint --watch` does the same beside its
    own work; start it alone where a machine is to do nothing else.
    """
    from fingerprinting.reception import describe_uploads as run

    run(read_settings(), processes)


def pictures(
    processes: Annotated[
        int, typer.Option("--processes", "-n", min=1, help="Images at a time; each needs up to 3 GiB.")
    ] = 2,
    as_json: Json = False,
) -> None:
    """Choose the objects and images that stand for the nodes of the maps anew, and draw them.

    The worker chooses by itself when the archive has grown by a fifth, and pictures are drawn when somebody
    first asks for them: this does both beforehand, so that nobody waits. What is drawn already stays.
    """
    from caomai.console import progress
    from fingerprinting.previews.album import draw_album

    with progress(0, "Drawing", "images", quiet=as_json) as bar:
        album = draw_album(read_settings(), processes, bar)
    if as_json:
        print_json(album)
    else:
        typer.echo(
            "{objects} objects and {images} images stand for nodes; {files} files read.".format(**album)
        )


def fit_fields(
    seed: Annotated[int, typer.Option(min=0, help="The same seed and images give the same map.")] = 0,
    as_json: Json = False,
) -> None:
    """Fit a new Map 2 (fields of images with like content) on this archive's own fingerprints, and use it.

    The map that comes with the model was fitted on other images; one fitted here tells this archive's images
    apart better. Needs at least 144 images with objects. Every image gets its field on the new map.
    """
    from fingerprinting.session import fit_fields_here

    maps, images, seen = fit_fields_here(read_settings(), seed)
    if as_json:
        print_json({"mapID": maps.field_map, "model": maps.model.hash, "images": images, "isCurrent": seen})
    else:
        standing = "is the current one" if seen else f"waits for map {maps.object_map} to be searched"
        typer.echo(f"Map {maps.field_map} of fields, fitted on {images} images, {standing}.")


def similar(
    image: Annotated[str, typer.Argument(metavar="ID|FILE", help="A publisherID (ivo://...) or a file.")],
    k: Annotated[int, typer.Option("-k", min=1, max=10_000, help="How many images.")] = 10,
    as_json: Json = False,
) -> None:
    """List the public images whose content is most like that of an image, nearest first.

    Distance 0 means the same content, 1.41 unrelated content. Other files of the same exposure are left out,
    and so are calibration frames unless the image is one. A FITS file need not be in the archive: it is
    described here and compared.
    """
    from fingerprinting.similar import find_similar, to_json, to_lines

    answer = find_similar(read_settings(), image, k)
    if as_json:
        print_json(to_json(answer))
    else:
        typer.echo("\n".join(to_lines(answer)))


def recall(
    queries: Annotated[
        int, typer.Option("--queries", "-n", min=2, max=10_000, help="Searches to make.")
    ] = 100,
    k: Annotated[int, typer.Option("-k", min=1, max=250, help="How many images each is to find.")] = 10,
    seed: Annotated[int, typer.Option(min=0, help="Another seed asks with other images.")] = 0,
    as_json: Json = False,
) -> None:
    """Measure how many of the nearest images the index finds, and say what to change if that is too few.

    Some images of the archive ask for those most like them, as people ask the service; the answers are
    compared with all search vectors, which are read once. Where fewer than 99 % are found, wider searches are
    tried, and the advice says which width is enough, or that the index should be made anew.

    Exit codes: 0 enough are found, 1 too few, or no fingerprints, 2 wrong use.
    """
    from caomai.console import progress
    from fingerprinting.recall import Trial, report_recall, to_lines

    with progress(queries, "Searching", "searches", quiet=as_json) as bar:
        report = report_recall(read_settings(), Trial(queries, k, seed), bar)
    if as_json:
        print_json(report.to_json())
    else:
        typer.echo("\n".join(to_lines(report)))
    raise typer.Exit(0 if report.is_enough else 1)


def describe(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A FITS file, also .fz, .gz or .bz2.")],
    as_json: Json = False,
    model: Annotated[Path | None, typer.Option(help="Folder of a model [CAOMAI_MODEL].")] = None,
    vectors: Annotated[
        bool, typer.Option("--vectors", help="Say what each object looks like, for /similar/objects.")
    ] = False,
) -> None:
    """Describe the content of one image: its objects, its fingerprint, its quality. No database is touched.

    Every science image of the file (HDUs named SCI; else all but errors, weights, masks and the like) is
    searched for objects; each is shown to the encoder and falls into one of 400 nodes. With --json:
    {"model", "hdus": [{"hdu", "part", "shape", "n_detected", "fingerprint": [400 counts], "vector": [400]
    or null, "field_node", "objects": [{"x", "y", "ra", "dec", "node", ...}]}]}, x and y in FITS pixels;
    with --vectors (which is JSON) each object has its "vector": [64].

    Exit codes: 0 done, 1 the file cannot be described (the sentence says why), 2 wrong use or no such file.
    """
    from fingerprinting.describe import describe as run

    run(file, model, as_json=as_json or vectors, vectors=vectors)
