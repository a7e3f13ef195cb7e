"""Count what a piece of work costs, so that the answer is the same today, tomorrow and on a busy machine.

Wall-clock swings by a factor of two; the number of function calls and of interpreter instructions does not swing at all.
Neither sees what happens inside C, so memory is counted beside them. What the guards themselves execute is left out.

Instructions are seen through `sys.monitoring` where there is one: from 3.12 on, `sys.settrace` misses those of functions that
have been traced before.
"""

import gc
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

OWN = str(Path(__file__).resolve().parent)
ROUNDS = 4
"""Memory is the whole process', and another thread may be busy meanwhile: it is looked at so often, and the least counts."""

Work = Callable[[], None]
Figures = dict[str, float]


def nothing() -> None:
    """Work that needs no preparing."""


def _ours(frame: FrameType | None) -> bool:
    return frame is None or frame.f_code.co_filename.startswith(OWN)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Nobody else's tracer, and no garbage collector that runs finalizers in the middle."""
    profiler, tracer, collecting = sys.getprofile(), sys.gettrace(), gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        sys.setprofile(profiler)
        sys.settrace(tracer)
        if collecting:
            gc.enable()


def calls(work: Work) -> int:
    """Function calls made by or inside what is measured, Python's and C's."""
    counted = 0

    def profiler(frame: FrameType, event: str, _: Any) -> None:
        nonlocal counted
        if event == "call":
            counted += not (_ours(frame) and _ours(frame.f_back))
        elif event == "c_call":
            counted += not _ours(frame)

    with _undisturbed():
        sys.setprofile(profiler)
        work()
        sys.setprofile(None)
    return counted


def instructions(work: Work) -> int:
    """Interpreter instructions executed inside what is measured."""
    with _undisturbed():
        return _monitored(work) if sys.version_info >= (3, 12) else _traced(work)


def _traced(work: Work) -> int:
    counted = 0

    def each(_frame: FrameType, event: str, _: Any) -> Any:
        nonlocal counted
        if event == "opcode":
            counted += 1
        return each

    def tracer(frame: FrameType, _event: str, _: Any) -> Any:
        if _ours(frame):
            return None
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        return each

    sys.settrace(tracer)
    work()
    sys.settrace(None)
    return counted


def _monitored(work: Work) -> int:
    counted = 0
    # Reached through `Any`: the types of the oldest supported version do not know it.
    monitoring: Any = sys.__dict__["monitoring"]
    here = threading.get_ident()

    def each(code: CodeType, _offset: int) -> Any:
        nonlocal counted
        if code.co_filename.startswith(OWN):
            return monitoring.DISABLE
        counted += threading.get_ident() == here
        return None

    tool = monitoring.PROFILER_ID
    monitoring.use_tool_id(tool, "guards")
    monitoring.register_callback(tool, monitoring.events.INSTRUCTION, each)
    try:
        monitoring.set_events(tool, monitoring.events.INSTRUCTION)
        work()
    finally:
        monitoring.set_events(tool, 0)
        monitoring.register_callback(tool, monitoring.events.INSTRUCTION, None)
        monitoring.free_tool_id(tool)
    return counted


def peak_bytes(work: Work, ready: Work = nothing, *, rounds: int = 1) -> int:
    """The most Python memory that was in use at once beyond what was in use before."""
    found: list[int] = []
    for _ in range(rounds):
        ready()
        # Each round begins with a collection, so that it pays for what the last one left in lists of free objects.
        with _undisturbed(), _tracing_memory():
            before, _peak = tracemalloc.get_traced_memory()
            tracemalloc.reset_peak()
            work()
            found.append(tracemalloc.get_traced_memory()[1] - before)
    return max(0, min(found))


def grown_bytes(work: Work) -> int:
    """Python memory that is in use afterwards and was not before."""
    with _undisturbed(), _tracing_memory():
        before, _ = tracemalloc.get_traced_memory()
        work()
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before


def kept_blocks(work: Work, ready: Work, *, rounds: int) -> int:
    """Blocks of memory that the work leaves behind. The first round fills the interpreter's own lists of free objects."""
    found: list[int] = []
    with _undisturbed():
        for _ in range(rounds):
            ready()
            before = sys.getallocatedblocks()
            work()
            found.append(sys.getallocatedblocks() - before)
    return max(0, min(found))


@contextmanager
def _tracing_memory() -> Iterator[None]:
    if tracemalloc.is_tracing():
        yield
        return
    tracemalloc.start()
    try:
        yield
    finally:
        tracemalloc.stop()


def cost(work: Work, *, operations: int, ready: Work = nothing) -> Figures:
    """Everything that is counted, for one of the work's operations. `ready` prepares each repetition and is not counted."""
    ready()
    work()
    ready()
    found = {"calls": calls(work) / operations}
    ready()
    found["instructions"] = instructions(work) / operations
    found["peak_bytes"] = peak_bytes(work, ready, rounds=ROUNDS) / operations
    found["kept_blocks"] = kept_blocks(work, ready, rounds=ROUNDS) / operations
    return found
