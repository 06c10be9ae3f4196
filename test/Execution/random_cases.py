"""What the suites of random cases share."""

import argparse
import os
import random
import sys


def type_of(shape, dynamic, element):
    """The tensor type in which the dimensions of `dynamic` are not known."""
    dims = "".join("?x" if i in dynamic else f"{size}x"
                   for i, size in enumerate(shape))
    return f"tensor<{dims}{element}>"


class Suite:
    """The cases that the command line asks for: DIRECTORY [--cases N] [--seed S]
    [--first K]. Each case has a generator of its own, so that one runs alone as it
    runs among others."""

    def __init__(self, description, cases):
        parser = argparse.ArgumentParser(description=description.split("\n")[0])
        parser.add_argument("directory")
        parser.add_argument("--cases", type=int, default=cases)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--first", type=int, default=0)
        options = parser.parse_args()
        self.directory, self.seed = options.directory, options.seed
        self.numbers = range(options.first, options.first + options.cases)
        os.makedirs(self.directory, exist_ok=True)
        print(f"seed {self.seed}")

    def generators(self):
        """The number of each case and its generator."""
        for k in self.numbers:
            yield k, random.Random(f"{self.seed}/{k}")

    def again(self, k):
        """How to run a case alone."""
        return (f"again by: {sys.argv[0]} {self.directory} --seed {self.seed} "
                f"--first {k} --cases 1")

    def fail(self, k, fault, graph):
        """Ends the suite with what is wrong with a case."""
        print(graph)
        sys.exit(f"case {k}: {fault}; {self.again(k)}")
