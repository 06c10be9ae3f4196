#!/usr/bin/env python3
"""Checks CFG++ and min-SNR weights against their formulas, computed here.

    sample_exact.py DIRECTORY [--reference]

Nobody recorded vectors of these.
"""

import argparse
import array
import math
import os
import random
import sys

from step_vectors import distance, run

# One step of CFG++ from level i, for each prediction and each sampler that lands
# on a_u x0 + s_u eps.
CFG_PLUS_PLUS = """
#levels = #whorl.vp<beta = linear(0.0001, 0.02), steps = 10>
func.func @run(%x: tensor<5x7xf64>, %u: tensor<5x7xf64>, %c: tensor<5x7xf64>)
    -> (tensor<5x7xf64>, tensor<4xf64>) {{
  %g = whorl.guidance %u, %c rule = #whorl.cfg scale(0.6) : tensor<5x7xf64>
  %y = whorl.step %x, %g at 3 sampler = {sampler} schedule = #levels
      prediction = {prediction} renoise(%u : tensor<5x7xf64>) : tensor<5x7xf64>
  %a = whorl.schedule_value signal of #levels at 3 : f64
  %s = whorl.schedule_value noise of #levels at 3 : f64
  %b = whorl.schedule_value signal of #levels at 4 : f64
  %r = whorl.schedule_value noise of #levels at 4 : f64
  %l = tensor.from_elements %a, %s, %b, %r : tensor<4xf64>
  return %y, %l : tensor<5x7xf64>, tensor<4xf64>
}}
"""

WEIGHTS = """
func.func @run(%s: tensor<9xf64>) -> (tensor<9xf64>, tensor<9xf64>, tensor<9xf64>) {
  %a = whorl.loss_weight #whorl.min_snr_weight of %s : tensor<9xf64>
  %b = whorl.loss_weight #whorl.min_snr_weight<prediction = x0> of %s : tensor<9xf64>
  %c = whorl.loss_weight #whorl.min_snr_weight<prediction = v, gamma = 3.0> of %s
      : tensor<9xf64>
  return %a, %b, %c : tensor<9xf64>, tensor<9xf64>, tensor<9xf64>
}
"""


def predict(prediction, x, m, a, s):
    """x0 and eps."""
    if prediction == "epsilon":
        return (x - s * m) / a, m
    if prediction == "x0":
        return m, (x - a * m) / s
    return a * x - s * m, a * m + s * x  # v


def check_cfg_plus_plus(directory, reference, rng):
    worst = 0.0
    for sampler in ("#whorl.ddim", "#whorl.euler", "#whorl.dpmpp<order = 1>"):
        for prediction in ("epsilon", "x0", "v"):
            x, u, c = (array.array("d", (rng.gauss(0, 1) for _ in range(35)))
                       for _ in range(3))
            result, levels = run(
                directory, "cfgpp", CFG_PLUS_PLUS.format(
                    sampler=sampler, prediction=prediction),
                [(name, ((5, 7), values))
                 for name, values in (("x", x), ("u", u), ("c", c))],
                ["y", "l"], reference)
            a, s, b, r = levels
            wanted = []
            for state, uncond, cond in zip(x, u, c):
                guided = uncond + 0.6 * (cond - uncond)
                data = predict(prediction, state, guided, a, s)[0]
                noise = predict(prediction, state, uncond, a, s)[1]
                wanted.append(b * data + r * noise)
            worst = max(worst, distance(result, wanted))
    return worst


def check_weights(directory, reference):
    sigmas = array.array("d", [0.002, 0.1, 0.3, 0.44721, 0.5, 1.0, 2.0, 9.0, 80.0])
    results = run(directory, "minsnr", WEIGHTS, [("s", ((9,), sigmas))],
                  ["a", "b", "c"], reference)
    ratios = [s ** -2 for s in sigmas]
    wanted = ([min(r, 5.0) / r for r in ratios], [min(r, 5.0) for r in ratios],
              [min(r, 3.0) / (r + 1.0) for r in ratios])
    return max(max(abs(a / b - 1.0) for a, b in zip(*pair))
               for pair in zip(results, wanted))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directory")
    parser.add_argument("--reference", action="store_true")
    options = parser.parse_args()
    os.makedirs(options.directory, exist_ok=True)
    errors = {
        "CFG++": check_cfg_plus_plus(options.directory, options.reference,
                                     random.Random(1)),
        "min-SNR": check_weights(options.directory, options.reference)}
    for name, error in errors.items():
        print(f"{name}: {error:.1e}")
    if not all(error < 1e-13 and math.isfinite(error)
               for error in errors.values()):
        sys.exit("too far from the formulas")


if __name__ == "__main__":
    main()
