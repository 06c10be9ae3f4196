"""A case's tensors, what peers build from, and the f64 reference."""

import functools
import math

import torch

from cases import CaseError

DTYPES = {"f32": torch.float32, "bf16": torch.bfloat16, "f16": torch.float16}
# Of |a - b| / (1 + |b|), against f64 on the same (rounded) inputs.
TOLERANCES = {"f32": 5e-5, "bf16": 3e-2, "f16": 5e-3}
REFERENCE_ROWS = 32


class Problem:
    """Inputs in [B, H, N, D], drawn once and the same for every contender."""

    def __init__(self, case):
        self.case = case
        self.dtype = DTYPES[case.dtype]
        self.tolerance = TOLERANCES[case.dtype]
        self.random = torch.Generator().manual_seed(20)
        self.q, self.k, self.v = (self.draw(shape)
                                  for shape in (case.q, case.k, case.v))
        # Shaw's and T5's tables, where the module takes one.
        self.table = None
        if case.position == "t5":
            self.table = self.draw((case.buckets, case.q[1]))
        elif case.position == "shaw":
            self.table = self.draw((2 * case.clip + 1, case.q[3]))

    def draw(self, shape):
        return torch.randn(shape, generator=self.random).to(self.dtype)

    @property
    def scale(self):
        return 1 / math.sqrt(self.case.q[3])

    def module_inputs(self):
        """The inputs in the order of the module's signature."""
        tensors = [self.q, self.k, self.v]
        if self.case.layout == "bnhd":
            tensors = [rows_first(tensor) for tensor in tensors]
        if self.table is not None:
            tensors.append(self.table)
        given = len(self.case.inputs)
        if given and given != len(tensors):
            raise CaseError(f"{self.case.name}: the module takes {given} "
                            f"inputs, its 'attention' explains {len(tensors)}")
        return tensors

    def module_output(self):
        shape = (*self.case.q[:3], self.case.v[3])
        if self.case.layout == "bnhd":
            shape = (shape[0], shape[2], shape[1], shape[3])
        return torch.zeros(shape, dtype=self.dtype)

    # What is the same for every peer.

    @functools.cached_property
    def distances(self):
        """j - (i + offset), int64 [N, M]."""
        rows = torch.arange(self.case.q[2]) + self.case.offset
        return torch.arange(self.case.k[2])[None, :] - rows[:, None]

    @functools.cached_property
    def allowed(self):
        """What the mask leaves, bool [N, M], or None for all."""
        if self.case.mask == "none":
            return None
        allowed = self.distances <= 0
        if self.case.mask == "window":
            allowed &= self.distances > -self.case.window
        return allowed

    @functools.cached_property
    def slopes(self):
        return torch.tensor(alibi_slopes(self.case.q[1]))

    @functools.cached_property
    def bias(self):
        """What is added to every score, f32 [1, H, N, M] or [N, M], or None.

        The mask is in it: -inf where it leaves nothing.
        """
        bias = None
        if self.case.position == "alibi":
            bias = self.slopes[:, None, None] * self.distances
        elif self.case.position == "t5":
            bias = self.table.float().T[:, t5_buckets(
                self.distances, self.case.buckets, self.case.max_distance)]
        if self.allowed is None:
            return bias if bias is None else bias[None]
        if bias is None:
            return torch.zeros(self.allowed.shape).masked_fill(
                ~self.allowed, -math.inf)
        return bias.masked_fill_(~self.allowed, -math.inf)[None]

    def rope_tables(self, rows, offset, dtype):
        """cos and sin, [rows, D / 2]."""
        half = self.case.q[3] // 2
        rates = 1e4 ** (-torch.arange(half, dtype=torch.float64) / half)
        angles = (torch.arange(rows) + offset)[:, None] * rates
        return angles.cos().to(dtype), angles.sin().to(dtype)

    @functools.cached_property
    def rope(self):
        """((cos, sin) of the queries, (cos, sin) of the keys)."""
        return (self.rope_tables(self.case.q[2], self.case.offset, self.dtype),
                self.rope_tables(self.case.k[2], 0, self.dtype))

    @functools.cached_property
    def reference(self):
        """(rows, the attention of those rows in f64 [B, H, rows, Dv])."""
        count = min(REFERENCE_ROWS, self.case.q[2])
        rows = torch.linspace(0, self.case.q[2] - 1, count).long()
        q, k, v = (tensor.double() for tensor in (self.q, self.k, self.v))
        q = q[:, :, rows]
        if self.case.position == "rope":
            q_cos, q_sin = self.rope_tables(self.case.q[2], self.case.offset,
                                            torch.float64)
            q = rotate(q, q_cos[rows], q_sin[rows])
            k = rotate(k, *self.rope_tables(self.case.k[2], 0, torch.float64))
        k, v = (repeat_heads(tensor, self.case.group) for tensor in (k, v))
        scores = q @ k.transpose(-1, -2)
        if self.case.position == "shaw":
            columns = shaw_columns(self.distances[rows], self.case.clip)
            terms = q @ self.table.double().T
            scores += terms.gather(-1, columns.expand(scores.shape))
        scores *= self.scale
        if self.case.softcap:
            scores = self.case.softcap * torch.tanh(scores / self.case.softcap)
        if self.bias is not None:
            scores += self.bias[..., rows, :].double()
        return rows, torch.softmax(scores, -1) @ v

    def error(self, result):
        """The largest |a - b| / (1 + |b|) in the reference's rows."""
        rows, wanted = self.reference
        found = result[:, :, rows].double()
        if not torch.isfinite(result).all():
            return math.inf
        return ((found - wanted).abs() / (1 + wanted.abs())).max().item()


def difference(result, ours):
    """The same measure between two whole results."""
    ours = ours.float()
    return ((result.float() - ours).abs() / (1 + ours.abs())).max().item()


def rows_first(tensor):
    """[B, H, N, D] to a compact [B, N, H, D], and back."""
    return tensor.transpose(1, 2).contiguous()


def repeat_heads(tensor, group):
    return tensor if group == 1 else tensor.repeat_interleave(group, 1)


def rotate(tensor, cos, sin):
    """RoPE with the pairs (d, d + D/2)."""
    first, second = tensor.chunk(2, -1)
    return torch.cat((first * cos - second * sin, second * cos + first * sin),
                     -1)


def alibi_slopes(heads):
    """Press et al.: 2^(-8 (h + 1) / H); every other slope of 2P beyond P."""
    power = 2 ** int(math.log2(heads))
    slopes = [2 ** (-8 * (head + 1) / power) for head in range(power)]
    more = [2 ** (-4 * (head + 1) / power) for head in range(2 * power)]
    return slopes + more[0::2][:heads - power]


def t5_buckets(distances, buckets, max_distance):
    """T5's buckets of j - i where no row looks ahead."""
    back = (-distances).clamp(min=0)
    exact = buckets // 2
    far = exact + (torch.log(back.clamp(min=1).double() / exact) /
                   math.log(max_distance / exact) *
                   (buckets - exact)).floor().long()
    return torch.where(back < exact, back, far.clamp(max=buckets - 1))


def shaw_columns(distances, clip):
    return distances.clamp(-clip, clip) + clip


EVICTED = 32 << 20  # floats: 128 MiB, more than a core's share of any cache


@functools.cache
def unrelated():
    return torch.ones(EVICTED)


def evict_caches():
    """Reads and writes so much that nothing else stays in the caches."""
    unrelated().mul_(1.0)
