"""One stack, whose program is written anew in another language."""

import shutil
from pathlib import Path

from tests.engine.languages.lab import EXAMPLES, example
from tests.engine.rfc2136.lab import SECRET, serving


def test_a_stack_that_moves_from_python_to_yaml_is_unchanged(tmp_path: Path):
    with serving(tmp_path / "knot", "contoso.com") as knot:
        lab = example(tmp_path, "python", knot, SECRET)
        first = lab.run("up", "--yes", "--skip-preview")
        assert first.status == 0, first.output
        shutil.copy(EXAMPLES / "yaml" / "Pulumi.yaml", lab.stack.project)
        moved = lab.run("up", "--yes", "--skip-preview")
        assert (moved.status, moved.resources, moved.changes) == (0, {"unchanged": 4}, {"contoso.com": []})
        assert lab.run("destroy", "--yes", "--skip-preview").status == 0
