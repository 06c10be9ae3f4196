#!/usr/bin/env python3
"""Chi-square tests of whorl.sample_tokens: draws follow the exact probabilities.

    tokens_statistics.py DIRECTORY [--draws N]

N draws of 50 tokens, 10^6 by default, and N / 50 of 126464 by blocks, N / 500 by
element, from fixed logits, with and without a temperature and a filter. Tokens that
are rarer than ten in all draws count together. `--draws 50000000` makes 10^6 draws of
the large vocabulary, too, and takes some minutes.
"""

import argparse
import array
import math
import os
import random
import sys

from step_vectors import run

GRAPH = """
func.func @run(%row: tensor<{size}xf32>) -> tensor<{rounds}x{rows}xi32> {{
  %key = arith.constant 20261124 : i64
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant {rounds} : index
  %e = tensor.empty() : tensor<{rows}x{size}xf32>
  %l = linalg.broadcast ins(%row : tensor<{size}xf32>)
      outs(%e : tensor<{rows}x{size}xf32>) dimensions = [0]
  %o = tensor.empty() : tensor<{rounds}x{rows}xi32>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %o)
      -> tensor<{rounds}x{rows}xi32> {{
    %s = arith.index_cast %i : index to i64
    %t = whorl.sample_tokens %l {clauses} draw = {draw}
        generator = #whorl.philox key(%key : i64) stream(%s)
        : tensor<{rows}x{size}xf32> -> tensor<{rows}xi32>
    %b = tensor.insert_slice %t into %a[%i, 0] [1, {rows}] [1, 1]
        : tensor<{rows}xi32> into tensor<{rounds}x{rows}xi32>
    scf.yield %b : tensor<{rounds}x{rows}xi32>
  }}
  return %r : tensor<{rounds}x{rows}xi32>
}}
"""


def probabilities(logits, temperature, most):
    """Of the `most` largest logits."""
    least = sorted(logits)[-most]
    top = max(logits)
    weights = [math.exp((x - top) / temperature) if x >= least else 0.0
               for x in logits]
    total = math.fsum(weights)
    return [w / total for w in weights]


def deviation(counts, expected):
    """How many standard deviations chi-square lies above its mean."""
    statistic, cells, rare_count, rare = 0.0, 0, 0, 0.0
    for count, mean in zip(counts, expected):
        if mean == 0.0:
            if count:
                return math.inf
        elif mean < 10.0:
            rare_count += count
            rare += mean
        else:
            statistic += (count - mean) ** 2 / mean
            cells += 1
    if rare >= 10.0:
        statistic += (rare_count - rare) ** 2 / rare
        cells += 1
    freedom = cells - 1
    return (statistic - freedom) / math.sqrt(2.0 * freedom)


def check(directory, name, size, draws, draw, temperature, most, spread):
    rng = random.Random(size)
    logits = array.array("f", (rng.gauss(0.0, spread) for _ in range(size)))
    rows = min(max(1, 4000000 // size), 1000)
    rounds = max(1, draws // rows)
    clauses = f"temperature({temperature})"
    if most < size:
        clauses += f" filters = [#whorl.top_k<{most}>]"
    tokens = run(directory, name, GRAPH.format(
        size=size, rounds=rounds, rows=rows, clauses=clauses, draw=draw),
        [("row", ((size,), logits))], ["tokens"], False)[0]
    counts = [0] * size
    for token in tokens:
        counts[token] += 1
    expected = [p * len(tokens)
                for p in probabilities(logits, temperature, most)]
    off = deviation(counts, expected)
    passes = off < 5.0
    print(f"{name}: {len(tokens)} draws, chi-square {off:+.2f} standard "
          f"deviations: {'pass' if passes else 'FAIL'}")
    return passes


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directory")
    parser.add_argument("--draws", type=int, default=1000000)
    options = parser.parse_args()
    os.makedirs(options.directory, exist_ok=True)
    results = []
    for draw in ("element", "blocked"):
        def one(name, size, draws, *rest):
            results.append(check(options.directory, f"{name}-{draw}", size,
                                 draws, draw, *rest))
        one("small", 50, options.draws, 1.0, 50, 1.5)
        one("tempered", 50, options.draws // 4, 0.7, 20, 1.5)
        share = 500 if draw == "element" else 50
        one("large", 126464, options.draws // share, 1.0, 126464, 2.5)
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
