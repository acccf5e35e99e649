"""The picture of the benchmarks says what the table says."""

import re

from tools.bench import chart
from tools.bench.chart import Point

TABLE = """\
| 10 | create all | slow, with a wait | 47.30 | 2.67 | 248 | 40 GetHostedZone |
| 10 | create all | fast | 1.00 | 1.95 | 254 | none |
| 10 | no change | fast | 0.50 | 1.95 | 254 | none |
| 1,000 | create all | fast | 10.00 | 1.95 | 254 | none |
| 3,000 | create all | fast | not run: would take at least 1,440 min, by the row of 1,000 | | | |
| 3,000 | change every TTL | fast | not run: nothing was created | | | |
| 3,000 | create all | <floor> | 1.04 | 0.65 | 45 | none |
"""


def test_it_has_what_creating_took_or_would_take_at_least():
    assert chart.points(TABLE) == {
        "slow, with a wait": [Point(10, 47.3, measured=True)],
        "fast": [
            Point(10, 1, measured=True),
            Point(1_000, 10, measured=True),
            Point(3_000, 86_400, measured=False),
        ],
        "<floor>": [Point(3_000, 1.04, measured=True)],
    }


def test_what_was_not_run_is_dashed_and_has_no_mark():
    lines = re.findall(r'<path( class="least")? d="[^"]*" stroke="#', chart.of_page(TABLE))
    assert lines == ["", ' class="least"']
    assert chart.of_page(TABLE).count("<circle") == 4


def test_equal_ratios_are_equal_distances_on_both_scales():
    lines = {
        "fast": [Point(10, 1, measured=True), Point(100, 10, measured=True), Point(1_000, 100, measured=True)]
    }
    places = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', chart.drawn(lines))
    [(x0, y0), (x1, y1), (x2, y2)] = [(float(x), float(y)) for x, y in places]
    assert (x0, x1, x2) == (chart.LEFT, (chart.LEFT + chart.RIGHT) / 2, chart.RIGHT)
    assert abs((y0 - y1) - (y1 - y2)) <= 0.2


def test_a_name_stands_at_the_end_of_its_line_and_none_on_another():
    names = {
        f"program {number}": [Point(1, 1, measured=True), Point(10, 2, measured=True)] for number in range(3)
    }
    places = re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*>program', chart.drawn(names))
    assert {float(x) for x, _ in places} == {chart.RIGHT + 12}
    first, *others = [float(y) for _, y in places]
    assert others == [first + chart.LINE, first + 2 * chart.LINE]


def test_a_program_that_was_measured_once_has_its_name_beside_the_mark_with_what_is_special_below():
    assert re.findall(r">(slow|with a wait|&lt;floor&gt;)</text>", chart.of_page(TABLE)) == [
        "slow",
        "with a wait",
        "&lt;floor&gt;",
    ]
