"""What `verify` checks, for its documentation."""

CHECKS: dict[str, tuple[str, str]] = {
    "V1": (
        "the parent delegates the zone to the name servers that the zone names, and each of them serves it",
        "error; warning where one set contains the other, or where nothing answers over IPv6",
    ),
    "V2": ("the zone is public: its parent delegates it", "error"),
    "V3": (
        "the SRV record set of the SIP domain is the expected one",
        "error; warning where there are more records",
    ),
    "V4": (
        "the port is the configured one, and 5269",
        "error; warning where another than 5269 is configured",
    ),
    "V5": ("the target is `.` where federation is disabled, and only there", "error"),
    "V6": ("the owner of the SRV record set is no CNAME, and lies below no DNAME record", "error"),
    "V7": ("the target is no CNAME (RFC 2782), and lies below no DNAME record", "error"),
    "V8": (
        "the target has an address",
        "error; info where the given name servers do not serve its zone",
    ),
    "V9": ("the addresses of the target are the configured ones, of both families", "error"),
    "V10": (
        "peers on the internet reach the addresses: none is private, shared, loopback or documentation",
        "error; warning where the configuration allows it",
    ),
    "V11": ("the target has an IPv4 address", "warning"),
    "V12": (
        "the name servers of the zone agree on the record sets, and on the serial of the zone",
        "error; warning for the serial",
    ),
    "V13": ("the TTL is the configured one, the same in all records, and 60 to 86,400 s", "warning"),
    "V14": (
        "the resolvers named with `--resolver` say the same as the name servers",
        "warning until what they have in their caches is outdated, then error",
    ),
    "V15": (
        "a signed zone validates: the DS records match its keys, and its signatures are valid (RFC 4035)",
        "error; info where it is signed without a DS record",
    ),
    "V17": ("no wildcard answers for names that nobody published", "info"),
    "V18": (
        "no SRV records where they mislead: `_jabber._tcp`, unexpected direct TLS, below a target, without underscores",
        "warning",
    ),
    "V19": (
        "where no SRV record is published, peers are not sent to the addresses of the SIP domain itself",
        "error",
    ),
}
"""By id: what has to be so, and how severe it is where it is not. What could not be asked is `unknown`."""
