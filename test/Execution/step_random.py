#!/usr/bin/env python3
"""Random steps: the compiled code against the reference.

    step_random.py DIRECTORY [--cases N] [--seed S] [--first K]

Draws sampler, schedule, prediction, element type, shape (rank 0 to 6; sizes 0, 1,
odd; some dynamic), constant or variable index, clamp or threshold, eps of an output
of its own. Large ones run
with three threads, too, and must give the same bits. Prints the seed, and on failure the graph and the
command that shows the case again.
"""

import array
import sys

import npy
from random_cases import Suite, type_of
from step_vectors import distance, run

# By element type: how far rounding may take the two apart, for numbers of size 1.
TOLERANCE = {"f16": 2e-3, "bf16": 1.6e-2, "f32": 2e-6, "f64": 1e-13}

GRAPH = """
func.func @run({arguments}) -> ({outers}) {{
  {index}
{narrow}
  %y{second} = whorl.step %x1, %m1 at %i sampler = {sampler}
      schedule = {schedule} prediction = {prediction} {clauses} : {inner}
{widen}
  return {results} : {outers}
}}
"""

CAST = """  %{to}d = {empty}
  %{to} = linalg.generic {{indexing_maps = [{map}, {map}],
      iterator_types = [{loops}]}}
      ins(%{source} : {source_type}) outs(%{to}d : {type}) {{
  ^bb0(%a: {source_element}, %o: {element}):
    %b = arith.{cast} %a : {source_element} to {element}
    linalg.yield %b : {element}
  }} -> {type}"""


class Sampler:
    """A sampler with what whorl.step wants for it, in runs of 5 steps and more."""

    def __init__(self, text, history=0, noise=False, base=False, variance=False,
                 wide=True, calls=1):
        self.text = text
        self.history = history
        self.noise = noise
        self.base = base
        self.variance = variance
        # It takes levels with hardly any signal.
        self.wide = wide
        self.calls = calls


SAMPLERS = [
    Sampler("#whorl.ddim"), Sampler("#whorl.ddim<eta = 0.5>", noise=True),
    Sampler("#whorl.ddim<eta = 1.0>", noise=True), Sampler("#whorl.euler"),
    Sampler("#whorl.ddpm", noise=True),
    Sampler("#whorl.ddpm<variance = large>", noise=True),
    Sampler("#whorl.ddpm<variance = learned>", noise=True, variance=True),
    Sampler("#whorl.renoise", noise=True),
    Sampler("#whorl.lcm", noise=True),
    Sampler("#whorl.reverse_diffusion", noise=True),
    Sampler("#whorl.heun", history=1, wide=False, calls=2),
    Sampler("#whorl.dpm2", history=1, wide=False, calls=2),
    Sampler("#whorl.lms", history=3, wide=False),
    Sampler("#whorl.plms", history=4, wide=False),
    Sampler("#whorl.dpmpp", history=1),
    Sampler("#whorl.dpmpp<order = 3, eta = 0.5>", history=2, noise=True),
    Sampler("#whorl.dpmpp<eta = 1.0, rule = heun>", history=1, noise=True),
    Sampler("#whorl.dpmpp_singlestep<order = 3>", history=2),
    Sampler("#whorl.dpmpp_2s<eta = 1.0>", history=1, noise=True, wide=False,
            calls=2),
    Sampler("#whorl.dpmpp_sde", noise=True, base=True, wide=False, calls=2),
    Sampler("#whorl.unipc", history=2),
    Sampler("#whorl.unipc<order = 3, form = bh1>", history=3),
    Sampler("#whorl.deis<order = 3>", history=2, wide=False),
]
CHURNED = [
    Sampler("#whorl.euler<churn = edm(2.0)>", noise=True),
    Sampler("#whorl.euler<churn = edm_late(2.0)>", noise=True),
    Sampler("#whorl.heun<churn = edm(2.0)>", history=1, noise=True, calls=2),
]


