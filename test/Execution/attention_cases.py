"""Random attention graphs: the source of the differential suite.

A *variant* is one public function with dynamic sizes; a *case* is a variant with
concrete inputs. Everything is drawn from one random.Random, so that a seed and a
number name a case for good.
"""

import random

DTYPES = ["f32", "f32", "f32", "f16", "bf16", "f64"]
ROPES = [
    "#whorl.rope",
    "#whorl.rope<pairing = interleaved>",
    "#whorl.rope<theta = 5.0e+05>",
    "#whorl.rope<rotary_dim = {half}>",
    "#whorl.rope<pairing = interleaved, rotary_dim = {half}>",
    "#whorl.rope<rotary_dim = {half}, rotary_start = {half}>",
    "#whorl.rope<scaling = #whorl.position_interpolation<factor = 3.0>>",
    "#whorl.rope<scaling = #whorl.yarn<factor = 4.0, original_context = 64>>",
    "#whorl.rope<scaling = #whorl.dynamic_ntk<factor = 2.0, "
    "original_context = 16>, theta = 100.0, multiplier = 0.5>",
    "#whorl.rope<scaling = #whorl.llama3<original_context = 64>, "
    "pairing = interleaved>",
    "#whorl.rope<scaling = #whorl.xpos<scale_base = 2048.0>>",
    "#whorl.rope<sections = [{quarter}, {quarter}]>",
    "#whorl.rope<sections = [{quarter}, {quarter}], pairing = interleaved, "
    "section_order = interleaved, section_frequencies = strided>",
    "#whorl.rope<sections = [{quarter}, 0, {quarter}], "
    "section_frequencies = own>",
    "#whorl.rope_cache",
    "#whorl.rope_cache<pairing = interleaved, rotary_dim = {half}>",
]


class Argument:
    """A function argument: its type, and how to draw an input for a shape."""

    def __init__(self, name, dims, dtype, spec):
        self.name = name
        self.dims = dims  # symbolic sizes: numbers or names of Variant.sizes
        self.dtype = dtype
        self.spec = spec  # "random", "randint:HIGH" with HIGH a size or number

    def type(self, static):
        dims = "".join(f"{d if isinstance(d, int) else static.get(d, '?')}x"
                       for d in self.dims)
        return f"tensor<{dims}{self.dtype}>"

    def input(self, sizes, seed):
        shape = "".join(f"{d if isinstance(d, int) else sizes[d]}x"
                        for d in self.dims)
        if self.spec == "random":
            return f"random:{shape}{self.dtype}:{seed}"
        high = self.spec.split(":")[1]
        high = sizes[high] if high in sizes else int(high)
        return f"randint:{shape}{self.dtype}:{max(high, 1)}:{seed}"


class Renamed:
    """A value computed from an argument of the same type."""

    def __init__(self, name, argument):
        self.name = name
        self.argument = argument


class Scalar:
    """A scalar argument."""

    def __init__(self, name, dtype, draw):
        self.name = name
        self.dtype = dtype
        self.draw = draw

    def type(self, static):
        return self.dtype

    def input(self, sizes, seed):
        return f"scalar:{self.draw(random.Random(seed))}"


