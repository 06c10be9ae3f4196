#!/usr/bin/env python3
"""Properties that every rotary encoding has, whatever its frequencies are.

* Scores depend on the distance of positions alone: moving queries and keys
  together changes nothing.
* A rotation keeps the length of a row, where cosine and sine have magnitude 1.
* The decay of Su et al. (2021), section 3.4.3, at a head size of 128.
* Two encodings turn the halves of a row by x and by y, against the formula.

    rotary_properties.py WHORL_RUN
"""

import math
import os
import random
import subprocess
import sys
import tempfile

import npy

DIM = 32
PAIRS = DIM // 2
# (encoding, axes, magnitude of a rotated row)
FACTORS = "[" + ", ".join(str(1 + u / 4) for u in range(PAIRS)) + "]"
ENCODINGS = [
    ("rope", 1, 1.0),
    ("rope<pairing = interleaved, rotary_dim = 16, rotary_start = 8>", 1, 1.0),
    ("rope<scaling = #whorl.position_interpolation<factor = 4.0>>", 1, 1.0),
    ("rope<scaling = #whorl.ntk<factor = 4.0>>", 1, 1.0),
    ("rope<scaling = #whorl.yarn<factor = 4.0, original_context = 256>>", 1,
     0.1 * math.log(4) + 1),
    ("rope<scaling = #whorl.yarn<factor = 4.0, original_context = 256, "
     "truncate = false>>", 1, 0.1 * math.log(4) + 1),
    ("rope<scaling = #whorl.llama3<original_context = 256>>", 1, 1.0),
    (f"rope<scaling = #whorl.longrope<short_factors = {FACTORS}, long_factors "
     f"= {FACTORS}, attention_factor = 1.0>>", 1, 1.0),
    ("rope<scaling = #whorl.xpos<center = 40.0>>", 1, None),
    ("rope<pairing = interleaved, scaling = #whorl.xpos>", 1, None),
    ("rope<scaling = #whorl.dynamic_ntk<factor = 2.0, original_context = 16>>",
     1, 1.0),
    ("rope<sections = [8, 8]>", 2, 1.0),
    ("rope<sections = [8, 8], section_frequencies = own>", 2, 1.0),
    ("rope<sections = [8, 8], section_frequencies = strided>", 2, 1.0),
    ("rope<sections = [4, 6, 6]>", 3, 1.0),
    ("rope<sections = [6, 5, 5], section_order = interleaved>", 3, 1.0),
]
MOVES = [0, 1, 3, 17, 64, 200]


def functions():
    """A function per encoding: one query, one key, one copy a batch entry."""
    batch = len(MOVES)
    row = f"tensor<{batch}x1x1x{DIM}xf64>"
    lse = f"tensor<{batch}x1x1xf64>"
    for i, (encoding, axes, _) in enumerate(ENCODINGS):
        ids = f"tensor<{'' if axes == 1 else f'{axes}x'}{batch}x1xi32>"
        yield i, f"""
func.func @f{i}(%q: {row}, %k: {row}, %pq: {ids}, %pk: {ids}) -> ({lse}, {row}) {{
  %o, %s = whorl.attention %q, %k, %k positions(%pq, %pk : {ids}, {ids})
      position [#whorl.{encoding}]
      : ({row}, {row}, {row}) -> ({row}, {lse})
  %r = whorl.encode_position #whorl.{encoding} %q role query
      positions(%pq : {ids}) : {row}
  return %s, %r : {lse}, {row}
}}
"""


def read(path):
    with open(path, "rb") as file:
        return npy.parse(file.read()).values


def check(path, whorl_run, i, graph):
    """What is wrong with encoding `i`, or nothing."""
    encoding, axes, magnitude = ENCODINGS[i]
    rng = random.Random(i)
    batch = len(MOVES)
    rows = {name: [rng.gauss(0, 1) for _ in range(DIM)] for name in "qk"}
    for name, row in rows.items():
        npy.Array("<f8", [batch, 1, 1, DIM], row * batch).save(
            path(f"{name}.npy"))
    for name in ("pq", "pk"):
        start = [rng.randrange(40) for _ in range(axes)]
        moved = [start[a] + (a + 1) * m for a in range(axes) for m in MOVES]
        shape = [batch, 1] if axes == 1 else [axes, batch, 1]
        npy.Array("<i4", shape, moved).save(path(f"{name}.npy"))
    with open(path("f.mlir"), "w", encoding="utf-8") as file:
        file.write(graph)
    subprocess.run(
        [whorl_run, path("f.mlir"), "--quiet",
         *(f"--input={path(n + '.npy')}" for n in ("q", "k", "pq", "pk")),
         f"--output={path('s.npy')}", f"--output={path('r.npy')}"], check=True)
    scores, rotated = read(path("s.npy")), read(path("r.npy"))
    if max(abs(s - scores[0]) for s in scores) > 1e-11:
        return f"{encoding}: scores {scores} move with the positions"
    length = math.sqrt(sum(x * x for x in rows["q"]))
    for b in range(batch if magnitude else 0):
        turned = math.sqrt(sum(
            x * x for x in rotated[b * DIM:(b + 1) * DIM]))
        if abs(turned - magnitude * length) > 1e-12 * length:
            return f"{encoding}: length {turned}, expected {magnitude * length}"
    return None


