"""What a peer is: the forms in which a framework can compute a case."""

import dataclasses
import time
import typing

from problem import difference


class Unsupported(Exception):
    """Why a peer has no form for a case; becomes a footnote of the table."""


@dataclasses.dataclass
class Form:
    """One way to compute a case, ready to be called."""

    name: str
    call: typing.Callable  # computes once
    result: typing.Callable  # the last result, a tensor [B, H, N, Dv]
    error: float = 0.0  # of the result against f64
    difference: float = 0.0  # between the result and ours


def first_line(error):
    """An exception as one short line."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 160 else text[:157] + "..."


def choose(peer, problem, ours, threads):
    """(the peer's fastest form that is right or None, what is to be said).

    A form whose result differs from the reference or from ours is refused: a
    wrong form may be as fast as it likes.
    """
    best, best_seconds, notes = None, float("inf"), []
    made = peer.forms(problem, threads)
    while True:
        try:
            form = next(made, None)
            if form is None:
                break
            seconds = check(form, problem, ours)
        except Unsupported as reason:
            notes.append(str(reason))
            continue
        except Exception as error:  # whatever a framework throws
            notes.append(f"{type(error).__name__}: {first_line(error)}")
            continue
        if seconds < best_seconds:
            best, best_seconds = form, seconds
    return best, "; ".join(notes)


def check(form, problem, ours):
    """Seconds of one call; raises Unsupported where the result is wrong."""
    form.call()
    result = form.result()
    form.error = problem.error(result)
    form.difference = difference(result, ours)
    worst = max(form.error, form.difference)
    if not worst <= problem.tolerance:
        raise Unsupported(
            f"refused: {form.name} differs from ours by {form.difference:.1e} "
            f"and from f64 by {form.error:.1e}, allowed are "
            f"{problem.tolerance:.0e}")
    start = time.perf_counter()
    form.call()
    return time.perf_counter() - start
