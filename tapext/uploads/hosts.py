"""Which hosts tables may be fetched from: those that the operator names, and what `*` means."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final

from caomai.errors import AuthorizationError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

ANY: Final = "*"
DEFAULT_PORTS: Final = {"http": 80, "https": 443}
UNPRIVILEGED: Final = 1024
NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True)
class Hosts:
    """The setting upload_hosts: names, `.name` for a domain, `name:port`, `*` for the public internet."""

    words: tuple[str, ...]

    @classmethod
    def read(cls, setting: str) -> Hosts:
        """Read the setting, words between blanks or commas."""
        return cls(tuple(setting.lower().replace(",", " ").split()))

    @property
    def any_allowed(self) -> bool:
        """Tell whether tables may come from anywhere at all."""
        return bool(self.words)

    def is_trusted(self, host: str, port: int) -> bool:
        """Tell whether the operator named this very host, wherever it is."""
        ports = {f":{port}"} | ({""} if port in DEFAULT_PORTS.values() else set())
        domains = [host, *(host[at:] for at, letter in enumerate(host) if letter == ".")]
        return any(f"{name}{suffix}" in self.words for name in domains for suffix in ports)

    def check(self, host: str, port: int) -> bool:
        """Refuse a host that is not allowed; tells whether its address must be a public one."""
        if self.is_trusted(host, port):
            return False
        if ANY not in self.words:
            raise AuthorizationError(
                f"Tables are not fetched from {host}:{port}; send the table in the request."
            )
        if port < UNPRIVILEGED and port not in DEFAULT_PORTS.values():
            raise AuthorizationError(
                f"Tables are not fetched from port {port}; use the one of http or https."
            )
        return True


def is_public(address: Address) -> bool:
    """Tell whether an address is one of the public internet, also by what is wrapped in it."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved
