#!/usr/bin/env python3
"""Checks that what the documentation shows is true.

    scripts/check-markdown.py links PATH...
        Relative links lead to files, and their anchors to headings.
    scripts/check-markdown.py files PATH...
        A code block marked `file=PATH` is the content of that file.
    scripts/check-markdown.py examples --opt PROGRAM PATH...
        Each ```mlir block that holds a function is valid for whorl-opt, and
        comes back the same after a round trip.
    scripts/check-markdown.py attributes --definitions DIR FILE
        The file names each encoding, mask, sampler and schedule of the TableGen
        files in DIR.
    scripts/check-markdown.py options --opt PROGRAM FILE
        The file's tables explain the options of PROGRAM --help, and no others.
    scripts/check-markdown.py script FILE
        Prints the ```sh blocks marked `tour` as one script.

A directory stands for the Markdown files below it.
"""

import argparse
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FENCE = re.compile(r"^```(\w*) *(.*)$")


def blocks(path):
    """Yields (line, language, mark, text) for each fenced block of a file."""
    language = mark = None
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            match = FENCE.match(line.rstrip("\n"))
            if language is None and match:
                language, mark = match.groups()
                start, text = number, []
            elif language is not None and match:
                yield start, language, mark, "".join(text)
                language = None
            elif language is not None:
                text.append(line)
    if language is not None:
        yield start, "unclosed", mark, ""


def anchors(path):
    """The anchors of a Markdown file's headings, as GitHub makes them."""
    found = set()
    inside = False
    with open(path, encoding="utf-8") as file:
        for line in file:
            inside ^= line.startswith("```")
            if line.startswith("#") and not inside:
                title = re.sub(r"[`*_]", "", line.lstrip("#").strip().lower())
                found.add(re.sub(r"[^\w\- ]", "", title).replace(" ", "-"))
    return found


def check_links(path):
    inside = False
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            inside ^= line.startswith("```")
            if inside:
                continue
            for target in re.findall(r"\]\(([^)\s]+)\)", line):
                if re.match(r"[a-z]+:", target):
                    continue
                name, _, anchor = target.partition("#")
                full = os.path.join(os.path.dirname(path), name) if name \
                    else path
                if not os.path.exists(full):
                    yield number, f"nothing at '{target}'"
                elif anchor and full.endswith(".md") and \
                        anchor not in anchors(full):
                    yield number, f"'{name}' has no heading '#{anchor}'"


def check_files(path):
    for number, _, mark, text in blocks(path):
        match = re.search(r"file=(\S+)", mark)
        if not match:
            continue
        named = os.path.join(ROOT, match.group(1))
        if not os.path.exists(named):
            yield number, f"no file {match.group(1)}"
        elif open(named, encoding="utf-8").read() != text:
            yield number, f"the block differs from {match.group(1)}"


def round_trip(program, text):
    """The IR that the program prints, None and its message on failure."""
    result = subprocess.run([program, "-"], input=text, capture_output=True,
                            text=True)
    if result.returncode != 0:
        return None, result.stderr.strip().split("\n")[0]
    return result.stdout, ""


def check_examples(path, program):
    for number, language, _, text in blocks(path):
        if language == "unclosed":
            yield number, "a code block without an end"
        if language != "mlir" or "func.func" not in text:
            continue
        once, error = round_trip(program, text)
        if once is None:
            yield number, f"whorl-opt refuses the example: {error}"
            continue
        twice, error = round_trip(program, once)
        if twice != once:
            yield number, f"the example does not survive a round trip: {error}"


def check_attributes(path, directory):
    define = re.compile(r"Whorl_(?:Encoding|RopeScaling|SetMask|MaskAttrBase|MaskAlgebra|"
                        r"ScheduleAttr|SamplerAttr|GeneratorAttr|"
                        r"DistributionAttr|ParametricDistributionAttr)<\s*\"\w+\",\s*\"(\w+)\"")
    mnemonics = []
    for name in sorted(os.listdir(directory)):
        if name.endswith(".td"):
            with open(f"{directory}/{name}", encoding="utf-8") as file:
                mnemonics += define.findall(file.read())
    if not mnemonics:
        yield 1, f"{directory} defines no attribute"
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for mnemonic in mnemonics:
        if not re.search(rf"#whorl\.{mnemonic}\b", text):
            yield 1, f"#whorl.{mnemonic} is missing"


def check_options(path, program):
    shown = subprocess.run([program, "--help"], capture_output=True, text=True)
    option = re.compile(r"(?<![\w-])--?[a-z][\w-]*")
    offered = set()
    for line in shown.stdout.split("\n"):
        # An option starts its line; what follows explains it.
        match = re.match(r"\s*(-\S.*?)(\s{2,}| - |$)", line)
        if match:
            offered |= set(option.findall(match.group(1)))
    explained = {}
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.startswith("| `-"):
                for name in option.findall(line.split(" | ")[0]):
                    explained[name] = number
    if not offered:
        yield 1, f"{program} --help names no option"
    for name in sorted(offered - set(explained) - {"--help", "-h"}):
        yield 1, f"{name} is missing"
    for name in sorted(set(explained) - offered):
        yield explained[name], f"{program} has no option {name}"


def expand(paths):
    """Files as they are, directories as the Markdown files below them."""
    for path in paths:
        if not os.path.isdir(path):
            yield path
            continue
        for directory, _, names in sorted(os.walk(path)):
            for name in sorted(names):
                if name.endswith(".md"):
                    yield os.path.join(directory, name)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what",
                        choices=["links", "files", "examples", "attributes",
                                 "options", "script"])
    parser.add_argument("--opt", default="whorl-opt")
    parser.add_argument("--definitions", default="dialect/Whorl/IR")
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    if options.what == "script":
        marked = [text for _, language, mark, text in blocks(options.files[0])
                  if language == "sh" and mark == "tour"]
        if not marked:
            sys.exit(f"check-markdown: error: no block marked 'sh tour' in "
                     f"{options.files[0]}")
        print("set -eux\n" + "".join(marked), end="")
        return 0
    check = {
        "links": check_links,
        "files": check_files,
        "examples": lambda path: check_examples(path, options.opt),
        "options": lambda path: check_options(path, options.opt),
        "attributes": lambda path: check_attributes(path, options.definitions),
    }[options.what]
    errors = 0
    for path in expand(options.files):
        for line, message in check(path):
            errors += 1
            print(f"{path}:{line}: error: {message}", file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