DECAY = {0: 32.5, 1: 31.538, 8: 19.817, 64: 10.090, 256: 6.543}


def check_decay(path, whorl_run):
    """f(m) = 2/d sum_{j < d/2} |sum_{i <= j} e^(i m theta_i)|."""
    dim, count = 128, len(DECAY)
    row, ids = f"tensor<{count}x{dim}xf64>", f"tensor<{count}xi32>"
    with open(path("decay.mlir"), "w", encoding="utf-8") as file:
        file.write(f"""
func.func @turn(%x: {row}, %p: {ids}) -> {row} {{
  %y = whorl.encode_position #whorl.rope %x role query positions(%p : {ids})
     : {row}
  return %y : {row}
}}
""")
    npy.Array("<f8", [count, dim],
              ([1.0] * (dim // 2) + [0.0] * (dim // 2)) * count).save(
                  path("x.npy"))
    npy.Array("<i4", [count], list(DECAY)).save(path("p.npy"))
    subprocess.run([whorl_run, path("decay.mlir"), "--quiet",
                    f"--input={path('x.npy')}", f"--input={path('p.npy')}",
                    f"--output={path('y.npy')}"], check=True)
    values = read(path("y.npy"))
    for n, (m, expected) in enumerate(DECAY.items()):
        total, curve = 0j, 0.0
        for u in range(dim // 2):
            total += complex(values[n * dim + u], values[n * dim + dim // 2 + u])
            curve += abs(total)
        curve *= 2 / dim
        print(f"decay at {m}: {curve:.3f}")
        if abs(curve - expected) > 6e-4:
            return f"decay at {m}: {curve}, expected {expected}"
    return None


def check_axial(path, whorl_run):
    """blockdiag(R_x, R_y): half pairs within each half of the row."""
    rows, half, pairs = 5, DIM // 2, DIM // 4
    rng = random.Random(1)
    x = [rng.gauss(0, 1) for _ in range(rows * DIM)]
    ids = [rng.randrange(100) for _ in range(2 * rows)]
    row, index = f"tensor<{rows}x{DIM}xf64>", f"tensor<2x1x{rows}xi32>"
    first = f"rotary_dim = {half}, sections = [{pairs}, 0]"
    second = (f"rotary_dim = {half}, rotary_start = {half}, "
              f"sections = [0, {pairs}]")
    own = "section_frequencies = own"
    with open(path("axial.mlir"), "w", encoding="utf-8") as file:
        file.write(f"""
func.func @turn(%x: {row}, %p: {index}) -> {row} {{
  %y = whorl.encode_position #whorl.rope<{first}, {own}> %x role query
      positions(%p : {index}) : {row}
  %z = whorl.encode_position #whorl.rope<{second}, {own}> %y role query
      positions(%p : {index}) : {row}
  return %z : {row}
}}
""")
    expected = list(x)
    for n in range(rows):
        for axis in (0, 1):
            for u in range(pairs):
                angle = ids[axis * rows + n] * 1e4 ** (-2 * u / half)
                a, b = (n * DIM + axis * half + u + k * pairs for k in (0, 1))
                c, s = math.cos(angle), math.sin(angle)
                expected[a] = x[a] * c - x[b] * s
                expected[b] = x[a] * s + x[b] * c
    npy.Array("<f8", [rows, DIM], x).save(path("x.npy"))
    npy.Array("<i4", [2, 1, rows], ids).save(path("p.npy"))
    npy.Array("<f8", [rows, DIM], expected).save(path("y.npy"))
    process = subprocess.run(
        [whorl_run, path("axial.mlir"), "--quiet", f"--input={path('x.npy')}",
         f"--input={path('p.npy')}", f"--expected={path('y.npy')}:1e-12"],
        capture_output=True, text=True)
    return process.returncode and f"axial: {process.stderr}"


def main():
    failures = []
    with tempfile.TemporaryDirectory() as directory:
        path = lambda name: os.path.join(directory, name)
        for i, graph in functions():
            failures.append(check(path, sys.argv[1], i, graph))
        failures.append(check_decay(path, sys.argv[1]))
        failures.append(check_axial(path, sys.argv[1]))
    failures = [failure for failure in failures if failure]
    print("\n".join(failures))
    print(f"{len(ENCODINGS) + 2 - len(failures)} passed, {len(failures)} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
