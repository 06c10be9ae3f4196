#!/usr/bin/env python3
"""Random rows of logits: whorl.sample_tokens compiled against the reference.

    tokens_random.py DIRECTORY [--cases N] [--seed S] [--first K]

Draws element type, shape (vocabularies of 1, around whole blocks, odd ones), guidance,
known tokens, dropped tokens, temperature (none, 0, constant, variable), filters, how
a token is drawn, measures. Tokens must agree, measures within rounding; three threads
must give the same bits. Prints the seed, and on failure the graph and the command that
shows the case again.
"""

import array

import npy
from random_cases import Suite, type_of
from step_vectors import run

TOLERANCE = {"f16": 1e-5, "bf16": 1e-5, "f32": 1e-5, "f64": 1e-12}


class Case:
    def __init__(self, rng):
        self.element = rng.choice(["f16", "bf16", "f32", "f32", "f64"])
        vocabulary = rng.choice([1, 2, rng.randint(3, 40), 255, 256, 257,
                                 rng.randint(258, 900)])
        self.rows = rng.choice([[], [rng.randint(1, 9)],
                                [rng.randint(1, 3), rng.randint(1, 5)]])
        self.shape = self.rows + [vocabulary]
        self.dynamic = {i for i in range(len(self.shape)) if rng.random() < 0.4}
        self.is_guided = rng.random() < 0.3
        self.has_known = rng.random() < 0.4
        self.mask = rng.randrange(vocabulary)
        self.live_mask = rng.random() < 0.3
        self.suppressed = [rng.randrange(vocabulary)
                           for _ in range(rng.choice([0, 0, 1, 3]))]
        # Where all tokens are dropped, measures mean nothing.
        dropped = set(self.suppressed)
        if self.has_known and not self.live_mask:
            dropped.add(self.mask)
        if len(dropped) == vocabulary:
            self.suppressed, self.live_mask = [], True
        self.temperature = rng.choice([None, "0.0", "1.0", "0.7", "2.5", "%t"])
        self.value = rng.choice([0.0, 0.6, 1.0])
        drawn = self.temperature not in (None, "0.0")
        self.draw = rng.choice(["element", "blocked", "noise"]) if drawn else ""
        self.generator = rng.choice(["philox", "threefry"])
        self.seed = rng.getrandbits(63)
        self.clauses = rng.choice(["", "stream(%s)", "offset(%s)"])
        self.filters = []
        if self.temperature is not None and rng.random() < 0.5:
            self.filters = rng.sample(
                ["#whorl.top_k<1>", f"#whorl.top_k<{rng.randint(2, 30)}>",
                 "#whorl.top_p<0.3>", "#whorl.top_p<0.9>",
                 "#whorl.min_p<0.1>"], rng.choice([1, 2]))
        self.measures = rng.sample(["confidence", "margin", "entropy", "logit"],
                                   rng.randint(0, 4))
        self.of_sampled = rng.random() < 0.3
        self.shift = bool(self.rows) and rng.random() < 0.2
        self.token = rng.choice(["i32", "i64"])
        spread = rng.choice([0.5, 3.0, 12.0])
        kind = "d" if self.element == "f64" else "f"
        size = npy.count(self.shape)

        def numbers():
            return array.array(kind, (rng.gauss(0, spread) for _ in range(size)))
        self.logits, self.unconditional = numbers(), numbers()
        self.noise = array.array(kind, (rng.gauss(0, 2) for _ in range(size)))
        code = "q" if self.token == "i64" else "i"
        self.known = array.array(code, (
            self.mask if rng.random() < 0.6 else rng.randrange(vocabulary)
            for _ in range(npy.count(self.rows))))

    def graph(self):
        outer = "f64" if self.element == "f64" else "f32"
        kind = type_of(self.shape, self.dynamic, outer)
        inner = type_of(self.shape, self.dynamic, self.element)
        row_dynamic = self.dynamic - {len(self.rows)}
        tokens = type_of(self.rows, row_dynamic, self.token)
        measure = type_of(self.rows, row_dynamic, outer)
        arguments, code, clauses = [f"%l: {kind}"], "", []

        def narrow(name):
            if self.element == outer:
                return f"%{name}"
            nonlocal code
            code += (f"  %{name}n = arith.truncf %{name} : {kind} to "
                     f"{inner}\n")
            return f"%{name}n"
        logits = narrow("l")
        if self.is_guided:
            arguments.append(f"%u: {kind}")
            clauses.append(f"unconditional({narrow('u')} : {inner}) "
                           "guidance(1.5)")
        if self.has_known:
            arguments.append(f"%x: {tokens}")
            clauses.append(f"known(%x : {tokens}) mask_token = {self.mask}")
        if self.suppressed:
            clauses.append(f"suppress = {self.suppressed}")
        if self.temperature:
            clauses.append(f"temperature({self.temperature})")
        if self.filters:
            clauses.append(f"filters = [{', '.join(self.filters)}]")
        if self.draw == "noise":
            arguments.append(f"%g: {kind}")
            clauses.append(f"noise(%g : {kind})")
        elif self.draw:
            code += (f"  %k = arith.constant {self.seed} : i64\n"
                     "  %s = arith.constant 12345678901 : i64\n")
            clauses.append(f"draw = {self.draw} generator = "
                           f"#whorl.{self.generator} key(%k : i64) "
                           f"{self.clauses}")
        if self.measures:
            clauses.append(f"measures = [{', '.join(self.measures)}]")
        if self.temperature == "%t":
            arguments.append("%t: f32")
        flags = [name for name, isSet in
                 (("live_mask", self.live_mask), ("shift", self.shift),
                  ("of_sampled", self.of_sampled)) if isSet]
        outputs = [tokens] + [measure] * len(self.measures)
        return f"""
func.func @run({', '.join(arguments)}) -> ({', '.join(outputs)}) {{
{code}  %r:{len(outputs)} = whorl.sample_tokens {logits}
      {' '.join(clauses)} {{{', '.join(flags)}}} : {inner}
      -> {', '.join(outputs)}
  return {', '.join(f'%r#{i}' for i in range(len(outputs)))} :
      {', '.join(outputs)}
}}
"""

    def inputs(self):
        result = [("l", (self.shape, self.logits))]
        if self.is_guided:
            result.append(("u", (self.shape, self.unconditional)))
        if self.has_known:
            result.append(("x", (self.rows, self.known)))
        if self.draw == "noise":
            result.append(("g", (self.shape, self.noise)))
        if self.temperature == "%t":
            result.append(("t", ((), array.array("f", [self.value]))))
        return result

    def outputs(self):
        return ["tokens"] + self.measures


