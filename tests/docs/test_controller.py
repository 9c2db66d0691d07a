"""The commands of docs/controller.md print what it shows, against a simulated controller."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from guardrail_lab.controller.faults import Kind
from guardrail_lab.controller.launch import local_controller

TEXT = (Path(__file__).parents[2] / "docs" / "controller.md").read_text()
STEPS = re.findall(r"^```bash\n(.*?)^```\n(?:```output\n(.*?)^```$)?", TEXT, re.MULTILINE | re.DOTALL)
MARK = "=== end of a step ==="
# Not every machine has jq, or even curl; what these do of them is what the text needs.
JQ = """#!{python}
import json, sys, jq
options, (program,) = [a for a in sys.argv[1:] if a[0] == "-"], [a for a in sys.argv[1:] if a[0] != "-"]
for found in jq.compile(program).input_text(sys.stdin.read()).all():
    raw = "-r" in options and isinstance(found, str)
    print(found if raw else json.dumps(found, separators=(",", ":"), ensure_ascii=False))
"""


CURL = """#!{python}
import argparse, urllib.parse, sys, urllib3
parser = argparse.ArgumentParser()
parser.add_argument("url"); parser.add_argument("-s", action="store_true"); parser.add_argument("--cacert")
parser.add_argument("-X", dest="method"); parser.add_argument("-H", dest="headers", action="append", default=[])
parser.add_argument("-d", dest="data", action="append", default=[])
parser.add_argument("--data-urlencode", dest="encoded", action="append", default=[])
parser.add_argument("-w", dest="write", default="")
given = parser.parse_args()
encoded = [name + "=" + urllib.parse.quote(value) for name, value in (each.split("=", 1) for each in given.encoded)]
body = "&".join(given.data + encoded)
headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
headers |= {name.strip(): value.strip() for name, value in (each.split(":", 1) for each in given.headers)}
try:
    answer = urllib3.PoolManager(ca_certs=given.cacert).request(
        given.method or ("POST" if body else "GET"), given.url, headers=headers, body=body or None, retries=False
    )
except urllib3.exceptions.ProtocolError:
    sys.exit(52)  # curl's word for an empty reply
written = given.write.replace("%{http_code}", str(answer.status)).replace(chr(92) + "n", chr(10))
sys.stdout.write(answer.data.decode() + written)
"""


@pytest.fixture
def tools(tmp_path):
    """A directory with a jq in it, and with a curl where the machine has none."""
    for name, source in ({"jq": JQ} | ({} if shutil.which("curl") else {"curl": CURL})).items():
        path = tmp_path / name
        path.write_text(source.replace("{python}", sys.executable))
        path.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize("tls", [False, True])
def test_the_commands_print_what_is_shown(tools, tls):
    script = "".join(f"{commands}echo '{MARK}'\n" for commands, _ in STEPS)
    with local_controller(tls=tls) as controller:
        if tls:
            script = script.replace("curl -s", 'curl -s --cacert "$CONTROLLER_CA"')
        variables = {
            "CONTROLLER": controller.url,
            "CONTROLLER_CA": str(controller.ca_path),
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        }
        done = subprocess.run(
            ["bash", "-c", script], cwd=tools, env=variables, stdout=-1, stderr=subprocess.STDOUT, text=True
        )

    assert len(STEPS) > 6
    assert done.stdout.split(f"{MARK}\n") == [shown for _, shown in STEPS] + [""]


def test_every_fault_and_every_order_stands_in_the_text():
    from guardrail_lab.controller.control import _PATHS

    assert [kind for kind in Kind if f"`{kind}`" not in TEXT] == []
    assert [what for what in _PATHS if f"`{' '.join(what)}`" not in TEXT] == []


def test_every_code_that_the_client_has_stands_in_the_text():
    sources = Path(__file__).parents[2] / "functions" / "guardrail" / "gateways" / "controller"
    known = (sources / "outcome.py").read_text() + (sources / "reading.py").read_text()
    codes = re.findall(r'Failure\("([a-z-]+)"', known) + re.findall(r'", "([a-z-]+)"\),', known)

    assert len(codes) > 15
    assert [code for code in codes if f"`{code}`" not in TEXT] == []
