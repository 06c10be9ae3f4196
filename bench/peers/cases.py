"""The cases of bench/cases/*.json that say which attention they compute."""

import dataclasses
import json
import os
import re

MASKS = ("none", "causal", "window")
POSITIONS = ("none", "rope", "alibi", "t5", "shaw")
BYTES = {"f32": 4, "bf16": 2, "f16": 2}


class CaseError(Exception):
    """A case file that cannot be used, with the cure in its text."""


@dataclasses.dataclass(frozen=True)
class Case:
    """One module, and the attention that it computes, for the peers."""

    name: str
    module: str  # path of the .mlir file
    entry: str  # the public function
    inputs: tuple  # whorl-bench's specifications, q, k and v first
    q: tuple  # [B, H, N, D], whatever the layout
    k: tuple
    v: tuple
    dtype: str = "f32"
    layout: str = "bhnd"  # of the module's tensors
    mask: str = "none"
    window: int = 0  # keys that a row sees, itself included
    offset: int = 0  # query row i stands at i + offset
    position: str = "none"
    softcap: float = 0.0
    buckets: int = 32  # t5
    max_distance: int = 128  # t5
    clip: int = 16  # shaw
    tags: tuple = ()
    cold: bool = False  # timed with nothing in the caches

    @property
    def group(self):
        return self.q[1] // self.k[1]

    @property
    def pairs(self):
        """Pairs of a query row and a key that the mask leaves, one head."""
        rows, keys = self.q[2], self.k[2]
        total = 0
        for row in range(self.offset, rows + self.offset):
            last = keys if self.mask == "none" else min(row + 1, keys)
            first = max(row + 1 - self.window, 0) if self.mask == "window" \
                else 0
            total += max(last - first, 0)
        return total

    @property
    def flops(self):
        """Useful operations: both products, for the pairs that count."""
        batch, heads = self.q[:2]
        return 2 * (self.q[3] + self.v[3]) * batch * heads * self.pairs

    @property
    def bytes(self):
        """What must be read and written at least."""
        def size(shape):
            return shape[0] * shape[1] * shape[2] * shape[3]
        out = size((*self.q[:3], self.v[3]))
        return BYTES[self.dtype] * (
            size(self.q) + size(self.k) + size(self.v) + out)


def require(condition, message):
    if not condition:
        raise CaseError(message)


def parse_case(item, path):
    """A Case, or None where the object says nothing of attention."""
    attention = item.get("attention")
    if attention is None:
        return None
    name = item.get("name") or os.path.splitext(os.path.basename(path))[0]
    where = f"{path}: case '{name}'"
    known = {field.name for field in dataclasses.fields(Case)} - {
        "name", "module", "entry", "inputs", "tags", "cold"}
    unknown = sorted(set(attention) - known)
    require(not unknown, f"{where}: unknown key '{', '.join(unknown)}' in "
            f"'attention'; known are {', '.join(sorted(known))}")
    for key in ("module", "entry"):
        require(key in item, f"{where}: no '{key}'")
    fields = dict(attention)
    for key in ("q", "k", "v"):
        shape = fields.get(key)
        require(isinstance(shape, list) and len(shape) == 4,
                f"{where}: 'attention' needs '{key}' as [B, H, N, D]")
        fields[key] = tuple(shape)
    case = Case(name=name,
                module=os.path.join(os.path.dirname(path), item["module"]),
                entry=item["entry"], inputs=tuple(item.get("inputs", ())),
                tags=tuple(item.get("tags", ())),
                cold=bool(item.get("cold", False)), **fields)
    check_case(case, where)
    return case


def check_case(case, where):
    for value, allowed in ((case.mask, MASKS), (case.position, POSITIONS),
                           (case.dtype, tuple(BYTES)),
                           (case.layout, ("bhnd", "bnhd"))):
        require(value in allowed,
                f"{where}: '{value}' is none of {', '.join(allowed)}")
    require(case.q[1] % case.k[1] == 0,
            f"{where}: {case.q[1]} query heads cannot share {case.k[1]} key "
            "heads evenly")
    require(case.k[:3] == case.v[:3], f"{where}: k and v differ in B, H or N")
    require(case.mask != "window" or case.window > 0,
            f"{where}: the mask 'window' needs 'window' as a number of keys")


def load_cases(directory, pattern=""):
    """Every case with 'attention' below a directory whose name matches."""
    require(os.path.isdir(directory),
            f"no folder '{directory}'; name one by --cases=DIR")
    cases = []
    for file in sorted(os.listdir(directory)):
        if not file.endswith(".json"):
            continue
        path = os.path.join(directory, file)
        with open(path, encoding="utf-8") as text:
            try:
                data = json.load(text)
            except json.JSONDecodeError as error:
                raise CaseError(f"{path}: not JSON: {error}") from error
        if isinstance(data, dict):
            data = data.get("cases", [data])
        cases += [case for case in (parse_case(item, path) for item in data)
                  if case and re.search(pattern, case.name)]
    return cases


def select(cases, path):
    """The cases that a file names, one a line, in its order."""
    by_name = {case.name: case for case in cases}
    with open(path, encoding="utf-8") as file:
        names = [line.strip() for line in file
                 if line.strip() and not line.startswith("#")]
    for name in names:
        require(name in by_name, f"{path}: no case '{name}' with 'attention'; "
                "remove the line, or name another case")
    return [by_name[name] for name in names]
