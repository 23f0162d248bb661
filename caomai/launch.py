"""Become a user that PostgreSQL accepts, then run one of its programs; embedded.py starts this file as a script.

PostgreSQL refuses uid 0. In a user namespace of its own the process is uid 65534 without any capability, while the
kernel still sees root as the owner of its files, so that nothing has to be copied or changed. A script of its own,
because code between fork and exec is unsafe in a process with threads. Standard library only.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000
UNPRIVILEGED = 65534
FORBIDDEN = 77  # exit code: this machine does not allow user namespaces


def enter_namespace() -> None:
    """Map this process's user and group to an unprivileged pair in a new user namespace."""
    user, group = os.geteuid(), os.getegid()
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{UNPRIVILEGED} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{UNPRIVILEGED} {group} 1")


def become(identity: str) -> None:
    """Take an identity: `self`, `namespace`, or `UID:GID` to drop to."""
    if identity == "namespace":
        enter_namespace()
    elif identity != "self":
        user, group = map(int, identity.split(":"))
        os.setgroups([])
        os.setgid(group)
        os.setuid(user)


def main(mode: str, identity: str, *command: str) -> None:
    """Replace this process by the command (`run`), or leave it behind in a session of its own (`detach`)."""
    try:
        become(identity)
    except OSError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the parent reads it
        sys.exit(FORBIDDEN)
    if mode == "detach":
        if os.fork():
            os._exit(0)
        os.setsid()
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main(*sys.argv[1:])
