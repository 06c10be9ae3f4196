#!/usr/bin/env bash
# The demonstration: compiles a diffusion model that needs no training
# (examples/digits), samples 100 handwritten digits with it, draws them, and once
# more by two samplers side by side, checks them against the reference, and says how
# fast the kernel is.
#   scripts/demo.sh [BUILD [OUT]]
set -euo pipefail
cd "$(dirname "$0")/.."
build="${1:-build/release}"
bin="$build/bin"
out="${2:-$build/demo}"
graph=examples/digits/digits.mlir
mkdir -p "$out"

step() { printf '\n== %s\n' "$*"; }

step "Compile $graph to $out/libdigits.so and $out/digits.h"
"$bin/whorl-compile" "$graph" --threads=0 -o "$out/libdigits.so" \
  --header="$out/digits.h"

step "Sample 10 of each digit with the library"
python3 examples/digits/sample.py "$out/libdigits.so" "$out"

inputs=(--input="$out/noise.npy" --input="$out/classes.npy"
  --input=examples/digits/digits.npy --input=examples/digits/digits_labels.npy)

step "Check against the reference: the same graph in plain loops"
"$bin/whorl-run" "$graph" --entry=sample --threads=0 --check "${inputs[@]}"

step "Measure on one core"
"$bin/whorl-run" "$graph" --entry=sample --threads=1 --bench "${inputs[@]}"

printf '\nThe picture: %s\n' "$(realpath "$out")/digits.png"
printf 'Two samplers side by side: %s\n' "$(realpath "$out")/solvers.png"
