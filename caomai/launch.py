"""Become a user that PostgreSQL accepts, then run one of its programs; postgres.py starts this as a script.

PostgreSQL refuses uid 0. Root therefore runs it in a user namespace of its own, as uid 65534 without any
capability, while the kernel still sees root as the owner of its files: nothing is copied or changed. Where
namespaces are forbidden (containers) it runs as an unprivileged user that may still enter root's folders.
A script of its own, because code between fork and exec is unsafe in a process with threads; it imports the
standard library only.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000
UNPRIVILEGED = 65534
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 47, 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION = 0x20080522
FORBIDDEN = 77  # exit codes: the machine does not allow this identity,
UNREACHABLE = 78  # or the identity cannot reach the program or its files


def _call(name: str, *arguments: int | ctypes.Array[ctypes.c_uint32]) -> None:
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments) != 0:
        raise OSError(ctypes.get_errno(), name)


def enter_namespace() -> None:
    """Map this process's user and group to an unprivileged pair in a new user namespace."""
    user, group = os.geteuid(), os.getegid()
    _call("unshare", CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{UNPRIVILEGED} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{UNPRIVILEGED} {group} 1")


def drop_to(user: int, group: int) -> None:
    """Become an unprivileged user that keeps the capability to enter folders of root, as root had it."""
    _call("prctl", PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(group, group, group)
    os.setresuid(user, user, user)
    bit = 1 << CAP_DAC_OVERRIDE
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    effective_permitted_inheritable = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    _call("capset", header, effective_permitted_inheritable)
    _call("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)


def become(identity: str) -> None:
    """Take an identity: `self`, `namespace`, or `UID:GID` to drop to."""
    if identity == "namespace":
        enter_namespace()
    elif identity != "self":
        drop_to(*map(int, identity.split(":")))


def main(mode: str, identity: str, *command: str) -> None:
    """Replace this process by the command (`run`), or leave it running in its own session (`detach`)."""
    try:
        become(identity)
    except OSError as error:
        print(error, file=sys.stderr)  # noqa: T201 - goes to the log of the server
        sys.exit(FORBIDDEN)
    try:
        Path(command[0]).open("rb").close()
    except OSError as error:
        print(error, file=sys.stderr)  # noqa: T201
        sys.exit(UNREACHABLE)
    if mode == "detach":
        if os.fork():
            os._exit(0)
        os.setsid()
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main(*sys.argv[1:])
