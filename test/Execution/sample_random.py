#!/usr/bin/env python3
"""Random guidance, added noise and preconditioning: compiled against reference.

    sample_random.py DIRECTORY [--cases N] [--seed S] [--first K]

Draws op, rule, element type, shape (rank 1 to 5; sizes 0, 1, odd; some dynamic),
scalars as numbers, values or one for each sample. Large ones run with three
threads, too, and must give the same bits. Prints the seed, and on failure the graph
and the command that shows the case again.
"""

import array

import npy
from random_cases import Suite, type_of
from step_random import check_cases

# By element type: how far rounding may take the two apart, for numbers of size 1.
TOLERANCE = {"bf16": 3.2e-2, "f16": 4e-3, "f32": 4e-6, "f64": 1e-12}

GRAPH = """
func.func @run({arguments}) -> ({results}) {{
{before}
  {names} = {op} : {inner}
{after}
  return {returned} : {results}
}}
"""

CAST = """  %{to} = arith.{cast} %{source} : {source_type} to {type}"""

GUIDANCE = ["#whorl.cfg", "#whorl.cfg<rescale = 0.7>",
            "#whorl.cfg<rescale = 0.5, steps = 10, start = 0.2, stop = 0.8>",
            "#whorl.apg", "#whorl.apg<eta = 0.5, cap = 2.5>",
            "#whorl.apg<momentum = -0.5, cap = 1.5, base = conditional>",
            "#whorl.cfg_zero", "#whorl.cfg_zero<zero_steps = 2>"]
SCALINGS = ["#whorl.edm_scaling", "#whorl.edm_scaling<sigma_data = 1.0>",
            "#whorl.vp_scaling", "#whorl.ve_scaling", "#whorl.iddpm_scaling"]
# With the range of times.
SCHEDULES = [
    ("#whorl.vp<beta = linear(0.0001, 0.02), steps = 10>", 0, 1100),
    ("#whorl.vp<beta = scaled_linear(0.00085, 0.012), steps = 10,"
     " state = exploding>", 0, 999),
    ("#whorl.ve<sigmas = karras(0.01, 10.0), steps = 10>", 0.1, 5),
    ("#whorl.flow<steps = 10, time_scale = 1000.0>", 10, 990)]


class Case:
    """One graph with its inputs."""

    def __init__(self, rng):
        self.rng = rng
        self.element = rng.choice(["f16", "bf16", "f32", "f32", "f64"])
        self.outer = "f64" if self.element == "f64" else "f32"
        self.code = "d" if self.element == "f64" else "f"
        rank = rng.choice([1, 2, 2, 3, 4, 5])
        limit = {1: 4000, 2: 200, 3: 30}.get(rank, 6)
        self.shape = [rng.choice([1, rng.randint(0, 9), rng.randint(1, limit)])
                      for _ in range(rank)]
        # Sizes behind a cast of whole tensors cannot be compared at the entry.
        self.dynamic = {i for i in range(rank) if rng.random() < 0.3
                        and self.element == self.outer}
        self.elements, self.others = {}, []
        self.outputs = ["y"]
        draw = rng.choice([self.draw_guidance, self.draw_guidance,
                           self.draw_add_noise, self.draw_precondition])
        self.text = draw()

    def type(self, element):
        return type_of(self.shape, self.dynamic, element)

    def draw_element(self, name):
        self.elements[name] = array.array(self.code, (
            self.rng.gauss(0, 1) for _ in range(npy.count(self.shape))))
        return f"%{name}i"

    def draw_scalar(self, name, low, high):
        """A number, a value, or one for each sample."""
        form = self.rng.choice(["number", "value", "samples"])
        if form == "number":
            return repr(float(self.rng.uniform(low, high)))
        shape = [] if form == "value" else self.shape[:1]
        kind = self.rng.choice(["f32", "f64"])
        values = array.array("f" if kind == "f32" else "d", (
            self.rng.uniform(low, high) for _ in range(npy.count(shape))))
        dynamic = self.dynamic if form == "samples" else set()
        held = type_of(shape, dynamic & {0}, kind)
        self.others.append((name, held, (tuple(shape), values)))
        if form == "value":
            return f"%{name}s : {kind}"
        return f"%{name} : {held}"

    def draw_guidance(self):
        rule = self.rng.choice(GUIDANCE)
        operands = f"{self.draw_element('u')}, {self.draw_element('c')}"
        index = momentum = ""
        if "steps" in rule:
            self.others.append(("i", "tensor<i64>", (
                (), array.array("q", [self.rng.randint(0, 10)]))))
            index = "at(%is)"
        if "momentum" in rule:
            momentum = (f"momentum({self.draw_element('d')} : "
                        f"{self.type(self.element)})")
            self.outputs.append("z")
        return (f"whorl.guidance {operands} rule = {rule} scale("
                f"{self.draw_scalar('w', 1, 3)}) {index} "
                f"{momentum}")

    def draw_add_noise(self):
        schedule, low, high = self.rng.choice(SCHEDULES)
        operands = f"{self.draw_element('u')}, {self.draw_element('c')}"
        target = self.rng.choice(["", "v", "velocity"])
        if target:
            self.outputs.append("z")
            target = f"target = {target}"
        return (f"whorl.add_noise {operands} schedule = {schedule} at("
                f"{self.draw_scalar('t', low, high)}) "
                f"{target}")

    def draw_precondition(self):
        state = self.draw_element("u")
        output = ""
        if self.rng.random() < 0.5:
            output = f"output({self.draw_element('c')} : " \
                     f"{self.type(self.element)})"
        return (f"whorl.precondition {state} rule = "
                f"{self.rng.choice(SCALINGS)} sigma("
                f"{self.draw_scalar('s', 0.1, 3)}) {output}")

    def graph(self):
        inner, outer = self.type(self.element), self.type(self.outer)
        before, after, returned = [], [], []
        is_cast = self.element != self.outer
        for name in self.elements:
            if is_cast:
                before.append(CAST.format(to=f"{name}i", cast="truncf",
                                          source=name, source_type=outer,
                                          type=inner))
        for name, held, (shape, _) in self.others:
            if not shape:
                before.append(f"  %{name}v = tensor.extract %{name}[] : {held}")
                if name == "i":
                    before.append("  %is = arith.index_cast %iv : i64 to index")
        for name in self.outputs:
            returned.append(f"%{name}o" if is_cast else f"%{name}")
            if is_cast:
                after.append(CAST.format(to=f"{name}o", cast="extf", source=name,
                                         source_type=inner, type=outer))
        text = self.text
        for name, held, (shape, _) in self.others:
            if not shape and name != "i":
                text = text.replace(f"%{name}s", f"%{name}v")
        if not is_cast:
            for name in self.elements:
                text = text.replace(f"%{name}i", f"%{name}")
        arguments = [f"%{name}: {outer}" for name in self.elements] + [
            f"%{name}: {held}" for name, held, _ in self.others]
        return GRAPH.format(
            arguments=", ".join(arguments), before="\n".join(before),
            names=", ".join(f"%{name}" for name in self.outputs), op=text,
            inner=inner, after="\n".join(after), returned=", ".join(returned),
            results=", ".join([outer] * len(self.outputs)))

    def inputs(self):
        return [(name, (tuple(self.shape), values))
                for name, values in self.elements.items()] + [
            (name, tensor) for name, _, tensor in self.others]


def main():
    check_cases(Suite(__doc__, cases=40), "sample", Case, TOLERANCE)


if __name__ == "__main__":
    main()
