#!/usr/bin/env python3
"""Times Whorl's attention beside PyTorch, ONNX Runtime and OpenVINO.

    bench/peers/compare.py [--filter=REGEX] [--threads=N] [--output=DIR]

Runs the cases of bench/cases that carry "attention", interleaved with the
same case in each peer, and writes a Markdown table, JSON lines and a plot.
Needs the virtual environment that bench/peers/setup.sh makes; --list and --help
do not.
"""

import argparse
import datetime
import importlib
import os
import shutil
import subprocess
import sys
import tempfile

import cases
import library
import machine

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = library.ROOT
PEERS = {"sdpa": "peer_sdpa", "flex": "peer_flex",
         "onnxruntime": "peer_onnxruntime", "openvino": "peer_openvino"}


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cases", metavar="DIR",
                        default=os.path.join(ROOT, "bench", "cases"),
                        help="the case files (bench/cases)")
    parser.add_argument("--filter", metavar="REGEX", default="",
                        help="of all cases those whose name matches")
    parser.add_argument("--all", action="store_true",
                        help="every case, not those of selected.txt alone")
    parser.add_argument("--list", action="store_true",
                        help="print the cases and their work, run nothing")
    parser.add_argument("--peers", metavar="A,B", default=",".join(PEERS),
                        help=f"which of {','.join(PEERS)}")
    parser.add_argument("--threads", type=int, default=1, metavar="N",
                        help="threads, each pinned to a core of its own (1)")
    parser.add_argument("--seconds", type=float, default=6, metavar="S",
                        help="time for the rounds of one case (6)")
    parser.add_argument("--rounds", type=int, default=15, metavar="N",
                        help="at most so many rounds a case (15)")
    parser.add_argument("--output", metavar="DIR",
                        default=os.path.join(venv(), "results"),
                        help="where to write the results "
                        "(build/peers/results)")
    parser.add_argument("--machine", metavar="NAME",
                        help="the name of this machine in the file names")
    options = parser.parse_args()
    options.peers = [name for name in options.peers.split(",") if name]
    for name in options.peers:
        if name not in PEERS:
            parser.error(f"no peer '{name}'; there are {', '.join(PEERS)}")
    if options.threads < 1 or options.rounds < 1 or options.seconds <= 0:
        parser.error("--threads, --rounds and --seconds must be positive")
    return options


def venv():
    return os.environ.get("WHORL_PEERS_VENV") or \
        os.path.join(ROOT, "build", "peers")


def enter_venv():
    """Goes on in the virtual environment's Python, if not there yet."""
    python = os.path.join(venv(), "bin", "python")
    if os.path.realpath(sys.prefix) == os.path.realpath(venv()):
        return
    if not os.access(python, os.X_OK):
        raise library.ToolError(
            f"no virtual environment in {venv()}; run bench/peers/setup.sh "
            "(6 GB, two minutes), or set WHORL_PEERS_VENV")
    os.execv(python, [python, *sys.argv])


def chosen_cases(options):
    found = cases.load_cases(options.cases, options.filter)
    cases.require(found, f"no case with 'attention' in {options.cases} "
                  f"matches '{options.filter}'")
    if options.filter or options.all:
        return found
    return cases.select(found, os.path.join(HERE, "selected.txt"))


def list_cases(found):
    width = max(len(case.name) for case in found)
    for case in found:
        print(f"{case.name:<{width}}  {case.dtype:<4} {case.mask:<6} "
              f"{case.position:<5} {case.flops / 1e6:10.3f} MFLOP "
              f"{case.bytes / 1e6:8.3f} MB")


def about(options, features, line, peers):
    commit = subprocess.run(
        ["git", "-C", ROOT, "describe", "--always", "--dirty"],
        capture_output=True, text=True, check=False).stdout.strip()
    versions = ", ".join(peer.versions() for peer in peers)
    return [("Date", datetime.date.today().isoformat()),
            ("Machine", line), ("Features", ", ".join(features)),
            ("Threads", "one, kept on one core" if options.threads == 1 else
             f"{options.threads}, kept on as many cores"),
            ("Whorl", commit or "?"),
            ("Peers", f"{versions}, Python {sys.version.split()[0]}"),
            ("Again", "`make peers` ([how](../peers/README.md))")]