class Variant:
    """One function, and the sizes that its inputs may take."""

    def __init__(self, rng, name, dtype=None):
        self.rng = rng
        self.name = name
        self.arguments = []
        self.clauses = []
        self.prelude = []  # ops before the attention
        drawn = rng.choice(DTYPES)
        self.dtype = dtype or drawn
        self.score = "f64" if self.dtype == "f64" else "f32"
        self.key_heads = rng.choice([1, 1, 2, 3])
        self.heads = self.key_heads * rng.choice([1, 1, 2, 4])
        self.dim = rng.choice([1, 2, 4, 5, 8, 16, 20, 24, 32, 40, 64, 72])
        self.value_dim = rng.choice([self.dim, self.dim, 1, 3, 7, 16, 33])
        self.layout = rng.choice(["bhnd", "bhnd", "bnhd"])
        self.static = {}
        self.lse = rng.random() < 0.4
        self.scale = self.dim ** -0.5
        self.is_rotated = False
        if self.chance(0.25):
            self.decode()
        self.build()

    def decode(self):
        """Shapes for which features lie along the lanes."""
        self.static["Nq"] = self.rng.choice([1, 1, 2, 3, 5])
        self.dim = self.rng.choice([8, 16, 24, 32, 64, 72])
        self.value_dim = self.rng.choice([self.dim, 8, 16, 40])

    def add(self, name, dims, dtype, spec="random"):
        self.arguments.append(Argument(name, dims, dtype, spec))
        return self.arguments[-1]

    def chance(self, probability):
        return self.rng.random() < probability

    def build(self):
        order = ((lambda h, n, d: ["B", h, n, d]) if self.layout == "bhnd" else
                 (lambda h, n, d: ["B", n, h, d]))
        self.add("q", order(self.heads, "Nq", self.dim), self.dtype)
        self.add("k", order(self.key_heads, "Nk", self.dim), self.dtype)
        self.add("v", order(self.key_heads, "Nk", self.value_dim), self.dtype)
        for build in (self.build_scalars, self.build_offset, self.build_position,
                      self.build_mask, self.build_bias, self.build_score):
            build()
        if self.layout != "bhnd":
            self.clauses.append("layout bnhd")
        self.rng.shuffle(self.clauses)
        if self.chance(0.3):
            for size in ("B", "Nq", "Nk"):
                if self.chance(0.6) and size not in self.static:
                    self.static[size] = self.draw_sizes()[size]

    def build_scalars(self):
        if self.chance(0.2):
            self.scale = self.rng.uniform(0.05, 1.0)
            self.clauses.append(f"scale({self.scale:.3f})")
        elif self.chance(0.15):
            self.arguments.append(
                Scalar("scale", "f32", lambda r: round(r.uniform(0.05, 1), 3)))
            self.scale = 1.0  # at most
            self.clauses.append("scale(%scale : f32)")
        if self.chance(0.2):
            self.clauses.append(f"softcap({self.rng.uniform(0.5, 30.0):.3f})")
        elif self.chance(0.1):
            self.arguments.append(
                Scalar("cap", "f32", lambda r: round(r.uniform(0.5, 30), 3)))
            self.clauses.append("softcap(%cap : f32)")

    def build_offset(self):
        kind = self.rng.choice(["none"] * 4 + ["constant", "index", "batch"])
        if kind == "constant":
            self.clauses.append(f"offset({self.rng.randint(-5, 40)})")
        elif kind == "index":
            self.arguments.append(
                Scalar("offset", "index", lambda r: r.randint(-3, 50)))
            self.clauses.append("offset(%offset : index)")
        elif kind == "batch":
            offset = self.add("offset", ["B"], self.rng.choice(["i32", "i64"]),
                              "randint:9")
            self.clauses.append(f"offset(%offset : {{{offset.name}}})")

    def draw_rope(self):
        """A rotary encoding, the arguments that it takes, and its axes."""
        rope = self.rng.choice(ROPES).format(half=self.dim // 2,
                                             quarter=self.dim // 4)
        self.is_rotated = True
        operands = []
        if "cache" in rope:
            pairs = self.dim // (4 if "rotary_dim" in rope else 2)
            dims = self.rng.choice([[], ["B"]]) + [self.rng.randint(1, 70),
                                                   pairs]
            operands = [self.add(name, dims, self.dtype)
                        for name in ("cos", "sin")]
        axes = rope.split("sections = [")[1].split("]")[0].count(",") + 1 \
            if "sections" in rope else 1
        return rope, operands, axes

    def draw_alibi(self):
        kind = self.rng.choice(["", "<symmetric = true>", "<slopes = true>"])
        operands = []
        if "slopes" in kind:
            # A score of slope times distance loses in f32 what it is large by:
            # slopes are at most 0.1.
            slopes = self.add("slopes", [self.heads], self.score)
            type = f"tensor<{self.heads}x{self.score}>"
            self.prelude += [
                f"%tenth = arith.constant dense<0.05> : {type}",
                f"%small = arith.mulf %slopes, %tenth : {type}"]
            operands.append(Renamed("small", slopes))
        return f"#whorl.alibi{kind}", operands, 1

    def build_position(self):
        encodings = []
        if self.chance(0.4) and self.dim % 4 == 0:
            encodings.append(self.draw_rope())
        if self.chance(0.3):
            encodings.append(self.draw_alibi())
        if not encodings:
            return
        self.rng.shuffle(encodings)
        operands = [o for encoding in encodings for o in encoding[1]]
        clause = f"position [{', '.join(e[0] for e in encodings)}]"
        if operands:
            clause += self.operands(operands)
        self.clauses.append(clause)
        axes = max(e[2] for e in encodings)
        if axes > 1 or self.chance(0.4):
            dtype = self.rng.choice(["i32", "i64"])
            lead = ([axes, "B"] if axes > 1
                    else self.rng.choice([[], ["B"]]))
            far = "randint:300" if operands else "randint:1000"
            ids = [self.add("pq", lead + ["Nq"], dtype, far),
                   self.add("pk", lead + ["Nk"], dtype, far)]
            self.clauses.append("positions" + self.operands(ids))

    def operands(self, arguments):
        names = ", ".join(f"%{a.name}" for a in arguments)
        originals = [getattr(a, "argument", a) for a in arguments]
        return f"({names} : {', '.join('{' + a.name + '}' for a in originals)})"

    def draw_mask(self, depth, operands):
        """An attribute, and the arguments that it takes, appended in order."""
        kinds = ["causal", "window", "prefix", "block", "affine", "symbol",
                 "lengths", "documents", "boolean"]
        if depth < 2:
            kinds += ["and", "or", "not"]
        kind = self.rng.choice(kinds)
        tag = len(self.arguments)
        if kind == "causal":
            return "#whorl.causal"
        if kind == "window":
            left, right = self.rng.randint(-1, 20), self.rng.randint(-1, 5)
            return f"#whorl.sliding_window<left = {left}, right = {right}>"
        if kind == "prefix":
            return f"#whorl.prefix_lm<length = {self.rng.randint(0, 12)}>"
        if kind == "block":
            return f"#whorl.block_causal<{self.rng.randint(1, 9)}>"
        if kind == "affine":
            return self.rng.choice([
                '#whorl.mask<"(i, j) : (i - j >= 0, (i - j) mod 3 == 0)">',
                '#whorl.mask<"(i, j) : (i + j - 7 >= 0)">',
                '#whorl.mask<"(i, j) : (i floordiv 4 - j floordiv 4 == 0)">',
                '#whorl.mask<"(i, j) : (2 * i - 3 * j + 5 >= 0)">'])
        if kind == "symbol":
            scalar = Scalar(f"n{tag}", "index", lambda r: r.randint(0, 30))
            self.arguments.append(scalar)
            operands.append(scalar)
            return self.rng.choice([
                "#whorl.prefix_lm",
                '#whorl.mask<"(i, j)[n] : (n - j - 1 >= 0)">'])
        if kind == "lengths":
            dtype = self.rng.choice(["i32", "i64"])
            operands.append(self.add(f"len{tag}", ["B"], dtype, "randint:Nk"))
            return "#whorl.key_lengths"
        if kind == "documents":
            lead = self.rng.choice([[], ["B"]])
            operands.append(self.add(f"qid{tag}", lead + ["Nq"], "i32",
                                     "randint:3"))
            operands.append(self.add(f"kid{tag}", lead + ["Nk"], "i32",
                                     "randint:3"))
            return "#whorl.documents"
        if kind == "boolean":
            dims = self.rng.choice([["Nk"], ["Nq", "Nk"], [1, "Nq", "Nk"],
                                    ["B", 1, "Nq", "Nk"], ["B", 1, 1, "Nk"],
                                    ["B", self.heads, "Nq", "Nk"]])
            operands.append(self.add(f"bool{tag}", dims, "i1", "randint:2"))
            return "#whorl.boolean"
        if kind == "not":
            return f"#whorl.not<{self.draw_mask(depth + 1, operands)}>"
        parts = [self.draw_mask(depth + 1, operands) for _ in range(2)]
        return f"#whorl.{kind}<[{', '.join(parts)}]>"

    def build_mask(self):
        if not self.chance(0.65):
            return
        operands = []
        mask = self.draw_mask(0, operands)
        clause = f"mask {mask}"
        if operands:
            clause += self.operands(operands)
        self.clauses.append(clause)

    def build_bias(self):
        if self.chance(0.25):
            dims = self.rng.choice([
                ["Nk"], ["Nq", "Nk"], [self.heads, "Nq", "Nk"],
                ["B", 1, "Nq", "Nk"], [self.heads, 1, "Nk"], ["Nq", 1]])
            bias = self.add("bias", dims, self.rng.choice(
                ["f32", self.score, self.dtype]))
            self.clauses.append("bias" + self.operands([bias]))
        if self.chance(0.15):
            self.clauses.append("sinks" + self.operands(
                [self.add("sinks", [self.heads], self.score)]))

    def build_score(self):
        if not self.chance(0.3):
            return
        kind = self.rng.choice(["scale", "head", "key", "distance", "buckets",
                                "decay", "tensor"])
        t = self.score
        body = {
            "scale": f"%c = arith.constant 0.5 : {t}\n"
                     f"%r = arith.mulf %s, %c : {t}",
            "distance": "%x = arith.subi %i, %j : index\n"
                        "%y = arith.index_cast %x : index to i32\n"
                        f"%z = arith.sitofp %y : i32 to {t}\n"
                        f"%c = arith.constant -0.125 : {t}\n"
                        f"%w = arith.mulf %z, %c : {t}\n"
                        f"%a = math.absf %w : {t}\n"
                        f"%r = arith.subf %s, %a : {t}",
            "buckets": "%x = arith.subi %i, %j : index\n"
                       "%low = arith.constant -3 : index\n"
                       "%high = arith.constant 12 : index\n"
                       "%y = arith.maxsi %x, %low : index\n"
                       "%z = arith.minsi %y, %high : index\n"
                       "%at = arith.subi %z, %low : index\n"
                       f"%t = tensor.extract %cap0[%b, %at, %h] : {{cap0}}\n"
                       f"%r = arith.addf %s, %t : {t}",
            "decay": "%x = arith.subi %j, %i : index\n"
                     "%y = arith.index_cast %x : index to i32\n"
                     f"%z = arith.sitofp %y : i32 to {t}\n"
                     f"%c = arith.constant 0.0625 : {t}\n"
                     f"%w = arith.mulf %z, %c : {t}\n"
                     f"%u = math.tanh %w : {t}\n"
                     f"%r = arith.mulf %s, %u : {t}",
            "head": f"%x = tensor.extract %cap0[%h] : {{cap0}}\n"
                    f"%r = arith.mulf %s, %x : {t}",
            "key": f"%x = tensor.extract %cap0[%b, %j] : {{cap0}}\n"
                   f"%r = arith.addf %s, %x : {t}",
            "tensor": f"%x = tensor.extract %cap0[%i, %j] : {{cap0}}\n"
                      f"%z = arith.constant 0.0 : {t}\n"
                      f"%p = arith.cmpf ogt, %x, %z : {t}\n"
                      f"%y = arith.addf %s, %x : {t}\n"
                      f"%r = arith.select %p, %y, %s : {t}",
        }[kind]
        dims = {"buckets": ["B", 16, self.heads], "head": [self.heads], "key": ["B", "Nk"],
                "tensor": ["Nq", "Nk"]}.get(kind)
        if dims:
            self.add("cap0", dims, t)
        argument = "%s" if t == "f32" else "%s: f64"
        self.clauses.append(f"score({argument}, %b, %h, %i, %j) {{{{\n{body}\n"
                            f"whorl.yield %r : {t} }}}}")

    def draw_sizes(self):
        rng = self.rng
        sizes = {
            "B": rng.choice([1, 1, 2, 3]),
            "Nq": rng.choice([1, 1, 2, 3, 7, 15, 16, 17, 31, 33, 48, 65, 97]),
            "Nk": rng.choice([1, 2, 5, 8, 13, 16, 31, 47, 64, 95, 127, 200, 257]),
        }
        if rng.random() < 0.06:
            sizes[rng.choice(["B", "Nq", "Nk"])] = 0
        sizes.update(self.static)
        return sizes

    def text(self):
        types = {a.name: a.type(self.static) for a in self.arguments}
        clauses = "\n    ".join(c.format(**types) for c in self.clauses)
        size = lambda s: str(self.static.get(s, "?"))
        inner = ([str(self.heads), size("Nq")] if self.layout == "bhnd" else
                 [size("Nq"), str(self.heads)])
        results = [f"tensor<{size('B')}x{'x'.join(inner)}x{self.value_dim}"
                   f"x{self.dtype}>"]
        if self.lse:
            results.append(f"tensor<{size('B')}x{self.heads}x{size('Nq')}"
                           f"x{self.score}>")
        arguments = ", ".join(f"%{a.name}: {types[a.name]}"
                              for a in self.arguments)
        joined = ", ".join(results)
        outs = "%o:2" if self.lse else "%o"
        returned = "%o#0, %o#1" if self.lse else "%o"
        return (f"func.func @{self.name}({arguments}) -> ({joined}) {{\n"
                + "".join(f"  {op}\n" for op in self.prelude) +
                f"  {outs} = whorl.attention %q, %k, %v\n    {clauses}\n"
                f"    : ({types['q']}, {types['k']}, {types['v']}) -> "
                f"({joined})\n  return {returned} : {joined}\n}}\n")

    def check(self):
        """How results are checked. Rotated queries and keys become bf16 again
        where the machine multiplies bf16: each product of theirs may be wrong by
        2^-8 of itself, a score by 2^-8 of its spread, which is scale * sqrt(D)
        for random inputs, and so may lse."""
        if self.dtype != "bf16" or not self.is_rotated:
            return "check"
        return f"check={1.6e-2 * max(1, self.scale * self.dim ** 0.5):.3g}"

    def draw_inputs(self, seed):
        sizes = self.draw_sizes()
        return [a.input(sizes, seed + i) for i, a in enumerate(self.arguments)]
