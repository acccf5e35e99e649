"""What goes wrong on purpose, and how an update ends then: the table of docs/dev/faults.md."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

BUSY, DROPPING, CUTTING = (
    "has no time and answers SERVFAIL",
    "loses every third message",
    "cuts every third answer in the middle",
)
LOSING, SLOW = "carries changes out and loses the answers", "answers late"
DIES_FIRST, DIES_SECOND = "dies before the first change", "dies before the second change"
DNS_SERVER: Mapping[str, bool] = {
    BUSY: False,
    DROPPING: True,
    CUTTING: True,
    LOSING: True,
    SLOW: True,
    DIES_FIRST: False,
    DIES_SECOND: False,
}
"""What a DNS server does, or the network before it; whether an update gets through it by itself."""

THROTTLED, FAILED, DENIED, CHANGED = (
    "throttles",
    "fails",
    "denies what it is asked",
    "finds a condition unmet",
)
PACED, UNPACED = "Retry-After", "without Retry-After"
WAITING: Mapping[str, tuple[str, str, int]] = {
    "azure-429": ("azure", PACED, 429),
    "gcp-429": ("gcp", PACED, 429),
    "gcp-503": ("gcp", PACED, 503),
    "cloudflare-429": ("cloudflare", PACED, 429),
    "aws": ("aws", UNPACED, 400),
    "azure": ("azure", UNPACED, 429),
    "gcp": ("gcp", UNPACED, 429),
    "cloudflare": ("cloudflare", UNPACED, 429),
}
"""By name: the cloud that takes no more, whether it says for how long, and with which status."""
CLOUD: Mapping[str, bool] = {THROTTLED: True, FAILED: True, DENIED: False, CHANGED: False, LOSING: True}
"""What a cloud does; whether an update in bulk gets through it by itself, where it ends."""


@dataclass(frozen=True, slots=True)
class Row:
    """One fault: what happens, how the update ends that meets it, what follows, and the test."""

    fault: str
    update: str
    after: str
    test: str


_AS_WANTED = "`pulumi up`: the zone as wanted"
_NOTHING = "nothing more is to be done"
_SERVER, _CLOUDS, _RUNS = "test_dns_server.py", "test_clouds.py", "test_processes.py"
_THROTTLING, _CLOCK, _NETWORK = "test_throttling.py", "test_clock.py", "test_network.py"
_OLDER, _DISK, _PLUGINS = "test_older_copy.py", "test_disk.py", "test_cloud_plugins.py"
_OR_ADOPT = f"in bulk {_AS_WANTED}; one by one what was carried out last is named, and `existing: adopt` takes it over"


def _ends(*, through: bool) -> str:
    return "gets through" if through else "fails"


ROWS: Sequence[Row] = (
    *(
        Row(
            f"A DNS server {what}",
            _ends(through=through) + ("; in bulk all of it is one change" if what == DIES_SECOND else ""),
            _AS_WANTED,
            f"{_SERVER}::test_a_server_that",
        )
        for what, through in DNS_SERVER.items()
    ),
    *(
        Row(
            f"Route 53, Azure, Google or Cloudflare {what}",
            _ends(through=through),
            _AS_WANTED,
            f"{_CLOUDS}::test_a_cloud_that",
        )
        for what, through in CLOUD.items()
    ),
    Row(
        "Azure, Google or Cloudflare throttles, or Google cannot now, and `Retry-After` says for how long",
        "waits at least as long and says so, gets through",
        _NOTHING,
        f"{_THROTTLING}::test_a_cloud_that_is_waited_for",
    ),
    Row(
        "Route 53, Azure, Google or Cloudflare throttles, and does not say for how long",
        "waits longer each time and says so, gets through",
        _NOTHING,
        f"{_THROTTLING}::test_a_cloud_that_is_waited_for",
    ),
    Row(
        "The clock is set three hours ahead or back while a cloud is waited for",
        "waits as long as without, gets through",
        _NOTHING,
        f"{_THROTTLING}::test_a_cloud_that_is_waited_for_while_the_clock_jumps",
    ),
    Row(
        "The clock is set three hours ahead or back between a change at a DNS server and its answer",
        "fails: the clocks differ (BADTIME), and one of them is to be set",
        _OR_ADOPT,
        f"{_CLOCK}::test_a_clock_that_is_set_in_the_middle_is_told_and_what_follows_goes_on_or_names_it",
    ),
    Row(
        "The network before a DNS server lets 64 kbit/s through, and nothing for three seconds",
        "gets through",
        _NOTHING,
        f"{_NETWORK}::test_an_update_gets_through_a_slow_network_that_is_cut_for_seconds",
    ),
    Row(
        "The network before a DNS server is cut between a change and its answer, for good",
        "fails: no answer in 3 attempts",
        _OR_ADOPT,
        f"{_NETWORK}::test_a_network_that_stays_cut_is_told_and_what_follows_goes_on_or_names_what_was_done",
    ),
    Row(
        "A DNS server is replaced by one with an older copy of the zone",
        "says nothing, as long as the configuration is the same; `verify` and `drift` name each record set",
        "`pulumi up --refresh`: as wanted; a SIP domain that was taken out since is back, and `discover` shows it",
        f"{_OLDER}::test_an_older_copy_is_found_and_a_refresh_brings_back_what_it_lacks",
    ),
    Row(
        "The disk for the state is full for three seconds",
        "gets through: the engine tries to write for some 30 s",
        _NOTHING,
        f"{_DISK}::test_an_update_waits_for_a_disk_that_is_full_for_seconds",
    ),
    Row(
        "The disk for the state stays full",
        "fails, and may leave a state that is empty or cut off",
        f"the engine's own copy in the place of such a state, {_AS_WANTED}",
        f"{_DISK}::test_after_a_disk_that_stayed_full_what_an_operator_does_goes_on",
    ),
    Row(
        "Route 53 one by one accepts a change, and does not say what became of it (GetChange)",
        "fails; the state has the record set",
        _AS_WANTED,
        f"{_PLUGINS}::test_a_change_whose_progress_may_not_be_read_is_kept_and_the_next_update_goes_on",
    ),
    Row(
        "Route 53 one by one carries a change out and loses the answer",
        "fails: it already exists, each time",
        "`adopt` and `pulumi import` take it in, `pulumi up`: the zone as wanted",
        f"{_PLUGINS}::test_a_change_at_route_53_whose_answer_is_lost_is_named_and_taken_in",
    ),
    Row(
        "Azure DNS one by one carries a change out and loses the answer",
        "gets through: the plugin sends it again",
        _NOTHING,
        f"{_PLUGINS}::test_a_change_at_azure_whose_answer_is_lost_is_sent_again",
    ),
    Row(
        "The plugin is killed alone",
        "fails",
        _AS_WANTED,
        f"{_RUNS}::test_a_plugin_that_is_killed_ends_the_update_and_the_next_one_goes_on",
    ),
    Row(
        "The engine is killed alone; its plugin carries out what it was told",
        "ends",
        "`pulumi cancel`, `pulumi up --refresh`: as wanted in bulk; one by one what was created is named, and "
        "`existing: adopt` takes it over",
        f"{_RUNS}::test_what_an_engine_that_is_killed_leaves_running_ends_and_what_it_did_is_known_or_named",
    ),
    Row(
        "A second update of the same stack begins",
        "the second one is refused by the lock of the stack",
        _AS_WANTED,
        f"{_RUNS}::test_a_second_update_of_a_stack_is_refused_while_the_first_one_goes_on",
    ),
    Row(
        "Two stacks publish the same record sets at once",
        "one publishes, the other is refused",
        "`pulumi destroy` of the other takes nothing away",
        f"{_RUNS}::test_of_two_stacks_that_publish_the_same_at_once_one_does_and_the_other_says_so",
    ),
)
"""All of them."""
