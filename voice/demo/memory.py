"""What a job needed goes back to the system when the job is done."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def memory_given_back() -> Iterator[None]:
    """Around a job: afterwards the C library hands back what it holds free.

    It keeps a pool for every thread that ever asked for memory, and the page's jobs come from many;
    without this the pools of all of them together grow with the number of users. Where the C
    library is not GNU's, nothing is done.
    """
    try:
        yield
    finally:
        if sys.platform == "linux":
            trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
            if trim is not None:
                trim(ctypes.c_size_t(0))
