"""Without Altair or what draws its still pictures, the import says what to install."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("package", ["altair", "vl_convert"])
def test_an_import_without_its_packages_says_what_to_install(package):
    code = f"import sys; sys.modules[{package!r}] = None; import learndyn; import learndyn.explorables"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert run.returncode == 1
    assert "ImportError: learndyn.explorables draws with Altair" in run.stderr
    assert "pip install 'learndyn[explorables]'" in run.stderr
