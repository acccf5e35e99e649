"""The pace of Azure DNS in its short form, on a clock that runs faster: it still runs, counts and prints."""

from tools.bench.throttled import Measured, measured


def test_a_zone_of_azure_dns_takes_as_long_as_the_service_says_on_a_clock_6_times_faster():
    # Where the service takes nothing at once, also a busy machine sends more than it takes.
    done = measured(15, faster=6, full=False)
    assert done.minutes >= 30 / 200
    assert done.refused > 0


def test_what_takes_a_tenth_longer_than_it_has_to_is_missed():
    assert [str(Measured(1_000, minutes, 7)) for minutes in (9.9, 9.91)] == [
        "| 1,000 | 2,000 | 9.0 min | 9.90 min | 7 | at most 9.9 min: kept |",
        "| 1,000 | 2,000 | 9.0 min | 9.91 min | 7 | at most 9.9 min: **missed** |",
    ]
    assert [Measured(1_000, minutes, 7).kept for minutes in (9.9, 9.91)] == [True, False]
