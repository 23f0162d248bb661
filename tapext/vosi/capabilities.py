"""What the service can do, as clients and registries read it (TAPRegExt 1.0, TAP 1.1 sect. 2.4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from caomai.settings import Settings
from tapext.adql.catalogue import Catalogue
from tapext.adql.functions import Function
from tapext.adql.geometry import GEOMETRY
from tapext.datalink import Descriptor
from tapext.descriptors import describe_services
from tapext.formats.registry import Format, list_formats
from tapext.markup import DECLARATION, element, text_element
from tapext.vosi.documents import NAMESPACES

DOCUMENT: Final = {
    **NAMESPACES,
    "xmlns:vosi": "http://www.ivoa.net/xml/VOSICapabilities/v1.0",
    "xmlns:tr": "http://www.ivoa.net/xml/TAPRegExt/v1.0",
}
TAP: Final = "ivo://ivoa.net/std/TAP"
VOSI: Final = "ivo://ivoa.net/std/VOSI#"
EXAMPLES: Final = "ivo://ivoa.net/std/DALI#examples"
DATALINK: Final = "ivo://ivoa.net/std/DataLink#links-1.1"
OBSCORE: Final = "ivo://ivoa.net/std/ObsCore#core-1.1"
FEATURES: Final = "ivo://ivoa.net/std/TAPRegExt#features-"
UPLOAD: Final = "ivo://ivoa.net/std/TAPRegExt#upload-"
# COALESCE works too: its group is younger than the validators, which take it for an error.
FORMS: Final = {
    "adqlgeo": tuple(sorted(GEOMETRY)),
    "adql-string": ("LOWER", "UPPER", "ILIKE"),
    "adql-common-table": ("WITH",),
    "adql-sets": ("UNION", "EXCEPT", "INTERSECT"),
    "adql-type": ("CAST",),
    "adql-unit": ("IN_UNIT",),
    "adql-offset": ("OFFSET",),
}
# Arrays have no names in ADQL's grammar, and validators want one word (TAPRegExt 1.0 sect. 2.3).
WORDS: Final = {"REAL[]": "VECTOR", "INTEGER[]": "HISTOGRAM"}
DAY: Final = 86_400


def write_capabilities(catalogue: Catalogue, settings: Settings, base_url: str) -> str:
    """Write the capabilities of the service."""
    tap = f"{base_url}/tap"
    return DECLARATION + element(
        "vosi:capabilities",
        DOCUMENT,
        _table_access(catalogue, settings, tap),
        _capability(f"{VOSI}capabilities", f"{tap}/capabilities"),
        _capability(f"{VOSI}availability", f"{tap}/availability"),
        _capability(f"{VOSI}tables", f"{tap}/tables"),
        _capability(f"{VOSI}tables-1.1", f"{tap}/tables", version="1.1"),
        _page(EXAMPLES, f"{tap}/examples"),
        _capability(DATALINK, f"{base_url}/datalink/links", use="base", version="1.1"),
        *map(_service, describe_services(base_url)),
    )


def _capability(standard: str, url: str, *, use: str = "full", version: str | None = None) -> str:
    attributes = {"xsi:type": "vs:ParamHTTP", "role": "std", "version": version}
    access = text_element("accessURL", url, {"use": use})
    return element("capability", {"standardID": standard}, element("interface", attributes, access))


def _page(standard: str, url: str) -> str:
    access = text_element("accessURL", url, {"use": "full"})
    return element(
        "capability", {"standardID": standard}, element("interface", {"xsi:type": "vr:WebBrowser"}, access)
    )


def _service(known: Descriptor) -> str:
    """Write a service that no standard names; what it takes say links, where pyvo expects it."""
    return element(
        "capability",
        {"standardID": known.page},
        text_element("description", known.description),
        element(
            "interface",
            {"xsi:type": "vs:ParamHTTP"},
            text_element("accessURL", known.url, {"use": "base"}),
            text_element("resultType", known.media_type),
        ),
    )


def _table_access(catalogue: Catalogue, settings: Settings, url: str) -> str:
    interface = {"xsi:type": "vs:ParamHTTP", "role": "std", "version": "1.1"}
    return element(
        "capability",
        {"standardID": TAP, "xsi:type": "tr:TableAccess"},
        element("interface", interface, text_element("accessURL", url, {"use": "base"})),
        *_data_models(catalogue),
        _language(catalogue.functions),
        *(_output_format(known) for known in list_formats()),
        *_upload_methods(settings),
        *_limits(settings),
    )


def _data_models(catalogue: Catalogue) -> list[str]:
    known = catalogue.find_tables(("ivoa", "obscore"))
    return [text_element("dataModel", "ObsCore-1.1", {"ivo-id": OBSCORE}) for _ in known]


def _upload_methods(settings: Settings) -> list[str]:
    # TAP 1.1 (sect. 2.7.5) makes all three mandatory; an operator may still allow no host.
    fetched = ("http", "https") if settings.upload_hosts.strip() else ()
    return [element("uploadMethod", {"ivo-id": UPLOAD + method}) for method in ("inline", *fetched)]


def _limits(settings: Settings) -> Iterable[str]:
    yield _limit(
        "retentionPeriod", int(settings.retention_days * DAY), int(settings.max_retention_days * DAY)
    )
    # 0 is no limit, which has no words here.
    yield _limit("executionDuration", settings.async_seconds or None, settings.max_async_seconds or None)
    rows = min(settings.default_rows, settings.max_rows)
    yield _limit("outputLimit", rows, settings.max_rows, unit="row")
    yield _limit("uploadLimit", settings.upload_rows, settings.upload_rows, unit="row")


def _limit(name: str, default: int | None, hard: int | None, *, unit: str | None = None) -> str:
    values = (("default", default), ("hard", hard))
    return element(
        name,
        None,
        *(text_element(tag, str(value), {"unit": unit}) for tag, value in values if value is not None),
    )


def write_signature(function: Function) -> str:
    """Write the signature of a function in words that validators take."""
    signature = function.signature
    for word, name in WORDS.items():
        signature = signature.replace(word, name)
    return signature


def _language(functions: Iterable[Function]) -> str:
    versions = [
        text_element("version", version, {"ivo-id": f"ivo://ivoa.net/std/ADQL#v{version}"})
        for version in ("2.0", "2.1")
    ]
    ours = [_feature(write_signature(known), known.description) for known in functions]
    groups = {"udf": ours} | {name: [_feature(form) for form in forms] for name, forms in FORMS.items()}
    features = [
        element("languageFeatures", {"type": f"{FEATURES}{name}"}, *group) for name, group in groups.items()
    ]
    return element(
        "language",
        None,
        text_element("name", "ADQL"),
        *versions,
        text_element("description", "ADQL 2.1, and with it 2.0"),
        *features,
    )


def _feature(form: str, description: str | None = None) -> str:
    return element("feature", None, text_element("form", form), text_element("description", description))


def _output_format(known: Format) -> str:
    aliases = [text_element("alias", alias) for alias in known.aliases]
    return element("outputFormat", {"ivo-id": known.ivo_id}, text_element("mime", known.media_type), *aliases)
