#!/usr/bin/env python3
"""Checks whorl.random against jax.random, cuRAND and randomgen.

    random_vectors.py DIRECTORY

vectors/random/README.md says how the vectors were made.
"""

import os
import subprocess
import sys

import npy
import random_model as model

VECTORS = f"{os.path.dirname(os.path.abspath(__file__))}/vectors/random"

GRAPH = """
func.func @run(%seed: i64, %stream: i64, %offset: i64) -> {type} {{
  %r = whorl.random distribution = {distribution} generator = {generator}
      key(%seed : i64) {stream} offset(%offset) : {type}
  return %r : {type}
}}
"""

# A key, and numbers below 0.3: jax.random.bernoulli.
BERNOULLI = """
func.func @run(%seed: i64) -> tensor<1000xi8> {
  %u = whorl.random distribution = #whorl.uniform<form = jax>
      generator = #whorl.threefry key(%seed : i64) : tensor<1000xf32>
  %p = arith.constant dense<0.3> : tensor<1000xf32>
  %b = arith.cmpf olt, %u, %p : tensor<1000xf32>
  %r = arith.extui %b : tensor<1000xi1> to tensor<1000xi8>
  return %r : tensor<1000xi8>
}
"""


def run(directory, graph, *scalars):
    with open(f"{directory}/graph.mlir", "w", encoding="utf-8") as file:
        file.write(graph)
    command = ["whorl-run", f"{directory}/graph.mlir", "--threads=1",
               f"--output={directory}/out.npy"]
    for scalar in scalars:
        command.append(f"--input=scalar:{model.signed(scalar, 64)}")
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{result.stderr}")
    return npy.load(f"{directory}/out.npy")[1]


class Check:
    def __init__(self, directory):
        self.directory = directory
        self.failed = 0

    def draw(self, kind, distribution, generator, seed, stream=None, offset=0):
        graph = GRAPH.format(type=f"tensor<{kind}>", distribution=distribution,
                             generator=generator,
                             stream="" if stream is None else "stream(%stream)")
        return run(self.directory, graph, seed, stream or 0, offset)

    def report(self, name, passes, text=""):
        self.failed += not passes
        print(f"{name}: {'pass' if passes else 'FAIL'} {text}")

    def same_words(self, name, actual, expected):
        words = [int(word) & model.MASK for word in actual]
        self.report(name, words == list(expected))

    def same_floats(self, name, actual, patterns, ulps, absolute=0.0):
        """Within `ulps` f32 spacings and an absolute distance."""
        expected = model.as_floats(patterns)
        worst = max((abs(a - e) - absolute) / model.f32_spacing(e)
                    for a, e in zip(actual, expected))
        passes = len(actual) == len(expected) and worst <= ulps
        self.report(name, passes, f"{max(worst, 0.0):.2f} ulp")


def check_jax(check, seed):
    arrays = {name: tensor[1] for name, tensor in
              npy.load_all(f"{VECTORS}/jax_seed{seed}_part.npz").items()}
    threefry = "#whorl.threefry"

    def draw(kind, distribution, **more):
        return check.draw(kind, distribution, threefry, seed, **more)

    check.same_words(f"jax {seed} bits", draw("1000xi32", "#whorl.bits"),
                     arrays["bits32"])
    check.same_words(f"jax {seed} bits 2-D", draw("5x7xi32", "#whorl.bits"),
                     arrays["bits_2d_5x7"])
    check.same_floats(f"jax {seed} uniform",
                      draw("1000xf32", "#whorl.uniform<form = jax>"),
                      arrays["uniform"], 0)
    check.same_floats(
        f"jax {seed} uniform(-2, 3)",
        draw("1000xf32", "#whorl.uniform<low = -2.0, high = 3.0, form = jax>"),
        arrays["uniform_m2_3"], 0)
    check.same_floats(f"jax {seed} normal",
                      draw("1000xf32", "#whorl.normal<form = jax>"),
                      arrays["normal"], 4)
    check.same_floats(f"jax {seed} exponential",
                      draw("1000xf32", "#whorl.exponential<form = jax>"),
                      arrays["exponential"], 4)
    # Near 0 a Gumbel number has lost the digits that its logarithm cancels.
    check.same_floats(f"jax {seed} gumbel",
                      draw("1000xf32", "#whorl.gumbel<form = jax>"),
                      arrays["gumbel"], 4, absolute=2e-7)
    bernoulli = run(check.directory, BERNOULLI, seed)
    check.report(f"jax {seed} bernoulli",
                 list(bernoulli) == list(arrays["bernoulli_03"]))
    for i in (0, 1, 9):
        high, low = arrays["fold_in_0_9"][2 * i:2 * i + 2]
        folded = check.draw("9xi32", "#whorl.bits", threefry, high << 32 | low)
        check.report(f"jax {seed} fold_in {i}",
                     folded == draw("9xi32", "#whorl.bits", stream=i))