def difference(a, b):
    """Of two measures; infinities must agree."""
    if a == b:
        return 0.0
    return abs(a - b) / (1.0 + abs(b)) if a == a else float("inf")


def check(case, results, expected):
    """What is wrong, or nothing."""
    if list(results[0]) != list(expected[0]):
        return f"tokens {list(results[0])}, expected {list(expected[0])}"
    for name, a, b in zip(case.measures, results[1:], expected[1:]):
        error = max(map(difference, a, b), default=0.0)
        if not error <= TOLERANCE[case.element]:
            return f"{name} differs by {error:.1e}"
    return ""


def main():
    suite = Suite(__doc__, cases=60)
    for k, rng in suite.generators():
        case = Case(rng)

        def execute(reference, threads=1):
            return run(suite.directory, f"case{k}", case.graph(),
                       case.inputs(), case.outputs(), reference, threads)
        results, expected = execute(False), execute(True)
        fault = check(case, results, expected)
        if not fault and k % 8 == 0:
            again = execute(False, threads=3)
            if [a.tobytes() for a in again] != [r.tobytes() for r in results]:
                fault = "three threads compute other bits than one"
        if fault:
            suite.fail(k, fault, case.graph())
    print(f"{len(suite.numbers)} cases agree")


if __name__ == "__main__":
    main()
