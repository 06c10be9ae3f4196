"""The results as a Markdown table, JSON lines and a plot."""

import json
import os

OURS = "Whorl"


class Report:
    """Everything that was measured in one session."""

    def __init__(self, about, peers, threads=1):
        self.threads = threads
        self.about = about  # what goes above the table: (name, value) pairs
        self.peers = peers  # the columns
        self.rows = []  # (case, {contender: its line of JSON})
        self.peaks = []

    def add(self, case, lines):
        self.rows.append((case, lines))

    def limit(self, case):
        """(the peak that bounds the case, its unit, the case's work).

        Of the two, arithmetic and reading, the one that takes longer. More
        threads calculate faster, while reading is counted as one core's.
        """
        mean = {key: sum(peaks[key] for peaks in self.peaks) / len(self.peaks)
                for key in ("gflops", "read_gbs")}
        mean["gflops"] *= self.threads
        if case.bytes / mean["read_gbs"] > case.flops / mean["gflops"]:
            return mean["read_gbs"], "GB/s", case.bytes
        return mean["gflops"], "GFLOP/s", case.flops

    def more_cores(self):
        if self.threads == 1:
            return ""
        return f", {self.threads} times that of FMA"

    def json_lines(self):
        yield {"about": dict(self.about), "peaks": self.peaks}
        for case, lines in self.rows:
            ours = lines[OURS].get("median_ms")
            for name, line in lines.items():
                peak, unit, work = self.limit(case)
                more = {}
                if "median_ms" in line:
                    rate = rate_of(work, line)
                    more = {"rate": rate, "unit": unit,
                            "share_of_peak": rate / peak,
                            "whorl_is_faster_by":
                                line["median_ms"] / ours if ours else None}
                yield {"case": case.name, "contender": name,
                       "flops": case.flops, "bytes": case.bytes, **line,
                       **more}

    def markdown(self, plot):
        notes = Notes()
        lines = ["# Whorl and its peers", ""]
        lines += [f"* {name}: {value}" for name, value in self.about]
        lines += [f"* Peaks of one core, measured {when} the cases: "
                  f"{peaks['gflops']:.1f} GFLOP/s (f32 FMA, "
                  f"{peaks['kernel']}), {peaks['read_gbs']:.1f} GB/s read"
                  for when, peaks in zip(("before", "after"), self.peaks)]
        lines += ["", "Times are medians of interleaved rounds; `1.50x`: the "
                  "peer took 1.50 times as long as Whorl. A rate counts the "
                  "useful work alone (a causal mask halves it), and "
                  "its share is that of the peak above which bounds the case"
                  f"{self.more_cores()}. Every result agreed with Whorl's "
                  "and with f64.",
                  "", f"![Share of the core's peak that each reaches]({plot})",
                  ""]
        lines += self.table(notes)
        if notes.texts:
            lines += ["", *notes.lines()]
        lines += ["", "## Forms and errors", "",
                  "The form of each peer that was fastest and right, and the "
                  "largest error |a - b| / (1 + |b|) against f64.", ""]
        lines += self.forms()
        left = list(self.left_out())
        if left:
            lines += ["", "Forms that were tried and not timed:", "", *left]
        return "\n".join(lines) + "\n"

    def table(self, notes):
        yield "| case | Whorl | rate | " + " | ".join(self.peers) + " |"
        yield "|---|" + "---:|" * (2 + len(self.peers))
        for case, lines in self.rows:
            ours = lines[OURS]
            if "median_ms" not in ours:
                yield (f"| {case.name} | {notes.mark(ours['reason'])} |" +
                       " |" * (1 + len(self.peers)))
                continue
            peak, unit, work = self.limit(case)
            rate = rate_of(work, ours)
            cells = [case.name, milliseconds(ours["median_ms"]),
                     f"{rate:.1f} {unit} ({100 * rate / peak:.0f}%)"]
            for name in self.peers:
                cells.append(peer_cell(lines[name], ours, notes))
            yield "| " + " | ".join(cells) + " |"

    def forms(self):
        names = [OURS, *self.peers]
        yield "| case | " + " | ".join(names) + " |"
        yield "|---|" + "---|" * len(names)
        for case, lines in self.rows:
            cells = [case.name]
            for name in names:
                line = lines[name]
                form = "" if name == OURS else f"{line.get('form')}, "
                cells.append(f"{form}{line['error']:.1e}"
                             if "median_ms" in line else "-")
            yield "| " + " | ".join(cells) + " |"

    def left_out(self):
        for case, lines in self.rows:
            for name, line in lines.items():
                if line.get("notes"):
                    yield f"* {case.name}, {name}: {line['notes']}"

    def write(self, folder, stem, draw):
        """Writes STEM.md, .jsonl and .svg; returns the path of the first."""
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, stem)
        with open(f"{path}.jsonl", "w", encoding="utf-8") as file:
            for line in self.json_lines():
                file.write(json.dumps(rounded(line)) + "\n")
        draw(self, f"{path}.svg")
        with open(f"{path}.md", "w", encoding="utf-8") as file:
            file.write(self.markdown(f"{stem}.svg"))
        return f"{path}.md"


class Notes:
    """Footnotes, each text once."""

    def __init__(self):
        self.texts = []

    def mark(self, text):
        if text not in self.texts:
            self.texts.append(text)
        return f"- ({self.texts.index(text) + 1})"

    def lines(self):
        return [f"{number}. {text}." for number, text in
                enumerate(self.texts, 1)]


def rate_of(work, line):
    """Work of a case per second, in billions."""
    return work / line["median_ms"] * 1e-6


def peer_cell(line, ours, notes):
    if "median_ms" not in line:
        return notes.mark(line["reason"])
    return (f"{milliseconds(line['median_ms'])}, "
            f"{line['median_ms'] / ours['median_ms']:.2f}x")


def milliseconds(value):
    digits = 1 if value >= 100 else 2 if value >= 10 else 3
    return f"{value:.{digits}f} ms"


def rounded(line):
    return {key: float(f"{value:.5g}") if isinstance(value, float) else value
            for key, value in line.items()}
