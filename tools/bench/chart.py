"""The picture of docs/benchmarks.md: seconds over SIP domains for every program, drawn from the table of the page."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import cycle

ROW = re.compile(
    r"^\| ([\d,]+) \| create all \| (.+?) \| (?:([\d.]+) \||not run: would take at least ([\d,]+) min)",
    re.MULTILINE,
)
LEFT, RIGHT, TOP, BOTTOM = 64, 564, 16, 396
"""The edges of the field, in pixels."""
SIZE = 830, 452
"""Of the picture, with the names beside the field."""
LINE = 17
"""Pixels from one name to the next."""
TIMES = {1: "1 s", 10: "10 s", 60: "1 min", 600: "10 min", 3_600: "1 h"}
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8c6bb1", "#b8860b", "#808080")
"""Told apart on white and on black, and by most who see colours otherwise."""
TITLE = "Time to create SIP domains, for each program; dashed: not run, would take at least this"
FRAME = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">
<title>{title}</title>
<style>
svg {{ background: #fff; color: #1f2328; font: 13px system-ui, sans-serif }}
@media (prefers-color-scheme: dark) {{ svg {{ background: #0d1117; color: #e6edf3 }} }}
text {{ fill: currentColor }}
path {{ stroke-width: 2 }}
.own {{ font-weight: bold }}
.grid {{ stroke: currentColor; stroke-width: 1; opacity: 0.15 }}
.least {{ stroke-dasharray: 5 5 }}
</style>
{body}
</svg>
"""


@dataclass(frozen=True)
class Point:
    """What creating so many SIP domains took, or would take at least."""

    size: int
    seconds: float
    measured: bool


def of_page(page: str) -> str:
    """Return the picture of the first table in *page*, which is of Route 53, as SVG."""
    return drawn(points(page.partition("<!-- measurements: end -->")[0]))


def points(page: str) -> dict[str, list[Point]]:
    """Return what the table in *page* says of each program, by size."""
    found: dict[str, list[Point]] = {}
    for size, program, seconds, minutes in ROW.findall(page):
        point = Point(_number(size), float(seconds or 60 * _number(minutes)), bool(seconds))
        found.setdefault(program, []).append(point)
    return found


def drawn(programs: Mapping[str, Sequence[Point]]) -> str:
    """Return a line for each program on two logarithmic scales, with its name at the end."""
    sizes = sorted({point.size for line in programs.values() for point in line})
    times = [point.seconds for line in programs.values() for point in line]
    x = _scale(sizes[0], sizes[-1], LEFT, RIGHT)
    y = _scale(min(times) / 1.5, max(times) * 1.5, BOTTOM, TOP)
    body = [*_grid({x(size): f"{size:,}" for size in sizes}, {y(time): TIMES[time] for time in TIMES})]
    ends: list[tuple[float, str]] = []
    for (program, line), colour in zip(programs.items(), cycle(COLOURS), strict=False):
        places = [(x(point.size), y(point.seconds)) for point in line]
        body += _line(places, [point.measured for point in line], colour)
        end_x, end_y = places[-1]
        if line[-1].size == sizes[-1]:
            ends.append((end_y, program))
        else:
            lines = enumerate(program.split(", "), 1)
            body += [_text(end_x + 10, end_y + number * LINE, words) for number, words in lines]
    below = 0.0
    for end_y, program in sorted(ends):
        below = max(end_y, below + LINE)
        body.append(_text(RIGHT + 12, below + 4, program))
    return FRAME.format(width=SIZE[0], height=SIZE[1], title=TITLE, body="\n".join(body))


def _grid(sizes: Mapping[float, str], times: Mapping[float, str]) -> Iterator[str]:
    for x, label in sizes.items():
        yield f'<path class="grid" d="M{x} {TOP}V{BOTTOM}"/>'
        yield _text(x, BOTTOM + 20, label, "middle")
    for y, label in times.items():
        yield f'<path class="grid" d="M{LEFT} {y}H{RIGHT}"/>'
        yield _text(LEFT - 8, y + 4, label, "end")
    yield _text((LEFT + RIGHT) / 2, BOTTOM + 44, TITLE, "middle")


def _line(places: Sequence[tuple[float, float]], measured: Iterable[bool], colour: str) -> Iterator[str]:
    for number, ((x, y), is_measured) in enumerate(zip(places, measured, strict=True)):
        if number:
            kind = "" if is_measured else ' class="least"'
            before = places[number - 1]
            yield f'<path{kind} d="M{before[0]} {before[1]}L{x} {y}" stroke="{colour}"/>'
        if is_measured:
            yield f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}"/>'


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    kind = ' class="own"' if words.startswith("XmppFederationDns") else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{kind}>{escape(words)}</text>'


def _scale(low: float, high: float, first: float, last: float) -> Callable[[float], float]:
    """Return what places a number from *low* to *high* between the pixels *first* and *last*."""
    span = math.log(high / low)
    return lambda number: round(first + (last - first) * math.log(number / low) / span, 1)


def _number(text: str) -> int:
    return int(text.replace(",", ""))
