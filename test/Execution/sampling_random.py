#!/usr/bin/env python3
"""whorl.sample against the loop of whorl.step that one would write, bit for bit.

    sampling_random.py DIRECTORY [--cases N] [--seed S] [--first K]

Draws sampler, schedule, prediction, element type, shape (odd, some dynamic), clamp,
guidance with two calls or a batched one, noise from a key or given. Each run is made
by whorl.sample as a loop and unrolled, by a loop of steps written out by hand, and by
the reference. The two loops must give the same bits. Unrolled, coefficients of 0 and
1 are known, so that LLVM may fuse other products with a sum: it is as near to the
loop as the reference is.
"""

import array
import sys

import npy
from random_cases import Suite, type_of
from step_random import CHURNED, SAMPLERS, difference, report
from step_vectors import run

TOLERANCE = {"bf16": 0.2, "f32": 2e-4, "f64": 1e-10}

# A model that is not linear, and that all of time, state and condition enter.
MODEL = """
func.func private @model(%x: {type}, %t: f32, %c: f32) -> {type} {{
  %e = tensor.empty({sizes}) : {type}
  %one = arith.constant 1.0 : f32
  %half = arith.constant 0.5 : f32
  %s = arith.divf %one, %t : f32
  %u = arith.addf %t, %one : f32
  %v = arith.divf %t, %u : f32
  %r = linalg.generic {{indexing_maps = [{map}, {map}], iterator_types = [{loops}]}}
      ins(%x : {type}) outs(%e : {type}) {{
  ^bb0(%a: {element}, %o: {element}):
    {widen}
    %q = arith.mulf %w, %w : f32
    %p = arith.addf %q, %one : f32
    %d = arith.divf %w, %p : f32
    %f = arith.mulf %d, %c : f32
    %g = arith.addf %f, %v : f32
    %h = arith.mulf %g, %half : f32
    {narrow}
    linalg.yield %n : {element}
  }} -> {type}
  return %r : {type}
}}
"""

SAMPLE = """
func.func @run({arguments}) -> {type} {{
{prologue}
  %y = whorl.sample %x sampler = {sampler} schedule = {schedule}
      prediction = {prediction} {clauses} {{
    ^bb0(%s: {model}, %t: f32):
{body}
      whorl.yield {yields} : {types}
  }} : {type}
  return %y : {type}
}}
"""

LOOP = """
func.func @run({arguments}) -> {type} {{
{prologue}
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant {calls} : index
  %f0 = arith.constant 0.0 : {element}
  %empty = tensor.empty({sizes}) : {type}
  %zero = linalg.fill ins(%f0 : {element}) outs(%empty : {type}) -> {type}
  %r:{count} = scf.for %i = %c0 to %n step %c1 iter_args({iter_args})
      -> ({carried_types}) {{
    %t = whorl.schedule_value time of {schedule} sampler = {sampler} at %i : f32
{body}
    %next{second} = whorl.step %s, %g at %i sampler = {sampler}
        schedule = {schedule} prediction = {prediction} {clauses} : {type}
    scf.yield {carried} : {carried_types}
  }}
  return %r#0 : {type}
}}
"""