def draw_schedule(rng, sampler):
    simple = sampler.history == 0 and not sampler.base
    steps = rng.choice([1, 2, 5, 18, 50] if simple else [5, 18, 50])
    if sampler in CHURNED:
        return steps, (f"#whorl.ve<sigmas = karras(0.01, 10.0), "
                       f"steps = {steps}>")
    first = ", first = 0.99" if not simple or not sampler.wide else ""
    spacing = rng.choice(["leading", "linspace", "trailing", "continuous"])
    beta = rng.choice(["linear(0.0001, 0.02)", "scaled_linear(0.00085, 0.012)",
                       "sigmoid(0.0001, 0.02)"] + ["cosine"] * sampler.wide)
    state = rng.choice(["preserving", "exploding"])
    return steps, rng.choice([
        f"#whorl.vp<beta = {beta}, steps = {steps}, spacing = {spacing}>",
        f"#whorl.vp<beta = linear(0.0001, 0.02), steps = {steps}, "
        f"sigmas = karras, state = {state}>",
        f"#whorl.ve<sigmas = karras(0.01, 10.0), steps = {steps}>",
        f"#whorl.ve<sigmas = exponential(0.01, 10.0), steps = {steps}>",
        f"#whorl.flow<steps = {steps}, shift = 3.0{first}>",
        f"#whorl.flow<steps = {steps}, times = cosine{first}>",
    ])


class Case:
    """One graph with its inputs."""

    def __init__(self, rng):
        self.element = rng.choice(["f16", "bf16", "f32", "f32", "f64"])
        rank = rng.choice([0, 1, 1, 2, 3, 4, 5, 6])
        limit = {0: 1, 1: 40000, 2: 150, 3: 20}.get(rank, 6)
        self.shape = [rng.choice([1, rng.randint(0, 9), rng.randint(1, limit)])
                      for _ in range(rank)]
        self.dynamic = {i for i in range(rank) if rng.random() < 0.3}
        self.sampler = rng.choice(SAMPLERS + CHURNED)
        self.outputs = ["y", "k"] if self.sampler.history else ["y"]
        self.steps, self.schedule = draw_schedule(rng, self.sampler)
        # A flow starts from noise alone, of which epsilon says nothing; where
        # cosine does, the state would be scaled by 10^4.
        predictions = ["x0", "v", "velocity"]
        if "flow" not in self.schedule and "cosine" not in self.schedule:
            predictions += ["epsilon", "score"]
        self.prediction = rng.choice(predictions)
        # With one step to the data no noise is ever drawn, but by some.
        self.noise = self.sampler.noise and (
            self.steps > 1 or "reverse" in self.sampler.text
            or "late" in self.sampler.text)
        variance = self.sampler.variance and self.steps > 1
        calls = self.steps * self.sampler.calls
        self.index = rng.randint(-2, calls + 1)
        self.is_constant = rng.random() < 0.3
        self.hook = rng.choice([""] * 4 + ["clamp"] + ["threshold"] * (rank > 0))
        names = (["x", "m"] + ["z"] * self.noise
                 + [f"h{k}" for k in range(self.sampler.history)]
                 + ["b"] * self.sampler.base + ["v"] * variance)
        if rng.random() < 0.3:
            names.append("u")
        kind = "d" if self.element == "f64" else "f"
        self.values = {
            name: array.array(kind, (rng.gauss(0, 1) for _ in
                                     range(npy.count(self.shape))))
            for name in names}
        if self.hook == "threshold":
            self.limits = array.array(kind, (rng.uniform(1.0, 1.5)
                                             for _ in range(self.shape[0])))

    def clauses(self, inner):
        """What stands after the prediction."""
        result = []
        if self.hook == "clamp":
            result.append("clamp(0.75)")
        if self.hook == "threshold":
            result.append(f"threshold(%s : {self.threshold_type()})")
        if "z" in self.values:
            result.append(f"noise(%z1 : {inner})")
        if self.sampler.history:
            names = [f"%h{k}1" for k in range(self.sampler.history)]
            result.append("history({} : {})".format(
                ", ".join(names), ", ".join([inner] * len(names))))
        if "b" in self.values:
            result.append(f"base(%b1 : {inner})")
        if "v" in self.values:
            result.append(f"variance(%v1 : {inner})")
        if "u" in self.values:
            result.append(f"renoise(%u1 : {inner})")
        return " ".join(result)

    def threshold_type(self):
        dynamic = self.dynamic & {0}
        outer = "f64" if self.element == "f64" else "f32"
        return type_of(self.shape[:1], dynamic, outer)

    def cast(self, source, to, source_element, element, cast):
        rank = len(self.shape)
        dims = ", ".join(f"d{i}" for i in range(rank))
        sizes, code = [], ""
        for i in sorted(self.dynamic):
            code += (f"  %{to}c{i} = arith.constant {i} : index\n"
                     f"  %{to}s{i} = tensor.dim %{source}, %{to}c{i} : "
                     f"{type_of(self.shape, self.dynamic, source_element)}\n")
            sizes.append(f"%{to}s{i}")
        kind = type_of(self.shape, self.dynamic, element)
        return code + CAST.format(
            to=to, source=source, map=f"affine_map<({dims}) -> ({dims})>",
            loops=", ".join(['"parallel"'] * rank), type=kind, cast=cast,
            source_type=type_of(self.shape, self.dynamic, source_element),
            source_element=source_element, element=element,
            empty=f"tensor.empty({', '.join(sizes)}) : {kind}")

    def graph(self):
        outer = "f64" if self.element == "f64" else "f32"
        is_cast = self.element != outer
        kind = type_of(self.shape, self.dynamic, outer)
        inner = type_of(self.shape, self.dynamic, self.element)
        results = ["y", "k"] if self.sampler.history else ["y"]
        narrow, widen = "", ""
        if is_cast:
            narrow = "\n".join(self.cast(name, f"{name}1", outer, self.element,
                                         "truncf") for name in self.values)
            widen = "\n".join(self.cast(name, f"{name}r", self.element, outer,
                                        "extf") for name in results)
        arguments = [f"%{name}: {kind}" for name in self.values]
        if self.hook == "threshold":
            arguments.append(f"%s: {self.threshold_type()}")
        if not self.is_constant:
            arguments.append("%j: tensor<i64>")
        text = GRAPH.format(
            arguments=", ".join(arguments), second=", %k" * (len(results) - 1),
            outers=", ".join([kind] * len(results)), inner=inner,
            index=f"%i = arith.constant {self.index} : index"
            if self.is_constant else
            "%l = tensor.extract %j[] : tensor<i64>\n"
            "  %i = arith.index_cast %l : i64 to index",
            narrow=narrow, widen=widen, schedule=self.schedule,
            sampler=self.sampler.text, prediction=self.prediction,
            clauses=self.clauses(inner),
            results=", ".join(f"%{name}r" for name in results))
        if not is_cast:
            for name in self.values:
                text = text.replace(f"%{name}1", f"%{name}")
            for name in results:
                text = text.replace(f"%{name}r", f"%{name}")
        return text

    def inputs(self):
        result = [(name, (self.shape, values))
                  for name, values in self.values.items()]
        if self.hook == "threshold":
            result.append(("s", (self.shape[:1], self.limits)))
        if not self.is_constant:
            result.append(("i", ((), array.array("q", [self.index]))))
        return result


