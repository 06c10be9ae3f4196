#!/usr/bin/env python3
"""The same bits everywhere: whorl.random by target, threads, layout and fusion.

    random_bits.py DIRECTORY

Every distribution on odd, empty, dynamic and large shapes must come out the same,
to the last bit, by the reference and by the compiled code for each target that this
machine runs, with 1, 2 and 3 threads; and element e of a tensor must be element e
of any other tensor that counts as far, whatever stands around it.
"""

import os
import subprocess
import sys

import npy
import random_model as model

KINDS = [("#whorl.bits", "i32"), ("#whorl.bits", "i64"),
         ("#whorl.integers<low = -7, high = 1000>", "i32"),
         ("#whorl.integers<low = -9000000000000000000, "
          "high = 9000000000000000000>", "i64"),
         ("#whorl.uniform", "f32"), ("#whorl.uniform", "f64"),
         ("#whorl.uniform<low = -1.0, high = 3.0>", "f16"),
         ("#whorl.uniform<form = open_closed>", "bf16"),
         ("#whorl.normal", "f32"), ("#whorl.normal", "f64"),
         ("#whorl.normal<mean = 2.0, stddev = 3.0>", "bf16"),
         ("#whorl.normal<form = box_muller>", "f32"),
         ("#whorl.normal<form = jax>", "f32"),
         ("#whorl.exponential<rate = 2.0>", "f32"),
         ("#whorl.exponential", "f64"), ("#whorl.gumbel", "f32"),
         ("#whorl.gumbel", "f64"), ("#whorl.gumbel<form = jax>", "f32")]
# One of each draw and width, where all kinds would take too long.
FEW = [kind for kind in KINDS if kind in (
    ("#whorl.bits", "i32"), ("#whorl.uniform", "f64"), ("#whorl.normal", "f32"),
    ("#whorl.normal<form = box_muller>", "f32"))]
# Generator, shape, kinds; shapes of two axes are dynamic.
CASES = [("#whorl.philox", [61], KINDS), ("#whorl.threefry", [61], FEW),
         ("#whorl.philox", [], FEW), ("#whorl.philox", [0, 5], FEW[2:3]),
         ("#whorl.philox", [5, 7], FEW), ("#whorl.threefry", [2, 9], FEW[:1]),
         ("#whorl.philox", [3, 5, 16], FEW),
         ("#whorl.philox", [2, 9001], FEW[1:3])]
WIDE = {"f16": "f32", "bf16": "f32"}


def type_of(shape, element, dynamic=False):
    return f"tensor<{''.join('?x' if dynamic else f'{n}x' for n in shape)}{element}>"


def graph(generator, shape, kinds, rows=None):
    """A function that returns one tensor of each kind; `rows` = (first, end) cuts
    rows out of it by offset."""
    dynamic = len(shape) == 2
    offset = ""
    if rows:
        inner = npy.count(shape[1:])
        offset = "offset(%o)"
        shape = [rows[1] - rows[0], *shape[1:]]
    body, results, types = "", [], []
    sizes = [f"%n{i}" for i in range(len(shape))]
    arguments = "%seed: i64, %step: i64, %o: i64" + "".join(
        f", {size}: index" for size in sizes if dynamic)
    for k, (distribution, element) in enumerate(kinds):
        kind = type_of(shape, element, dynamic)
        wide = type_of(shape, WIDE.get(element, element), dynamic)
        body += (f"  %r{k} = whorl.random distribution = {distribution} "
                 f"generator = {generator}\n      key(%seed : i64) "
                 f"stream(%step) {offset} "
                 f"{f'sizes({chr(44).join(sizes)})' if dynamic else ''} : {kind}\n")
        if wide != kind:
            body += f"  %w{k} = arith.extf %r{k} : {kind} to {wide}\n"
        results.append(f"%w{k}" if wide != kind else f"%r{k}")
        types.append(wide)
    return (f"func.func @run({arguments}) -> ({', '.join(types)}) {{\n{body}"
            f"  return {', '.join(results)} : {', '.join(types)}\n}}\n")


def run(directory, name, text, scalars, outputs, *options):
    path = f"{directory}/{name}.mlir"
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    command = ["whorl-run", path, *options]
    command += [f"--input=scalar:{scalar}" for scalar in scalars]
    command += [f"--output={directory}/{name}{k}.npy" for k in range(outputs)]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{result.stderr}")
    return [npy.load(f"{directory}/{name}{k}.npy")[1] for k in range(outputs)]


