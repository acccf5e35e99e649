"""Our SIP domains and their partners as a table, in Markdown and as data."""

from rich.console import Console

from xmpp_federation_dns.proof.matrix import Cell, Matrix, as_markdown, as_table, cell
from xmpp_federation_dns.proof.report import Finding, Severity, Subject, Verdict

FAILED, OURS = Cell("failed", "C2", "theirs"), Cell("failed", "V3", "ours")
FEW = Matrix(
    ("contoso.com", "xn--bcher-kva.example"),
    ("fabrikam.com", "northwind.com"),
    {
        ("contoso.com", "fabrikam.com"): Cell("proven"),
        ("xn--bcher-kva.example", "fabrikam.com"): FAILED,
        ("contoso.com", "northwind.com"): Cell("unknown", "V1", "theirs"),
        ("xn--bcher-kva.example", "northwind.com"): OURS,
    },
)


def many() -> Matrix:
    ours = tuple(f"d{number}.example" for number in range(12))
    cells = {(our, "fabrikam.com"): FAILED if our == "d7.example" else Cell("proven") for our in ours}
    cells |= {(our, "northwind.com"): OURS for our in ours}
    return Matrix(ours, ("fabrikam.com", "northwind.com"), cells)


def verdict(*findings: tuple[str, Severity]) -> Verdict:
    return Verdict("x", tuple(Finding(check, severity, Subject("x"), "") for check, severity in findings))


def test_a_pair_is_proven_where_both_are():
    assert cell(verdict(("V17", "info")), verdict(("C5", "warning"))) == Cell("proven")


def test_an_error_decides_before_what_could_not_be_asked_and_ours_before_theirs():
    unknown, error = verdict(("V1", "unknown")), verdict(("C5", "warning"), ("C2", "error"), ("C3", "error"))
    assert cell(unknown, error) == Cell("failed", "C2", "theirs")
    assert cell(error, error) == Cell("failed", "C2", "ours")
    assert cell(unknown, verdict()) == Cell("unknown", "V1", "ours")
    assert cell(verdict(), unknown) == Cell("unknown", "V1", "theirs")


def test_few_of_ours_have_a_column_each():
    assert as_markdown(FEW).splitlines() == [
        "4 pairs of domains: 1 proven, 2 not, 1 could not be asked about",
        "",
        "| Partner | contoso.com | bücher.example |",
        "|---|---|---|",
        "| fabrikam.com | proven | failed C2 (theirs) |",
        "| northwind.com | unknown V1 (theirs) | failed V3 (ours) |",
    ]


def test_many_of_ours_are_listed_by_outcome():
    assert as_markdown(many()).splitlines()[2:] == [
        "| Partner | Outcome | SIP domains |",
        "|---|---|---|",
        "| fabrikam.com | failed C2 (theirs) | d7.example |",
        "|  | proven | d0.example, d1.example, d2.example and 8 more |",
        "| northwind.com | failed V3 (ours) | all 12 |",
    ]


def test_what_does_not_fit_a_comment_is_counted():
    assert as_markdown(many(), 400).splitlines()[-1].startswith("… and ")


def test_a_terminal_has_the_same_table():
    console = Console(width=100, no_color=True)
    with console.capture() as shown:
        console.print(as_table(FEW))
    assert [line.split() for line in shown.get().splitlines() if "fabrikam.com" in line] == [
        ["│", "fabrikam.com", "│", "proven", "│", "failed", "C2", "(theirs)", "│"]
    ]


def test_one_pair_is_a_pair():
    one = Matrix(("contoso.com",), ("fabrikam.com",), {("contoso.com", "fabrikam.com"): Cell("proven")})
    assert one.summary == "1 pair of domains: 1 proven"
