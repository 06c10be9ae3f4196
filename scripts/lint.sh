#!/usr/bin/env bash
# Runs clang-tidy 22 (.clang-tidy) on our sources, in parallel.
#   scripts/lint.sh [BUILD] [JOBS] [FILE...]
# Without files it takes all that the build compiles. Needs a finished build:
# compile_commands.json, the generated headers, the precompiled header.
set -euo pipefail
cd "$(dirname "$0")/.."
build="${1:-build/release}"
jobs="${2:-$(nproc)}"
shift $(($# < 2 ? $# : 2))

[ -f "$build/compile_commands.json" ] || {
  echo "lint: error: no $build/compile_commands.json; run 'make build'" >&2
  exit 1
}
root="$(pwd)"
if [ $# -gt 0 ]; then
  files=("${@/#/$root/}")
else
  mapfile -t files < <(python3 - "$build" "$root" <<'PYTHON'
import json, os, sys
build, root = sys.argv[1:]
for entry in json.load(open(f"{build}/compile_commands.json")):
    path = os.path.normpath(os.path.join(entry["directory"], entry["file"]))
    if path.startswith(root + "/") and not path.startswith(f"{root}/build/"):
        print(path)
PYTHON
  )
fi
[ ${#files[@]} -gt 0 ] || exit 0
printf '%s\0' "${files[@]}" |
  xargs -0 -n 1 -P "$jobs" clang-tidy-22 -p "$build" --quiet 2>&1 |
  # "N warnings generated" counts what .clang-tidy hides in system headers.
  { grep -v -E '^[0-9]+ warnings? (and [0-9]+ errors? )?generated\.$' || true; }
status=("${PIPESTATUS[@]}")
if [ "${status[1]}" -ne 0 ]; then
  echo "lint: fix the findings above, or silence one by // NOLINT(check): why" >&2
  exit 1
fi
echo "lint: ${#files[@]} files are clean"
