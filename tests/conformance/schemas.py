"""The XML schemas of the IVOA as stilts carries them, for documents of the service."""

from __future__ import annotations

import zipfile
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

JAVA = Path("/usr/share/java")
LINT = JAVA / "starlink-ttools.jar", "uk/ac/starlink/ttools/taplint/"
UTIL = JAVA / "starlink-util.jar", "uk/ac/starlink/util/text/"
IVOA = "http://www.ivoa.net/xml/"
# Namespaces and addresses of schemas, and where they lie.
FILES = {
    f"{IVOA}VOSICapabilities/v1.0": (LINT, "VOSICapabilities-v1.0.xsd"),
    f"{IVOA}VOSIAvailability/v1.0": (LINT, "VOSIAvailability-v1.0.xsd"),
    f"{IVOA}VOSITables/v1.0": (LINT, "VOSITables-v1.1.xsd"),
    f"{IVOA}VODataService/v1.1": (LINT, "VODataService-v1.2.xsd"),
    f"{IVOA}VOResource/v1.0": (LINT, "VOResource-v1.1.xsd"),
    f"{IVOA}VOResource/VOResource-v1.0.xsd": (LINT, "VOResource-v1.1.xsd"),
    f"{IVOA}TAPRegExt/v1.0": (LINT, "TAPRegExt-v1.0-Erratum1.xsd"),
    f"{IVOA}UWS/v1.0": (LINT, "UWS-v1.1.xsd"),
    f"{IVOA}STC/stc-v1.30.xsd": (LINT, "stc-v1.30.xsd"),
    f"{IVOA}Xlink/xlink.xsd": (LINT, "xlink.xsd"),
    "http://www.w3.org/1999/xlink": (LINT, "xlink.xsd"),
    "http://www.w3.org/2001/xml.xsd": (LINT, "xmlnamespace.xsd"),
    "http://www.w3.org/2009/01/xml.xsd": (LINT, "xmlnamespace.xsd"),
    f"{IVOA}VOTable/v1.3": (UTIL, "VOTable1.4.xsd"),
}
ROOTS = ("VOSICapabilities/v1.0", "VOSIAvailability/v1.0", "VOSITables/v1.0", "TAPRegExt/v1.0", "UWS/v1.0")


class Resolver(etree.Resolver):  # type: ignore[misc]
    """Finds the schemas that schemas import."""

    def resolve(self, system_url: str, public_id: str, context: Any) -> Any:  # noqa: ARG002 -- lxml's signature
        return self.resolve_string(read(system_url), context, base_url=system_url)


def read(address: str) -> bytes:
    (jar, folder), name = FILES[address]
    with zipfile.ZipFile(jar) as archive:
        return archive.read(folder + name)


@cache
def schema(*roots: str) -> etree.XMLSchema:
    """Read the schemas of some namespaces as one."""
    imports = "".join(
        f'<xs:import namespace="{IVOA}{root}" schemaLocation="{IVOA}{root}"/>' for root in roots
    )
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Resolver())
    driver = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'
    return etree.XMLSchema(etree.fromstring(driver, parser))


def faults(document: bytes) -> list[str]:
    """Say what is wrong with a document by its schema."""
    root = etree.fromstring(document)
    space = etree.QName(root).namespace or ""
    known = schema("VOTable/v1.3") if "VOTable" in space else schema(*ROOTS)
    known.validate(root)
    return [f"line {error.line}: {error.message}" for error in known.error_log]
