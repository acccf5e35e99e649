"""When an explanation holds for a mutant that no test notices."""

from pathlib import Path

import pytest
from tools import mutants

MUTANT = "xmpp_federation_dns.keepers.run.xǁRunǁ_send__mutmut_3"
DIFF = """\
# xmpp_federation_dns.keepers.run.xǁRunǁ_send__mutmut_3: survived
--- src/xmpp_federation_dns/keepers/run.py
+++ src/xmpp_federation_dns/keepers/run.py
@@ -1,3 +1,3 @@
 def _send(self):
-    if a and b:
+    if a or b:
         pass
"""


@pytest.mark.parametrize(
    ("function", "text", "holds"),
    [
        ("keepers.run.Run._send", "a or b", True),
        ("keepers.run.Run._send", "-a and b", True),
        ("keepers.run.Run._send", "-if a", False),
        ("keepers.run.Run._send", "if a", False),
        ("keepers.run.Run._send", "a and b", False),
        ("keepers.run.Run._hold", "a or b", False),
        ("keepers.run.Run._send", "pass", False),
    ],
    ids=["after alone", "gone", "not gone", "before as well", "before alone", "another function", "beside"],
)
def test_an_explanation_holds_by_what_the_change_brings(function: str, text: str, holds: bool):
    found = mutants.reasons_of(MUTANT, DIFF, {function: {text: "why"}})
    assert found == ({(function, text)} if holds else set())


@pytest.mark.parametrize(
    ("mutant", "function"),
    [
        (MUTANT, "keepers.run.Run._send"),
        ("xmpp_federation_dns.changes.x_listed__mutmut_12", "changes.listed"),
        ("xmpp_federation_dns.changes.x__xx__mutmut_1", "changes._xx"),
    ],
)
def test_a_mutant_is_named_by_its_function(mutant: str, function: str):
    assert mutants.function_of(mutant) == function


@pytest.mark.parametrize("name", mutants.GROUPS)
def test_every_module_and_test_of_a_group_is_there(name: str):
    group = mutants.GROUPS[name]
    package = mutants.CHECKOUT / "components" / mutants.PACKAGE
    paths = [package / module.replace(".", "/") for module in group.modules]
    assert [str(path) for path in paths if not (path.is_dir() or path.with_suffix(".py").exists())] == []
    assert [each for each in (*group.tests, *group.without) if not [*mutants.CHECKOUT.glob(each)]] == []


def test_an_unknown_group_is_told_in_one_line(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as raised:
        mutants.main(["backends"])
    assert raised.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        "make mutants: error: no such group: backends (there are configuration, keepers, component, proof.dns, "
        "proof.xmpp)"
    )


def test_an_explanation_of_what_is_not_changed_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "mutants.toml"
    path.write_text('["keepers.gone"]\n"a" = "b"\n["costs.gone"]\n"a" = "b"\n')
    monkeypatch.setattr(mutants, "EXPLAINED", path)
    assert mutants.main([]) == 1
    assert capsys.readouterr().err == "mutants.toml: nothing is changed in costs.gone\n"
