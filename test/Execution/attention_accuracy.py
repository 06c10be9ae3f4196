#!/usr/bin/env python3
"""The error of f32 attention against f64, no larger than PyTorch's on the same data.

    attention_accuracy.py WHORL_RUN
    attention_accuracy.py WHORL_RUN --torch   measure PyTorch's again (with its Python)

Queries, keys and values are normal; the error of a case is the root mean square of
all elements' errors. Each sums in an order of its own: over four sets of data ours
was 0.94 to 1.05 times PyTorch's, so 2% are allowed on this one. The largest error
depends on single roundings; it is bounded at twice PyTorch's.
"""

import array
import math
import os
import random
import subprocess
import sys
import tempfile

import npy

HEADS, LENGTH = 2, 1024
# Head dimension and mask: root mean square and largest error of PyTorch 2.15's
# scaled_dot_product_attention, AVX2, one thread.
PYTORCH = {
    (64, ""): (1.941e-08, 2.398e-07),
    (64, "mask #whorl.causal"): (3.403e-08, 4.846e-07),
    (128, ""): (2.441e-08, 5.179e-07),
    (128, "mask #whorl.causal"): (4.255e-08, 7.670e-07),
}


def graph(dim, mask, element):
    tensor = f"tensor<1x{HEADS}x{LENGTH}x{dim}x{element}>"
    return f"""
func.func @attend(%q: {tensor}, %k: {tensor}, %v: {tensor}) -> {tensor} {{
  %o = whorl.attention %q, %k, %v {mask}
       : ({tensor}, {tensor}, {tensor}) -> {tensor}
  return %o : {tensor}
}}
"""


def run(tool, directory, dim, mask, element, inputs, *options):
    path = lambda name: os.path.join(directory, name)
    with open(path("graph.mlir"), "w", encoding="utf-8") as file:
        file.write(graph(dim, mask, element))
    command = [tool, path("graph.mlir"), "--quiet", "--output", path("o.npy")]
    for i, values in enumerate(inputs):
        npy.Array("<f8" if element == "f64" else "<f4", [1, HEADS, LENGTH, dim],
                  values).save(path(f"{i}.npy"))
        command += ["--input", path(f"{i}.npy")]
    subprocess.run(command + list(options), check=True)
    with open(path("o.npy"), "rb") as file:
        return npy.parse(file.read()).values


def run_torch(dim, mask, inputs):
    import torch
    torch.set_num_threads(1)
    tensors = [torch.tensor(values, dtype=torch.float32).reshape(
        1, HEADS, LENGTH, dim) for values in inputs]
    result = torch.nn.functional.scaled_dot_product_attention(
        *tensors, is_causal=bool(mask))
    return result.flatten().tolist()


def errors(result, exact):
    """Root mean square and maximum."""
    differences = [abs(a - b) for a, b in zip(result, exact, strict=True)]
    square = sum(d * d for d in differences) / len(differences)
    return math.sqrt(square), max(differences)


def main():
    tool, worst = sys.argv[1], 0.0
    generator = random.Random(2026)
    for (dim, mask), (mean_bound, bound) in PYTORCH.items():
        inputs = [array.array("f", (generator.gauss(0, 1)
                                    for _ in range(HEADS * LENGTH * dim)))
                  for _ in range(3)]
        with tempfile.TemporaryDirectory() as directory:
            ours = run(tool, directory, dim, mask, "f32", inputs, "--threads=1")
            exact = run(tool, directory, dim, mask, "f64", inputs, "--reference")
        mean, largest = errors(ours, exact)
        print(f"{dim} {mask or 'full'}: root mean square {mean:.3e}, largest "
              f"{largest:.3e}; PyTorch {mean_bound:.3e}, {bound:.3e}")
        if "--torch" in sys.argv:
            mean, largest = errors(run_torch(dim, mask, inputs), exact)
            print(f"  measured: ({mean:.3e}, {largest:.3e})")
        worst = max(worst, mean / (1.02 * mean_bound), largest / (2 * bound))
    print(f"at most {worst:.3f} of what is allowed")
    sys.exit(0 if worst <= 1 else 1)


if __name__ == "__main__":
    main()