def difference(result, expected):
    """The largest difference, relative to the largest number, but at least 1."""
    if len(result) == 0 or len(expected) == 0:
        return 0.0 if len(result) == len(expected) else float("inf")
    largest = max(map(abs, expected))
    return distance(result, expected) * largest / max(1.0, largest)


def check_cases(suite, name, draw, tolerance):
    """The cases of `draw`, compiled, against the reference; large ones with three
    threads, too."""
    worst = {}
    for k, rng in suite.generators():
        case = draw(rng)

        def execute(reference, threads=1):
            return run(suite.directory, f"{name}{k}", case.graph(),
                       case.inputs(), case.outputs, reference, threads)
        results, expected = execute(False), execute(True)
        if npy.count(case.shape) > 16384:  # runs in parallel
            again = execute(False, threads=3)
            if [a.tobytes() for a in again] != [r.tobytes() for r in results]:
                sys.exit(f"case {k}: three threads compute other bits than one")
        error = max(difference(*pair) for pair in zip(results, expected))
        worst[case.element] = max(worst.get(case.element, 0.0), error)
        if not error <= tolerance[case.element]:
            suite.fail(k, f"error {error:.1e} of {case.element}, shape "
                       f"{case.shape}", case.graph())
    report(worst)


def report(worst):
    for element, error in sorted(worst.items()):
        print(f"{element}: largest error {error:.1e}")


def main():
    check_cases(Suite(__doc__, cases=40), "case", Case, TOLERANCE)


if __name__ == "__main__":
    main()