class Case:
    """One run with its inputs."""

    def __init__(self, rng):
        self.rng = rng
        self.element = rng.choice(["bf16", "f32", "f32", "f64"])
        # The base needs a loop that knows where a step begins: see below.
        self.sampler = rng.choice([s for s in SAMPLERS + CHURNED
                                   if not s.base and not s.variance])
        rank = rng.choice([1, 2, 3])
        self.shape = [rng.randint(1, 9)] + [rng.randint(1, 13)
                                            for _ in range(rank - 1)]
        self.dynamic = {i for i in range(rank) if rng.random() < 0.3}
        self.steps = rng.choice([1, 2, 4, 7] if not self.sampler.history
                                else [5, 7])
        self.draw_schedule()
        # With one step to the data no noise is ever drawn, but by some.
        self.noise = ""
        if self.sampler.noise and (self.steps > 1
                                   or "reverse" in self.sampler.text
                                   or "late" in self.sampler.text):
            self.noise = rng.choice(["key", "noise"])
        self.guidance = rng.choice([None, None, "#whorl.cfg",
                                    "#whorl.cfg<rescale = 0.7>",
                                    "#whorl.apg<momentum = -0.5, cap = 2.5>"])
        self.batched = self.guidance and rng.random() < 0.5
        self.renoise = self.guidance and rng.random() < 0.3
        self.clamp = rng.random() < 0.3
        self.index = "at(%i)" if self.guidance and "steps" in self.guidance \
            else ""

    def draw_schedule(self):
        rng, steps = self.rng, self.steps
        if self.sampler in CHURNED:
            self.schedule = (f"#whorl.ve<sigmas = karras(0.1, 5.0), "
                             f"steps = {steps}>")
        else:
            self.schedule = rng.choice([
                f"#whorl.vp<beta = linear(0.0001, 0.02), steps = {steps}, "
                "sigmas = karras>",
                f"#whorl.ve<sigmas = exponential(0.1, 5.0), steps = {steps}>",
                f"#whorl.flow<steps = {steps}, shift = 3.0, first = 0.95>"])
        self.prediction = rng.choice(["x0", "v", "velocity"])

    def num_calls(self):
        if "plms" in self.sampler.text:
            return self.steps + 1
        return self.steps * self.sampler.calls - (self.sampler.calls - 1)

    def names(self):
        rank = len(self.shape)
        dims = ", ".join(f"d{i}" for i in range(rank))
        kind = type_of(self.shape, self.dynamic, self.element)
        doubled = list(self.shape)
        doubled[0] *= 2
        model = type_of(doubled if self.batched else self.shape, self.dynamic,
                        self.element)
        wide = {"f32": ("%w = arith.addf %a, %zero : f32",
                        "%n = arith.addf %h, %zero : f32"),
                "bf16": ("%w = arith.extf %a : bf16 to f32",
                         "%n = arith.truncf %h : f32 to bf16"),
                "f64": ("%w = arith.truncf %a : f64 to f32",
                        "%n = arith.extf %h : f32 to f64")}[self.element]
        if self.element == "f32":
            wide = ("%w = arith.maximumf %a, %a : f32",
                    "%n = arith.maximumf %h, %h : f32")
        return {"type": kind, "model": model, "element": self.element,
                "map": f"affine_map<({dims}) -> ({dims})>", "widen": wide[0],
                "narrow": wide[1], "loops": ", ".join(['"parallel"'] * rank),
                "schedule": self.schedule, "sampler": self.sampler.text,
                "prediction": self.prediction}

    def call(self, result, state, condition, kind):
        return (f"    %{result} = func.call @model(%{state}, %t, %{condition})"
                f" : ({kind}, f32, f32) -> {kind}\n")

    def sizes_of(self, tensor, kind, prefix):
        """Code for the dynamic sizes, and their names."""
        code, sizes = "", []
        for i in sorted(self.dynamic):
            code += (f"  %{prefix}c{i} = arith.constant {i} : index\n"
                     f"  %{prefix}{i} = tensor.dim %{tensor}, %{prefix}c{i} : "
                     f"{kind}\n")
            sizes.append(f"%{prefix}{i}")
        return code, ", ".join(sizes)

    def prologue(self):
        return ("  %low = arith.constant 0.25 : f32\n"
                "  %high = arith.constant 1.0 : f32\n"
                "  %seed = arith.constant 12345 : i64\n")

    def arguments(self, names):
        result = [f"%x: {names['type']}"]
        if self.noise == "noise":
            result.append(f"%z: {self.noise_type()}")
        return ", ".join(result)

    def noise_type(self):
        dynamic = {i + 1 for i in self.dynamic}
        return type_of([self.num_calls()] + self.shape, dynamic, self.element)

    def model(self, names):
        kind = names["model"]
        code, sizes = self.sizes_of("x", kind, "m")
        text = MODEL.format(**{**names, "type": kind, "sizes": sizes})
        return text.replace("  %e = ", code + "  %e = ", 1)

    def sample(self, unroll):
        names = self.names()
        clauses = ["clamp(1.25)"] if self.clamp else []
        if self.guidance:
            clauses.append(f"guidance = {self.guidance} scale(1.5)")
        if self.batched:
            clauses.append("batched")
        if self.renoise:
            clauses.append("renoise")
        if self.noise == "key":
            clauses.append("key(%seed : i64)")
        if self.noise == "noise":
            clauses.append(f"noise(%z : {self.noise_type()})")
        if unroll:
            clauses.append("unroll")
        body = self.call("m", "s", "high", names["model"])
        yields, count = "%m", 1
        if self.guidance and not self.batched:
            body = (self.call("u", "s", "low", names["model"])
                    + self.call("m", "s", "high", names["model"]))
            yields, count = "%u, %m", 2
        return self.model(names) + SAMPLE.format(
            arguments=self.arguments(names), prologue=self.prologue(),
            clauses=" ".join(clauses), body=body, yields=yields,
            types=", ".join([names["model"]] * count), **names)

    def loop_body(self, names):
        kind = names["type"]
        if not self.guidance:
            return self.call("g", "s", "high", kind)
        if self.batched:
            model = names["model"]
            rank = len(self.shape)
            sizes = [f"%k{i}" if i in self.dynamic else str(size)
                     for i, size in enumerate(self.shape)]
            zeros = ", ".join(["0"] * rank)
            second = ", ".join([sizes[0]] + ["0"] * (rank - 1))
            ones = ", ".join(["1"] * rank)
            code = (f"    %both = tensor.concat dim(0) %s, %s : ({kind}, {kind})"
                    f" -> {model}\n" + self.call("m2", "both", "high", model))
            for name, at in (("u", zeros), ("c", second)):
                code += (f"    %{name} = tensor.extract_slice %m2[{at}] "
                         f"[{', '.join(sizes)}] [{ones}] : {model} to {kind}\n")
        else:
            code = (self.call("u", "s", "low", kind)
                    + self.call("c", "s", "high", kind))
        momentum = "momentum" in self.guidance
        code += (f"    %g{', %d' if momentum else ''} = whorl.guidance %u, %c "
                 f"rule = {self.guidance} scale(1.5) "
                 + (f"momentum(%q : {kind})" if momentum else "")
                 + f" : {kind}\n")
        return code

    def loop(self):
        """The same, with nothing but steps."""
        names = self.names()
        kind = names["type"]
        code, sizes = self.sizes_of("x", kind, "k")
        body = self.loop_body(names)
        clauses = ["clamp(1.25)"] if self.clamp else []
        if self.noise == "key":
            body += ("    %stream = arith.index_cast %i : index to i64\n"
                     "    %z = whorl.random distribution = #whorl.normal "
                     "generator = #whorl.philox key(%seed : i64) "
                     f"stream(%stream)"
                     + (f" sizes({sizes})" if sizes else "") + f" : {kind}\n")
            clauses.append(f"noise(%z : {kind})")
        if self.noise == "noise":
            at = ", ".join(["%i"] + ["0"] * len(self.shape))
            cut = ", ".join(["1"] + [
                f"%k{i}" if i in self.dynamic else str(size)
                for i, size in enumerate(self.shape)])
            ones = ", ".join(["1"] * (len(self.shape) + 1))
            body += (f"    %zi = tensor.extract_slice %z[{at}] [{cut}] [{ones}]"
                     f" : {self.noise_type()} to {kind}\n")
            clauses.append(f"noise(%zi : {kind})")
        length = self.sampler.history
        history = [f"%h{k}" for k in range(length)]
        if length:
            clauses.append(f"history({', '.join(history)} : "
                           f"{', '.join([kind] * length)})")
        if self.renoise:
            clauses.append(f"renoise(%u : {kind})")
        iter_args = ["%s = %x"] + [f"{name} = %zero" for name in history]
        carried = ["%next"] + (["%kept"] + history[:-1] if length else [])
        if self.guidance and "momentum" in self.guidance:
            iter_args.append("%q = %zero")
            carried.append("%d")
        return self.model(names) + LOOP.format(
            arguments=self.arguments(names), prologue=self.prologue() + code,
            calls=self.num_calls(), sizes=sizes, iter_args=", ".join(iter_args),
            carried=", ".join(carried), count=len(carried),
            carried_types=", ".join([kind] * len(carried)), body=body,
            second=", %kept" if length else "", clauses=" ".join(clauses),
            **names)

    def inputs(self):
        shapes = {"x": self.shape}
        if self.noise == "noise":
            shapes["z"] = [self.num_calls()] + self.shape
        result = []
        for name, shape in shapes.items():
            values = [self.rng.gauss(0, 1) for _ in range(npy.count(shape))]
            result.append((name, (tuple(shape), values)))
        return result


