#!/usr/bin/env python3
"""Encodings of embeddings against their formulas, evaluated by Python.

The reference and the kernels build the same scalar code, so neither tells
whether it is the right one.

    embedding_formulas.py WHORL_RUN
"""

import cmath
import math
import os
import random
import subprocess
import sys
import tempfile

import npy

B, N, D = 2, 5, 6
OFFSET = 3
RNG = random.Random(7)


def draw(*shape):
    return npy.Array("<f8", shape, [RNG.gauss(0, 1)
                                    for _ in range(math.prod(shape))])


X = draw(B, N, D)
TABLE = draw(12, D)
FREQUENCIES, PHASES = draw(B, N, D // 2), draw(B, N, D // 2)


def at(array, *indices):
    index = 0
    for size, i in zip(array.shape, indices):
        index = index * size + i
    return array.values[index]


def join(merge, x, p):
    return {"add": x + p, "multiply": x * p, "modulate": x * (1 + p)}[merge]


def sinusoid(p, d, base, exponent):
    angle = p / base ** exponent(d // 2)
    return math.sin(angle) if d % 2 == 0 else math.cos(angle)


def sinusoidal(merge="add", exponent=lambda u: 2 * u / D, padding=None):
    def formula(b, n, d):
        p = n + OFFSET
        value = 0.0 if p == padding else sinusoid(p, d, 1e4, exponent)
        return join(merge, at(X, b, n, d), value)
    return formula


def learned(merge="add"):
    return lambda b, n, d: join(merge, at(X, b, n, d), at(TABLE, n + OFFSET, d))


def rotated(is_half, has_phases):
    def formula(b, n, d):
        u, part = (d % (D // 2), d // (D // 2)) if is_half else (d // 2, d % 2)
        first, second = (u, u + D // 2) if is_half else (2 * u, 2 * u + 1)
        angle = at(FREQUENCIES, b, n, u) * (n + OFFSET)
        if has_phases:
            angle += at(PHASES, b, n, u)
        z = complex(at(X, b, n, first), at(X, b, n, second))
        z *= cmath.exp(1j * angle)
        return z.imag if part else z.real
    return formula


# (encoding, operands, formula)
CASES = [
    ("sinusoidal", [], sinusoidal()),
    ("sinusoidal<merge = multiply>", [], sinusoidal("multiply")),
    ("sinusoidal<merge = modulate, range = closed, padding = 4>", [],
     sinusoidal("modulate", lambda u: u / (D // 2 - 1), 4)),
    ("learned", [TABLE], learned()),
    ("learned<merge = multiply>", [TABLE], learned("multiply")),
    ("learned<merge = modulate>", [TABLE], learned("modulate")),
    ("complex_order", [FREQUENCIES], rotated(False, False)),
    ("complex_order<pairing = half, phases = true>", [FREQUENCIES, PHASES],
     rotated(True, True)),
]


def type_of(array):
    return f"tensor<{'x'.join(map(str, array.shape))}xf64>"


def run(whorl_run, path, encoding, operands, formula):
    """The message of a failure, or nothing."""
    names = [f"%o{i}" for i in range(len(operands))]
    types = [type_of(array) for array in operands]
    arguments = ", ".join(f"{n}: {t}" for n, t in zip(["%x"] + names,
                                                      [type_of(X)] + types))
    clause = f"operands({', '.join(names)} : {', '.join(types)})" if names else ""
    with open(path("f.mlir"), "w", encoding="utf-8") as file:
        file.write(f"""
func.func @f({arguments}) -> {type_of(X)} {{
  %y = whorl.encode_position #whorl.{encoding} %x static_offset({OFFSET}) {clause}
     : {type_of(X)}
  return %y : {type_of(X)}
}}
""")
    command = [whorl_run, path("f.mlir"), "--quiet"]
    for i, array in enumerate([X] + operands):
        array.save(path(f"in{i}.npy"))
        command.append(f"--input={path(f'in{i}.npy')}")
    npy.Array("<f8", X.shape, [formula(b, n, d) for b in range(B)
                               for n in range(N) for d in range(D)]).save(
                                   path("out.npy"))
    command.append(f"--expected={path('out.npy')}:1e-13")
    process = subprocess.run(command, capture_output=True, text=True)
    return process.returncode and f"{encoding}: {process.stderr}"


def main():
    with tempfile.TemporaryDirectory() as directory:
        path = lambda name: os.path.join(directory, name)
        failures = [run(sys.argv[1], path, *case) for case in CASES]
    failures = [failure for failure in failures if failure]
    print("\n".join(failures))
    print(f"{len(CASES) - len(failures)} passed, {len(failures)} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