def check_curand(check):
    arrays = {name: tensor[1] for name, tensor in
              npy.load_all(f"{VECTORS}/curand_philox.npz").items()}
    cases = arrays["seed_subsequence_offset"]
    for i in range(len(cases) // 3):
        seed, stream, offset = cases[3 * i:3 * i + 3]

        def draw(kind, distribution):
            return check.draw(kind, distribution, "#whorl.philox", seed,
                              stream, offset)

        rows = slice(32 * i, 32 * i + 32)
        name = f"curand {seed} {stream} {offset}"
        check.same_words(f"{name} bits", draw("32xi32", "#whorl.bits"),
                         arrays["raw"][rows])
        check.same_floats(f"{name} uniform",
                          draw("32xf32", "#whorl.uniform<form = open_closed>"),
                          arrays["uniform"][rows], 0)
        if offset % 2 == 0:  # pairs are pairs of elements, wherever they start
            check.same_floats(
                f"{name} normal",
                draw("32xf32", "#whorl.normal<form = box_muller>"),
                arrays["normal"][rows], 4)


def check_blocks(check):
    """Random counters and keys: the model, and what of it an element reaches."""
    arrays = {name: tensor[1] for name, tensor in
              npy.load_all(f"{VECTORS}/philox4x32_10.npz").items()}
    reached = 0
    for i in range(64):
        counter = arrays["counter"][4 * i:4 * i + 4]
        key = arrays["key"][2 * i:2 * i + 2]
        out = arrays["out"][4 * i:4 * i + 4]
        passes = model.philox_block(counter, key) == tuple(out)
        if counter[1] >> 30 == 0 and reached < 4:
            reached += 1
            element = (counter[0] | counter[1] << 32) * 4
            words = check.draw("4xi32", "#whorl.bits", "#whorl.philox",
                               key[0] | key[1] << 32,
                               counter[2] | counter[3] << 32, element)
            passes = passes and [w & model.MASK for w in words] == list(out)
        if not passes:
            check.report(f"philox {i}", False)
    check.report("philox on random counters", reached > 0, f"{reached} run")
    arrays = {name: tensor[1] for name, tensor in
              npy.load_all(f"{VECTORS}/threefry2x32_20.npz").items()}
    for i in range(64):
        high, low = arrays["counter"][2 * i:2 * i + 2]
        key = arrays["key"][2 * i:2 * i + 2]
        out = tuple(arrays["out"][2 * i:2 * i + 2])
        passes = model.threefry_block((high, low), key) == out
        if i < 4:
            word, = check.draw("1xi64", "#whorl.bits", "#whorl.threefry",
                               key[0] << 32 | key[1], offset=high << 32 | low)
            passes = passes and word % 2 ** 64 == out[0] << 32 | out[1]
        if not passes:
            check.report(f"threefry {i}", False)
    check.report("threefry on random counters", True)


def main():
    os.makedirs(sys.argv[1], exist_ok=True)
    check = Check(sys.argv[1])
    for seed in (0, 42):
        check_jax(check, seed)
    check_curand(check)
    check_blocks(check)
    print(f"{check.failed} vectors fail")
    sys.exit(1 if check.failed else 0)


if __name__ == "__main__":
    main()
