"""PyTorch: scaled_dot_product_attention, eager."""

import torch
from torch.nn.functional import scaled_dot_product_attention

from forms import Form, Unsupported
from problem import repeat_heads, rotate, shaw_columns

NAME = "PyTorch SDPA"


def versions():
    return f"torch {torch.__version__}"


def bind(name, compute):
    """A form whose result is kept from call to call."""
    kept = {}

    def call():
        kept["result"] = compute()
    return Form(name, call, lambda: kept["result"])


def forms(problem, threads=1):
    """The forms that a PyTorch user may write; the fastest is timed."""
    torch.set_num_threads(threads)
    case = problem.case
    if case.softcap:
        raise Unsupported("SDPA has no soft cap")
    q, k, v = problem.q, problem.k, problem.v
    causal = (case.mask == "causal" and problem.case.q[2] == case.k[2]
              and case.offset == 0 and case.position in ("none", "rope"))
    mask = None
    if not causal and problem.bias is not None:
        mask = problem.bias.to(problem.dtype)

    def position():
        if case.position != "rope":
            return q, k
        queries, keys = problem.rope
        return rotate(q, *queries), rotate(k, *keys)

    def attend():
        query, key = position()
        return scaled_dot_product_attention(
            query, key, v, attn_mask=mask, is_causal=causal,
            enable_gqa=case.group > 1)

    def attend_repeated():
        query, key = position()
        return scaled_dot_product_attention(
            query, repeat_heads(key, case.group), repeat_heads(v, case.group),
            attn_mask=mask, is_causal=causal)

    if case.position == "shaw":
        yield shaw(problem)
        return
    what = ("is_causal" if causal else
            "attn_mask" if mask is not None else "no mask")
    if case.position == "rope":
        what = f"eager RoPE, {what}"
    yield bind(f"{what}, enable_gqa" if case.group > 1 else what, attend)
    if case.group > 1:
        yield bind(f"{what}, repeated heads", attend_repeated)
    if case.group > 1 and mask is None and not causal:
        yield grouped(problem)


def grouped(problem):
    """The heads of a group as rows of one head: right where all is seen."""
    case = problem.case
    rows = (case.q[0], case.k[1], case.group * case.q[2], case.q[3])
    query = problem.q.reshape(rows)

    def attend():
        return scaled_dot_product_attention(
            query, problem.k, problem.v).view(*case.q[:3], case.v[3])
    return bind("heads of a group as rows", attend)


def shaw(problem):
    """Shaw's term as a mask tensor, computed in every call from q."""
    case = problem.case
    columns = shaw_columns(problem.distances, case.clip).expand(
        *case.q[:3], case.k[2])

    def attend():
        terms = (problem.q @ problem.table.T) * problem.scale
        mask = terms.gather(-1, columns)
        if problem.bias is not None:
            mask += problem.bias.to(problem.dtype)
        return scaled_dot_product_attention(
            problem.q, problem.k, problem.v, attn_mask=mask,
            enable_gqa=case.group > 1)
    return bind("gathered terms as attn_mask", attend)
