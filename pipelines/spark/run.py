"""One run of a stage on whatever machine this is; the only module that goes to the workers."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from typing import IO

# A program that can't be begun, as shells have it; this may be so on one machine only.
CANNOT_BEGIN = 127
# Of what a stage says, at most so many bytes come back: its beginning and its end.
MOST_TEXT = 1 << 20
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Outcome:
    """How a run ended. A code below 0 is the signal that ended it, as subprocess has it."""

    code: int
    host: str
    # What it printed, and what it said to people.
    output: str
    errors: str
    # When it began, by that machine's clock, in seconds since 1970; and how long it took.
    began: float
    seconds: float
    cpu_seconds: float


def run(command: tuple[str, ...], made: str = "") -> Outcome:
    """Runs a stage to its end. It dies with this process, so that a worker that is lost leaves nobody at
    work; what it had begun is swept up by the next stage that opens the store.

    - made: a file that says, where it is, that the work is done, by whomever.
    """
    began, started = time.time(), time.monotonic()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        if made and os.path.exists(made):
            code = 0
        else:
            try:
                code = subprocess.run(
                    command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors,
                    preexec_fn=_die_with_parent, check=False).returncode
            except OSError as error:
                code = CANNOT_BEGIN
                errors.write(f"{command[0]}: {error.strerror}\n".encode())
            if code > 0 and made and os.path.exists(made):
                code = 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return Outcome(
            code, socket.gethostname(), _text(output), _text(errors), began,
            time.monotonic() - started,
            after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _die_with_parent() -> None:
    """See prctl(2); Python's preexec_fn runs between fork and exec."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _text(file: IO[bytes]) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if size <= MOST_TEXT:
        return file.read().decode(errors="replace")
    half = MOST_TEXT // 2
    first = file.read(half).decode(errors="replace")
    file.seek(size - half)
    return f"{first}\n… {size - 2 * half} bytes left out …\n" + file.read().decode(errors="replace")
