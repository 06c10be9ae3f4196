#!/usr/bin/env bash
# Formats the C and C++ sources with clang-format 22.
#   scripts/format.sh [--check] [FILE...]
# --check changes nothing and fails where the format differs. Without files it
# takes all that git tracks or would track.
set -euo pipefail
cd "$(dirname "$0")/.."

mode=(-i)
if [ "${1:-}" = --check ]; then
  mode=(--dry-run -Werror)
  shift
fi
command -v clang-format-22 >/dev/null || {
  echo "format: error: no clang-format-22; run scripts/install-deps.sh" >&2
  exit 1
}

files=("$@")
if [ ${#files[@]} -eq 0 ]; then
  while IFS= read -r file; do
    # The index still names a file that was deleted.
    if [ -f "$file" ]; then files+=("$file"); fi
  done < <(git ls-files --cached --others --exclude-standard \
    '*.c' '*.cpp' '*.h')
fi
[ ${#files[@]} -gt 0 ] || exit 0
clang-format-22 "${mode[@]}" "${files[@]}" || {
  echo "format: run 'make format'" >&2
  exit 1
}
