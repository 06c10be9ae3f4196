"""PyTorch: FlexAttention through torch.compile."""

import logging
import os
import shutil

import torch
from torch.nn.attention.flex_attention import (create_block_mask,
                                               flex_attention)

from forms import Unsupported
from peer_sdpa import bind
from problem import rotate, t5_buckets

NAME = "FlexAttention"


def versions():
    return "torch.compile, " + os.path.basename(compiler() or "no compiler")


def compiler():
    """The C++ compiler that TorchInductor is to use."""
    return os.environ.get("CXX") or shutil.which("g++") or \
        shutil.which("clang++-22") or shutil.which("clang++")


def forms(problem, threads=1):
    torch.set_num_threads(threads)
    if compiler() is None:
        raise Unsupported("torch.compile needs g++ or clang++")
    os.environ["CXX"] = compiler()
    logging.getLogger("torch").setLevel(logging.ERROR)
    torch._dynamo.reset()
    # Falling back to eager would be slow and silent.
    compiled = torch.compile(attention(problem), fullgraph=True, dynamic=False)
    yield bind("compiled",
               lambda: compiled(problem.q, problem.k, problem.v))
    if problem.case.group > 1 and plain(problem.case):
        yield grouped(problem)


def plain(case):
    return case.mask == "none" and case.position == "none" and \
        not case.softcap and case.q[2] <= 16


def grouped(problem):
    """The heads of a group as rows of one head: right where all is seen."""
    case = problem.case
    query = problem.q.reshape(case.q[0], case.k[1], case.group * case.q[2],
                              case.q[3])
    compiled = torch.compile(flex_attention, fullgraph=True, dynamic=False)
    return bind("compiled, heads of a group as rows",
                lambda: compiled(query, problem.k, problem.v).view(
                    *case.q[:3], case.v[3]))


def attention(problem):
    """The function that torch.compile is given."""
    case = problem.case
    options = {"enable_gqa": case.group > 1, "block_mask": blocks(problem),
               "score_mod": score(problem)}
    if case.position == "rope":
        queries, keys = problem.rope

        def rotated(q, k, v):
            return flex_attention(rotate(q, *queries), rotate(k, *keys), v,
                                  **options)
        return rotated
    if case.position == "shaw":
        def relative(q, k, v):
            terms = (q @ problem.table.T) * problem.scale

            def add_term(value, batch, head, row, key):
                distance = key - row - case.offset
                column = distance.clamp(-case.clip, case.clip) + case.clip
                return value + terms[batch, head, row, column]
            return flex_attention(q, k, v, **{**options,
                                              "score_mod": add_term})
        return relative
    return lambda q, k, v: flex_attention(q, k, v, **options)


def blocks(problem):
    case = problem.case
    if case.mask == "none":
        return None

    def causal(batch, head, row, key):
        return row + case.offset >= key

    def window(batch, head, row, key):
        distance = row + case.offset - key
        return (distance >= 0) & (distance < case.window)
    return create_block_mask(causal if case.mask == "causal" else window,
                             None, None, case.q[2], case.k[2], device="cpu")


def score(problem):
    """The score_mod, or None."""
    case = problem.case
    if case.position == "alibi":
        slopes = problem.slopes

        def alibi(value, batch, head, row, key):
            return value + slopes[head] * (key - row - case.offset)
        return alibi
    if case.position == "t5":
        # A table by distance, made once: what a FlexAttention user writes.
        last = case.q[2] + case.offset
        distances = torch.arange(-last, case.k[2] + 1)
        biases = problem.table.T[:, t5_buckets(
            distances, case.buckets, case.max_distance)].float().contiguous()

        def t5(value, batch, head, row, key):
            return value + biases[head, key - row - case.offset + last]
        return t5
    if case.softcap:
        cap = case.softcap
        return lambda value, batch, head, row, key: \
            cap * torch.tanh(value / cap)
    return None
