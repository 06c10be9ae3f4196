"""The plot: the share of the core's peak that each contender reaches."""

import io

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot  # noqa: E402

from report import OURS, rate_of  # noqa: E402

COLORS = ("#0b6e4f", "#ee4c2c", "#f4a698", "#5b7db1", "#9a9a9a")


def draw(report, path):
    names = [OURS, *report.peers]
    rows = [(case, lines) for case, lines in report.rows
            if "median_ms" in lines[OURS]]
    thick = 0.8 / len(names)
    figure, axes = pyplot.subplots(figsize=(9, 1.2 + 0.55 * len(rows)),
                                   layout="constrained")
    for index, name in enumerate(names):
        places, shares = [], []
        for row, (case, lines) in enumerate(rows):
            if "median_ms" in lines[name]:
                peak, _, work = report.limit(case)
                places.append(row + (index - (len(names) - 1) / 2) * thick)
                shares.append(100 * rate_of(work, lines[name]) / peak)
        axes.barh(places, shares, height=thick, label=name,
                  color=COLORS[index % len(COLORS)])
    axes.set_yticks(range(len(rows)), [case.name for case, _ in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, 100)
    axes.set_xlabel("% of the peak that bounds the case, measured in the same "
                    "session (f32 FMA, or read bandwidth)")
    axes.grid(axis="x", color="#dddddd")
    axes.set_axisbelow(True)
    figure.legend(ncols=len(names), loc="outside upper center", frameon=False)
    save(figure, path)


def save(figure, path):
    """Text as text, nothing that differs from run to run, no stray spaces."""
    text = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none",
                                "svg.hashsalt": "whorl"}):
        figure.savefig(text, format="svg", metadata={"Date": None})
    with open(path, "w", encoding="utf-8") as file:
        for line in text.getvalue().rstrip().split("\n"):
            file.write(line.rstrip() + "\n")