def targets():
    """Targets by name that this machine runs."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        flags = next(line for line in file if line.startswith("flags")).split()
    names = ["x86-64"]
    if {"avx2", "fma", "f16c"} <= set(flags):
        names.append("x86-64-v3")
    if {"avx512f", "avx512bw", "avx512dq", "avx512vl"} <= set(flags):
        names.append("x86-64-v4")
    return names


class Comparison:
    def __init__(self):
        self.failed = 0

    def same(self, name, kinds, actual, wanted):
        for (distribution, element), a, w in zip(kinds, actual, wanted):
            if a.tobytes() != w.tobytes():
                self.failed += 1
                at = next((i for i, (x, y) in enumerate(zip(a, w)) if x != y),
                          "the length")
                print(f"{name}: {distribution} {element} differs at {at}")


def check_case(comparison, directory, generator, shape, kinds):
    sizes = shape if len(shape) == 2 else []
    scalars = [2 ** 62 + 12345, 3 << 32 | 17, 0, *sizes]
    text = graph(generator, shape, kinds)
    name = f"{generator} {shape}"
    wanted = run(directory, "a", text, scalars, len(kinds), "--reference",
                 "--threads=1")
    options = [[f"--target={target}", "--threads=1"] for target in targets()]
    if npy.count(shape) > 16384:
        options += [[f"--threads={n}"] for n in (2, 3)]
    for option in options:
        actual = run(directory, "b", text, scalars, len(kinds), *option)
        comparison.same(f"{name} {' '.join(option)}", kinds, actual, wanted)
    if len(shape) > 1 and shape[0] > 1:
        # The last rows alone, which start anywhere.
        inner = npy.count(shape[1:])
        scalars[2] = (shape[0] - 1) * inner
        if sizes:
            scalars[3] = 1
        last = graph(generator, shape, kinds, (shape[0] - 1, shape[0]))
        actual = run(directory, "c", last, scalars, len(kinds), "--threads=1")
        comparison.same(f"{name} last row", kinds, actual,
                        [w[scalars[2]:] for w in wanted])
    return wanted


# The noise of a transposed sum, and of a product where it is used twice.
FUSED = """
func.func @run(%seed: i64, %x: tensor<7x5xf32>, %y: tensor<5x7xf32>)
    -> (tensor<7x5xf32>, tensor<5x7xf32>) {
  %z = whorl.random distribution = #whorl.normal generator = #whorl.philox
      key(%seed : i64) : tensor<5x7xf32>
  %e = tensor.empty() : tensor<7x5xf32>
  %t = linalg.transpose ins(%z : tensor<5x7xf32>) outs(%e : tensor<7x5xf32>)
      permutation = [1, 0]
  %a = arith.addf %x, %t : tensor<7x5xf32>
  %n = whorl.random distribution = #whorl.normal generator = #whorl.philox
      key(%seed : i64) : tensor<5x7xf32>
  %b = arith.addf %n, %y : tensor<5x7xf32>
  return %a, %b : tensor<7x5xf32>, tensor<5x7xf32>
}
"""


def check_fusion(comparison, directory):
    """Fused into a transposing and a plain consumer of zeros."""
    zeros = npy.array.array("f", [0.0] * 35)
    npy.save(f"{directory}/x.npy", [7, 5], zeros)
    npy.save(f"{directory}/y.npy", [5, 7], zeros)
    with open(f"{directory}/f.mlir", "w", encoding="utf-8") as file:
        file.write(FUSED)
    command = ["whorl-run", f"{directory}/f.mlir", "--threads=1",
               "--input=scalar:9", f"--input={directory}/x.npy",
               f"--input={directory}/y.npy", f"--output={directory}/f0.npy",
               f"--output={directory}/f1.npy"]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(result.stderr)
    turned, plain = (npy.load(f"{directory}/f{k}.npy")[1] for k in range(2))
    words = [model.philox(9, 0, e, 1) for e in range(35)]
    for e, word in enumerate(words):
        exact = model.normal(word)
        if plain[e] != turned[e % 7 * 5 + e // 7] or \
                abs(plain[e] - exact) > 1e-6 * max(1.0, abs(exact)):
            comparison.failed += 1
            print(f"fused: element {e} is {plain[e]} and "
                  f"{turned[e % 7 * 5 + e // 7]}, not {exact}")


def check_values(comparison, generator, kinds, tensors):
    """The numbers of 61 elements against the model."""
    draw = model.philox if generator == "#whorl.philox" else model.threefry
    seed, stream = 2 ** 62 + 12345, 3 << 32 | 17

    def words(e, count):
        return draw(seed, stream, e, count)

    exact = {
        ("#whorl.bits", "i32"): lambda e: model.signed(words(e, 1)[0], 32),
        KINDS[2]: lambda e: model.integers(words(e, 2), -7, 1000),
        KINDS[3]: lambda e: model.integers(words(e, 2), -9 * 10 ** 18,
                                             9 * 10 ** 18),
        ("#whorl.uniform", "f32"): lambda e: model.uniform(words(e, 1), 24),
        ("#whorl.uniform", "f64"): lambda e: model.uniform(words(e, 2), 53),
        ("#whorl.normal", "f32"): lambda e: model.normal(words(e, 1)),
        ("#whorl.normal", "f64"): lambda e: model.normal(words(e, 2)),
        ("#whorl.exponential", "f64"): lambda e: model.exponential(words(e, 2)),
        ("#whorl.gumbel", "f32"): lambda e: model.gumbel(words(e, 2)),
        ("#whorl.gumbel", "f64"): lambda e: model.gumbel(words(e, 2)),
    }
    for kind, tensor in zip(kinds, tensors):
        if kind not in exact:
            continue
        limit = {"f32": 1e-6, "f64": 1e-14}.get(kind[1], 0)
        for e, number in enumerate(tensor):
            wanted = exact[kind](e)
            if not abs(number - wanted) <= limit * max(1.0, abs(wanted)):
                comparison.failed += 1
                print(f"{generator} {kind}: element {e} is {number}, not "
                      f"{wanted}")
                break


def main():
    directory = sys.argv[1]
    os.makedirs(directory, exist_ok=True)
    comparison = Comparison()
    for generator, shape, kinds in CASES:
        tensors = check_case(comparison, directory, generator, shape, kinds)
        if shape == [61]:
            check_values(comparison, generator, kinds, tensors)
    check_fusion(comparison, directory)
    print(f"{comparison.failed} tensors differ")
    sys.exit(1 if comparison.failed else 0)


if __name__ == "__main__":
    main()
