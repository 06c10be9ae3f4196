#!/usr/bin/env python3
"""Runs examples/reparameterise: samples and gradients against the mathematics.

    reparameterise.py EXAMPLE DIRECTORY

The noise comes from random_model.py; gradients are compared with differences of the
sample as a function of its parameters.
"""

import array
import math
import os
import random
import subprocess
import sys

import npy
import random_model as model

ROWS, COLUMNS, SEED, TAU = 5, 7, 77, 0.7
SIZE = ROWS * COLUMNS


def run(example, directory, entry, inputs, threads=1, extra=()):
    command = ["whorl-run", example, f"--entry={entry}", f"--threads={threads}",
               f"--output={directory}/out.npy", *extra]
    for k, value in enumerate(inputs):
        if isinstance(value, (int, float)):
            command.append(f"--input=scalar:{value}")
            continue
        npy.save(f"{directory}/in{k}.npy", [ROWS, COLUMNS], value)
        command.append(f"--input={directory}/in{k}.npy")
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{result.stderr}")
    return npy.load(f"{directory}/out.npy")[1]


def softmax(row, tau):
    highest = max(row)
    weights = [math.exp((x - highest) / tau) for x in row]
    return [w / sum(weights) for w in weights]


def soft(logits):
    """Gumbel-softmax by the model's noise."""
    noisy = [l + model.gumbel(model.philox(SEED, 0, e, 2))
             for e, l in enumerate(logits)]
    return [y for r in range(ROWS)
            for y in softmax(noisy[r * COLUMNS:(r + 1) * COLUMNS], TAU)]


def gradient(function, at, weights):
    """d/dx <weights, function(x)> by central differences."""
    result = []
    for e in range(SIZE):
        sides = []
        for step in (1e-5, -1e-5):
            moved = list(at)
            moved[e] += step
            sides.append(sum(w * y for w, y in zip(weights, function(moved))))
        result.append((sides[0] - sides[1]) / 2e-5)
    return result


def main():
    example, directory = sys.argv[1:3]
    os.makedirs(directory, exist_ok=True)
    rng = random.Random(1)
    x, y, dz = (array.array("f", (rng.gauss(0, 1) for _ in range(SIZE)))
                for _ in range(3))
    eps = [model.normal(model.philox(SEED, 0, e, 1)) for e in range(SIZE)]
    failed = 0

    def check(name, actual, wanted, limit=2e-6):
        nonlocal failed
        worst = max(abs(a - w) / max(1.0, abs(w))
                    for a, w in zip(actual, wanted))
        passes = len(actual) == len(wanted) and worst <= limit
        failed += not passes
        print(f"{name}: {'pass' if passes else 'FAIL'}, {worst:.1e}")

    def go(entry, *inputs, **more):
        return run(example, directory, entry, inputs, **more)

    check("gaussian", go("gaussian", x, y, SEED),
          [m + s * e for m, s, e in zip(x, y, eps)])
    check("gaussian backward", go("gaussian_backward", dz, SEED), gradient(
        lambda s: [m + v * e for m, v, e in zip(x, s, eps)], y, dz), 1e-5)
    sample = soft(x)
    index = [max(range(COLUMNS), key=lambda j: sample[r * COLUMNS + j])
             for r in range(ROWS)]
    check("gumbel_max", go("gumbel_max", x, SEED), index, 0)
    check("gumbel_max, reference",
          go("gumbel_max", x, SEED, extra=["--reference"]), index, 0)
    check("gumbel_softmax", go("gumbel_softmax", x, SEED, TAU), sample)
    slope = gradient(soft, x, dz)
    check("gumbel_softmax backward", go(
        "gumbel_softmax_backward", dz, array.array("f", sample), TAU), slope,
        1e-5)
    hard = [float(index[r] == j) for r in range(ROWS) for j in range(COLUMNS)]
    check("straight_through", go("straight_through", x, SEED), hard, 0)
    check("straight_through backward",
          go("straight_through_backward", dz, x, SEED, TAU), slope, 1e-5)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
