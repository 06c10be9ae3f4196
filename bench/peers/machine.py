"""What machine this is, the cores we run on, and their peaks."""

import os
import platform
import re
import subprocess

# Virtual machines name odd models: the family and the features must do.
ZEN = {("AuthenticAMD", 23): "zen2", ("AuthenticAMD", 25): "zen3",
       ("AuthenticAMD", 26): "zen5"}
FEATURES = ("avx2", "fma", "f16c", "avx512f", "avx512_bf16", "avx512_fp16",
            "avx_vnni", "amx_tile", "amx_bf16", "asimd", "sve")
PEAKS = re.compile(r"([\d.]+) GFLOP/s \(f32 FMA, ([\w+]+)\), "
                   r"([\d.]+) GB/s read, ([\d.]+) GB/s copy")
PROBE = """func.func @probe(%x: tensor<8xf32>) -> tensor<8xf32> {
  %y = arith.addf %x, %x : tensor<8xf32>
  return %y : tensor<8xf32>
}
"""


def read_cpu():
    """The first processor of /proc/cpuinfo, as a dictionary."""
    found = {}
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                key, _, value = line.partition(":")
                if not key.strip():
                    break
                found[key.strip()] = value.strip()
    except OSError:
        pass
    return found


def describe():
    """(short name for files, features, one line for people)."""
    cpu = read_cpu()
    flags = cpu.get("flags", cpu.get("Features", "")).split()
    features = [name for name in FEATURES if name in flags]
    vendor = cpu.get("vendor_id", platform.machine())
    family = int(cpu.get("cpu family", 0))
    core = ZEN.get((vendor, family),
                   "intel" if vendor == "GenuineIntel" else
                   platform.machine())
    if core == "zen3" and "avx512f" in features:
        core = "zen4"
    width = next((name for name in ("avx512f", "avx2") if name in features),
                 "scalar")
    short = f"{core}-{width.rstrip('f')}"
    if "amx_tile" in features:
        short += "-amx"
    line = (f"{cpu.get('model name', vendor)}, family {family} model "
            f"{cpu.get('model', '?')} ({core}), {os.cpu_count()} cores")
    return short, features, line


def pin(threads):
    """Keeps this process, and what it starts, on the last cores allowed."""
    cores = sorted(os.sched_getaffinity(0))
    if threads > len(cores):
        raise ValueError(f"--threads={threads}: this process may use "
                         f"{len(cores)} cores")
    os.sched_setaffinity(0, cores[-threads:])
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(threads)
    if threads > 1:
        # A pool that spins after its turn would slow the next contender.
        os.environ["OMP_WAIT_POLICY"] = "passive"
        os.environ["KMP_BLOCKTIME"] = "0"
    return cores[-threads:]


def measure_peaks(whorl_run, folder):
    """One core's peaks by whorl-run: GFLOP/s of FMA, GB/s read and copied."""
    probe = os.path.join(folder, "probe.mlir")
    with open(probe, "w", encoding="utf-8") as file:
        file.write(PROBE)
    result = subprocess.run(
        [whorl_run, probe, "--bench=1", "--threads=1", "--quiet",
         "--input=zeros:8xf32"], capture_output=True, text=True, check=False)
    match = PEAKS.search(result.stdout)
    if not match:
        raise RuntimeError(
            f"{whorl_run} printed no peaks: {result.stderr.strip()}")
    return {"gflops": float(match[1]), "kernel": match[2],
            "read_gbs": float(match[3]), "copy_gbs": float(match[4])}