def run_case(case, peers, options, libraries):
    """{contender: its line} of one case."""
    from forms import Form, choose
    from problem import Problem, evict_caches, rows_first
    from report import OURS
    from rounds import measure
    problem = Problem(case)
    output = problem.module_output()
    function = library.Function(libraries.of(case), case.entry,
                                problem.module_inputs(), [output])
    bhnd = rows_first(output) if case.layout == "bnhd" else output
    form = Form("", function, lambda: bhnd)
    form.call()
    if case.layout == "bnhd":
        bhnd = rows_first(output)
    form.error = problem.error(bhnd)
    lines = {OURS: {"error": form.error}}
    if not form.error <= problem.tolerance:
        reason = (f"Whorl differs from f64 by {form.error:.1e} in "
                  f"{case.name}, allowed are {problem.tolerance:.0e}")
        failed = {"reason": reason}
        return {name: failed for name in
                [OURS, *(peer.NAME for peer in peers)]}
    calls = {OURS: form.call}
    for peer in peers:
        chosen, notes = choose(peer, problem, bhnd, options.threads)
        if chosen is None:
            lines[peer.NAME] = {"reason": f"{peer.NAME}: {notes}"}
            continue
        calls[peer.NAME] = chosen.call
        lines[peer.NAME] = {"form": chosen.name, "error": chosen.error,
                            "difference": chosen.difference, "notes": notes}
    times = measure(calls, options.seconds, options.rounds,
                    evict_caches if case.cold else None)
    for name, line in times.items():
        lines[name].update(line)
    return lines


class Libraries:
    """The compiled modules: each is compiled once, for all its entries."""

    def __init__(self, threads, folder):
        self.threads = threads
        self.folder = folder
        self.paths = {}

    def of(self, case):
        if case.module not in self.paths:
            self.paths[case.module], _ = library.compile_case(
                case, self.threads, self.folder)
        return self.paths[case.module]


def show(case, lines):
    """One line on the terminal as soon as a case is done."""
    cells = [f"{name} {line['median_ms']:.3f} ms" if "median_ms" in line
             else f"{name} -" for name, line in lines.items()]
    print(f"{case.name}: " + ", ".join(cells), flush=True)


def compare(found, options, folder):
    from plot import draw
    from report import Report
    short, features, line = machine.describe()
    peers = [importlib.import_module(PEERS[name]) for name in options.peers]
    report = Report(about(options, features, line, peers),
                    [peer.NAME for peer in peers], options.threads)
    whorl_run = library.find_tool("whorl-run")
    libraries = Libraries(options.threads, folder)
    report.peaks.append(machine.measure_peaks(whorl_run, folder))
    for case in found:
        lines = run_case(case, peers, options, libraries)
        report.add(case, lines)
        show(case, lines)
    report.peaks.append(machine.measure_peaks(whorl_run, folder))
    stem = f"{datetime.date.today().isoformat()}-{options.machine or short}"
    if options.threads > 1:
        stem += f"-{options.threads}threads"
    print(report.write(options.output, stem, draw))
    return all("reason" not in lines["Whorl"] for _, lines in report.rows)


def main():
    options = parse_arguments()
    try:
        found = chosen_cases(options)
        if options.list:
            list_cases(found)
            return 0
        for tool in ("whorl-compile", "whorl-run"):
            library.find_tool(tool)
        enter_venv()
        machine.pin(options.threads)
        os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR",
                              os.path.join(venv(), "inductor"))
        folder = tempfile.mkdtemp(prefix="whorl-peers-")
        try:
            return 0 if compare(found, options, folder) else 1
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except (cases.CaseError, library.ToolError, ValueError,
            RuntimeError) as error:
        print(f"compare.py: error: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
