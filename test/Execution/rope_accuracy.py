#!/usr/bin/env python3
"""Cosine and sine of rotary encodings, at positions up to 2^20, within 2 ulp of f32.

Rotates (1, 0) in every pair, so that the result is (cos, sin) of the angle, and
compares with the exact values, which Python's decimal computes to 60 digits.

    rope_accuracy.py WHORL_RUN
"""

import decimal
import math
import os
import subprocess
import sys
import tempfile

import npy

DIM = 128
BASE = 10000
POSITIONS = [0, 1, 2, 3, 255, 4095, 4096, 65537, 131071, 131072, 355, 103993,
             104348, 312689, 710, 999983, 999999, 1000000, 1000001, 1048575,
             1048576]

decimal.getcontext().prec = 60
D = decimal.Decimal
PI = D("3.14159265358979323846264338327950288419716939937510582097494459230781")


def cos_sin(angle):
    """By Taylor series, after reduction by multiples of 2 pi."""
    angle -= (angle / (2 * PI)).to_integral_value() * 2 * PI
    sums, term, n = [D(1), D(0)], D(1), 0
    while abs(term) > D(10) ** -55:
        n += 1
        term = term * angle / n
        sums[n % 2] += term if n % 4 < 2 else -term
    return sums


def ulps(actual, exact):
    """The distance in units of the last place of f32 at `exact`."""
    magnitude = abs(float(exact))
    exponent = math.frexp(magnitude)[1] if magnitude else -125
    unit = D(2) ** max(exponent - 24, -149)
    return abs(D(actual) - exact) / unit


LENGTH = max(POSITIONS) + 1
LONG_FACTORS = [1 + u / 8 for u in range(DIM // 2)]


def plain(u):
    return (D(-2 * u) / DIM * D(BASE).ln()).exp()


def ntk(u, factor):
    return plain(u) * (D(-2 * u) / (DIM - 2) * factor.ln()).exp()


def yarn(u, factor, context, truncate):
    low, high = (DIM * math.log(context / (beta * 2 * math.pi))
                 / (2 * math.log(BASE)) for beta in (32, 1))
    if truncate:
        low, high = math.floor(low), math.ceil(high)
    low, high = D(max(low, 0)), D(min(high, DIM - 1))
    ramp = min(max((u - low) / (high - low), D(0)), D(1))
    return plain(u) * (1 - ramp + ramp / factor)


def llama3(u, factor, low, high, context):
    kept = (plain(u) * context / (2 * PI) - low) / (high - low)
    kept = min(max(kept, D(0)), D(1))
    return plain(u) * (kept + (1 - kept) / factor)


# (scaling, the exact frequency of pair u, what cosine and sine are multiplied by)
SCALINGS = [
    (None, plain, 1.0),
    ("position_interpolation<factor = 3.0>", lambda u: plain(u) / 3, 1.0),
    ("ntk<factor = 8.0>", lambda u: ntk(u, D(8)), 1.0),
    ("yarn<factor = 4.0, original_context = 32768>",
     lambda u: yarn(u, 4, 32768, True), 0.1 * math.log(4) + 1),
    ("yarn<factor = 16.0, original_context = 4096, truncate = false, "
     "attention_factor = 0.7>", lambda u: yarn(u, 16, 4096, False), 0.7),
    ("llama3", lambda u: llama3(u, 8, 1, 4, 8192), 1.0),
    (f"longrope<short_factors = {[1.0] * (DIM // 2)}, long_factors = "
     f"{LONG_FACTORS}, original_context = 4096, factor = 32.0>",
     lambda u: plain(u) / D(LONG_FACTORS[u]),
     math.sqrt(1 + math.log(32) / math.log(4096))),
]
# The frequencies are computed at run time, in f64.
DYNAMIC = ("dynamic_ntk<factor = 2.0, original_context = 1024>",
           lambda u: ntk(u, D(2) * LENGTH / 1024 - 1), 1.0)


def measure(name, rows, frequency, magnitude):
    """The worst distance in ulp, and absolutely, of one encoding."""
    half = DIM // 2
    worst, where, absolute = D(0), None, D(0)
    for n, position in enumerate(POSITIONS):
        for u in range(half):
            for part, exact in zip((0, half),
                                   cos_sin(position * frequency(u))):
                exact *= D(magnitude)
                actual = rows[n * DIM + u + part]
                absolute = max(absolute, abs(D(actual) - exact))
                distance = ulps(actual, exact)
                if distance > worst:
                    worst, where = distance, (position, u, part > 0)
    print(f"{name}: worst distance {worst:.3f} ulp, at position, pair, sine: "
          f"{where}; absolute {absolute:.2e}")
    return worst, absolute


def main():
    half = DIM // 2
    shape = [len(POSITIONS), DIM]
    tensor, ids = f"tensor<{shape[0]}x{DIM}xf32>", f"tensor<{shape[0]}xi64>"
    cases = SCALINGS + [DYNAMIC]
    body = ""
    for i, (scaling, _, _) in enumerate(cases):
        inner = f"<scaling = #whorl.{scaling}>" if scaling else ""
        body += (f"  %y{i} = whorl.encode_position #whorl.rope{inner} %x role "
                 f"query positions(%p : {ids}) : {tensor}\n")
    results = ", ".join(f"%y{i}" for i in range(len(cases)))
    types = ", ".join([tensor] * len(cases))
    graph = (f"func.func @turn(%x: {tensor}, %p: {ids}) -> ({types}) {{\n{body}"
             f"  return {results} : {types}\n}}\n")
    with tempfile.TemporaryDirectory() as directory:
        path = lambda name: os.path.join(directory, name)
        with open(path("turn.mlir"), "w", encoding="utf-8") as file:
            file.write(graph)
        rows = ([1.0] * half + [0.0] * half) * len(POSITIONS)
        npy.Array("<f4", shape, rows).save(path("x.npy"))
        npy.Array("<i8", [len(POSITIONS)], POSITIONS).save(path("p.npy"))
        outputs = [path(f"y{i}.npy") for i in range(len(cases))]
        subprocess.run([sys.argv[1], path("turn.mlir"), "--quiet",
                        "--input", path("x.npy"), "--input", path("p.npy"),
                        *(f"--output={output}" for output in outputs)],
                       check=True)
        arrays = []
        for output in outputs:
            with open(output, "rb") as file:
                arrays.append(npy.parse(file.read()).values)
    is_good = True
    for (scaling, frequency, magnitude), values in zip(cases, arrays):
        name = (scaling or "rope").split("<")[0]
        worst, absolute = measure(name, values, frequency, magnitude)
        is_good &= absolute <= D("1e-7") if name == "dynamic_ntk" else worst <= 2
    print("within bounds" if is_good else "out of bounds")
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
