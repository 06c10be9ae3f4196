#!/usr/bin/env python3
"""Runs whorl-run on a terminal, and interrupts it.

    progress_terminal.py WHORL_RUN GRAPH
"""

import os
import pty
import signal
import sys


def run(command, interrupts):
    """What appears on the terminal; the exit code."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(command[0], command)
    text = b""
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            break
        if not piece:
            break
        text += piece
        if interrupts and b"calls of the model" in text:
            os.kill(pid, signal.SIGINT)
            interrupts = False
    return text.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def main():
    program, graph = sys.argv[1:]
    base = [program, graph, "--entry=guided", "--input=random:37x41xf32:1",
            "--progress"]
    text, code = run(base, False)
    if code == 0 and "\r[" in text and "\r\033[Koutput" in text.replace(
            "\r\n", ""):
        print("the line is written over, and goes at the end")
    else:
        print(code, repr(text))
    text, code = run([program, graph, "--entry=patient",
                      "--input=random:997x1009xf32:1", "--progress"], True)
    lines = [line for line in text.replace("\r", "\n").split("\n")
             if "error" in line]
    print(f"an interrupt cancels: {lines} {code}")


if __name__ == "__main__":
    main()
