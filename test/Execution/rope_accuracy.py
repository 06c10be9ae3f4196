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


def main():
    graph = f"""
func.func @turn(%x: tensor<{len(POSITIONS)}x{DIM}xf32>,
                %p: tensor<{len(POSITIONS)}xi64>)
    -> tensor<{len(POSITIONS)}x{DIM}xf32> {{
  %y = whorl.encode_position #whorl.rope %x role query
         positions(%p : tensor<{len(POSITIONS)}xi64>)
       : tensor<{len(POSITIONS)}x{DIM}xf32>
  return %y : tensor<{len(POSITIONS)}x{DIM}xf32>
}}
"""
    half = DIM // 2
    shape = [len(POSITIONS), DIM]
    with tempfile.TemporaryDirectory() as directory:
        path = lambda name: os.path.join(directory, name)
        with open(path("turn.mlir"), "w", encoding="utf-8") as file:
            file.write(graph)
        rows = ([1.0] * half + [0.0] * half) * len(POSITIONS)
        npy.Array("<f4", shape, rows).save(path("x.npy"))
        npy.Array("<i8", [len(POSITIONS)], POSITIONS).save(path("p.npy"))
        subprocess.run([sys.argv[1], path("turn.mlir"), "--quiet",
                        "--input", path("x.npy"), "--input", path("p.npy"),
                        "--output", path("y.npy")], check=True)
        with open(path("y.npy"), "rb") as file:
            result = npy.parse(file.read()).values
    worst, where = D(0), None
    for n, position in enumerate(POSITIONS):
        for u in range(half):
            theta = (D(-2 * u) / DIM * D(BASE).ln()).exp()
            for part, exact in zip((0, half), cos_sin(position * theta)):
                distance = ulps(result[n * DIM + u + part], exact)
                if distance > worst:
                    worst, where = distance, (position, u, part > 0)
    print(f"worst distance {worst:.3f} ulp, at position, pair, sine: {where}")
    sys.exit(0 if worst <= 2 else 1)


if __name__ == "__main__":
    main()
