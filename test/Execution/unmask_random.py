#!/usr/bin/env python3
"""Random rows of scores: whorl.unmask compiled and by the reference, against a model.

    unmask_random.py DIRECTORY [--cases N] [--seed S] [--first K]

Scores tie often, some are infinite or no number. The model is a sort in Python.
"""

import array
import math

import npy
from random_cases import Suite, type_of
from step_vectors import run

MASK = 7


class Case:
    def __init__(self, rng):
        self.rows = rng.choice([[], [rng.randint(1, 4)],
                                [rng.randint(1, 2), rng.randint(1, 3)]])
        self.length = rng.choice([0, 1, rng.randint(2, 40), rng.randint(41, 300)])
        self.shape = self.rows + [self.length]
        self.element = rng.choice(["f32", "f32", "f64"])
        self.token = rng.choice(["i32", "i64"])
        self.policy = rng.choice(["best", "confident", "strict",
                                  "capped", "entropy"])
        self.limit = rng.choice([0.0, 0.5, 0.75, 2.0])
        self.is_single = rng.random() < 0.3
        self.has_counts = self.policy in ("best", "capped") or rng.random() < 0.5
        self.within = (rng.randint(-1, self.length), rng.randint(
            0, self.length + 1)) if rng.random() < 0.5 else None
        self.dynamic = rng.random() < 0.5
        size = npy.count(self.shape)
        code = "q" if self.token == "i64" else "i"
        self.tokens = array.array(code, (
            MASK if rng.random() < 0.7 else rng.randint(0, 9)
            for _ in range(size)))
        self.candidates = array.array(code, (rng.randint(100, 199)
                                             for _ in range(size)))
        levels = rng.choice([3, 1000])
        special = [-0.0]
        if self.policy != "entropy":
            special += [math.inf, -math.inf, math.nan]
        self.scores = array.array(
            "d" if self.element == "f64" else "f",
            (rng.choice(special) if rng.random() < 0.1 else
             rng.randint(0, levels) / 4 / (levels / 3) for _ in range(size)))
        number = 1 if self.is_single else npy.count(self.rows)
        self.counts = array.array("q", (rng.randint(0, self.length + 1)
                                        for _ in range(number)))

    def type(self, element, shape=None):
        shape = self.shape if shape is None else shape
        return type_of(shape, range(len(shape) * self.dynamic), element)

    def counts_type(self):
        return "tensor<1xi64>" if self.is_single else \
            self.type("i64", self.rows)

    def graph(self):
        tokens, scores = self.type(self.token), self.type(self.element)
        policy = {"best": "#whorl.best",
                  "confident": f"#whorl.confident<at_least = {self.limit}>",
                  "strict": f"#whorl.confident<at_least = {self.limit}, "
                            "strict = true>",
                  "capped": f"#whorl.confident<at_least = {self.limit}, "
                            "capped = true>",
                  "entropy": f"#whorl.entropy_bound<bound = {self.limit}>"
                  }[self.policy]
        arguments, clauses, code = "", "", ""
        if self.has_counts:
            arguments = f", %k: {self.counts_type()}"
            clauses = f"counts(%k : {self.counts_type()})"
        if self.within:
            code = (f"  %from = arith.constant {self.within[0]} : index\n"
                    f"  %to = arith.constant {self.within[1]} : index\n")
            clauses += " within(%from, %to)"
        return f"""
func.func @run(%x: {tokens}, %c: {tokens}, %s: {scores}{arguments}) -> {tokens} {{
{code}  %n = whorl.unmask %x, %c scores(%s : {scores}) policy = {policy}
      mask_token = {MASK} {clauses} : {tokens}
  return %n : {tokens}
}}
"""

    def inputs(self):
        result = [("x", (self.shape, self.tokens)),
                  ("c", (self.shape, self.candidates)),
                  ("s", (self.shape, self.scores))]
        if self.has_counts:
            result.append(("k", ([1] if self.is_single else self.rows,
                                 self.counts)))
        return result

    def model(self):
        result = list(self.tokens)
        for row in range(npy.count(self.rows)):
            first = row * self.length
            places = range(self.length)
            if self.within:
                places = [i for i in places
                          if self.within[0] <= i < self.within[1]]
            places = [i for i in places if self.tokens[first + i] == MASK]

            def order(i):
                score = self.scores[first + i]
                merit = -score if self.policy == "entropy" else score
                return (math.inf if merit != merit else -merit, i)
            count = self.counts[0 if self.is_single else row] \
                if self.has_counts else 1
            total = 0.0
            for before, i in enumerate(sorted(places, key=order)):
                score = self.scores[first + i]
                takes = before < count
                if self.policy == "confident":
                    takes = takes or score >= self.limit
                elif self.policy == "strict":
                    takes = takes or score > self.limit
                elif self.policy == "capped":
                    takes = takes and (before < 1 or score >= self.limit)
                elif self.policy == "entropy":
                    takes = total <= self.limit
                if not takes:
                    break
                total += score
                result[first + i] = self.candidates[first + i]
        return result


def main():
    suite = Suite(__doc__, cases=40)
    for k, rng in suite.generators():
        case = Case(rng)
        expected = case.model()
        for reference in (False, True):
            result = run(suite.directory, f"unmask{k}", case.graph(),
                         case.inputs(), ["n"], reference)[0]
            if list(result) != expected:
                suite.fail(k, f"{'the reference computes ' * reference}"
                           f"{list(result)}, expected {expected}", case.graph())
    print(f"{len(suite.numbers)} cases agree")


if __name__ == "__main__":
    main()