def with_casts(case, graph):
    """bf16 runs between f32 inputs and outputs: files hold no bf16 here."""
    if case.element != "bf16":
        return graph
    names = case.names()
    wide = type_of(case.shape, case.dynamic, "f32")
    narrow = names["type"]
    arguments, code = [f"%x32: {wide}"], ""
    code += f"  %x = arith.truncf %x32 : {wide} to {narrow}\n"
    if case.noise == "noise":
        kind = case.noise_type()
        arguments.append(f"%z32: {kind.replace('bf16', 'f32')}")
        code += (f"  %z = arith.truncf %z32 : {kind.replace('bf16', 'f32')} to "
                 f"{kind}\n")
    head, tail = graph.split("func.func @run(", 1)
    tail = tail.split(") -> ", 1)[1]
    body = tail.split(" {\n", 1)[1]
    end = body.rindex("  return ")
    value = body[end:].split()[1]
    body = body[:end] + (f"  %out = arith.extf {value} : {narrow} to {wide}\n"
                         f"  return %out : {wide}\n}}\n")
    return (f"{head}func.func @run({', '.join(arguments)}) -> {wide} {{\n"
            + code + body)


def main():
    suite = Suite(__doc__, cases=25)
    worst = {}
    for k, rng in suite.generators():
        case = Case(rng)
        code = "d" if case.element == "f64" else "f"
        inputs = [(name, (shape, array.array(code, values)))
                  for name, (shape, values) in case.inputs()]

        def execute(name, graph, reference=False):
            return run(suite.directory, f"sampling{k}-{name}",
                       with_casts(case, graph), inputs, ["y"], reference)[0]
        by_hand = execute("hand", case.loop())
        if execute("loop", case.sample(False)).tobytes() != by_hand.tobytes():
            sys.exit(f"case {k}: the bits differ from the loop of steps; "
                     f"{suite.again(k)}")
        for name, unroll in (("reference", False), ("unrolled", True)):
            other = execute(name, case.sample(unroll), reference=not unroll)
            error = difference(by_hand, other)
            worst[case.element] = max(worst.get(case.element, 0.0), error)
            if not error <= TOLERANCE[case.element]:
                sys.exit(f"case {k}: {error:.1e} from the {name} run, "
                         f"{case.element}; {suite.again(k)}")
    report(worst)


if __name__ == "__main__":
    main()
