#!/usr/bin/env bash
# Makes the virtual environment of the peers in build/peers (or DIR): PyTorch,
# ONNX Runtime, OpenVINO and matplotlib from PyPI, as requirements.txt pins them.
#
#     bench/peers/setup.sh [DIR]
#
# Needs 6 GB of disk and about two minutes. Does nothing where all is there.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
case "${1:-}" in
-h | --help)
  sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
  exit 0
  ;;
-*)
  echo "setup.sh: error: unknown option '$1'; usage: setup.sh [DIR]" >&2
  exit 1
  ;;
esac
venv=${1:-${WHORL_PEERS_VENV:-$root/build/peers}}
python=${PYTHON:-python3}
stamp=$venv/requirements.txt

if cmp -s "$here/requirements.txt" "$stamp"; then
  echo "setup.sh: $venv is up to date"
  exit 0
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  echo "setup.sh: error: $python has no venv module; on Debian" \
    "'apt-get install python3-venv python3-dev', or set PYTHON" >&2
  exit 1
fi
"$python" -m venv "$venv"
if ! "$venv/bin/pip" install --quiet --disable-pip-version-check \
  --requirement "$here/requirements.txt"; then
  echo "setup.sh: error: pip could not install requirements.txt; are 6 GB free" \
    "and is PyPI reached?" >&2
  exit 1
fi
cp "$here/requirements.txt" "$stamp"
echo "setup.sh: $venv is ready"
