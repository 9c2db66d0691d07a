"""The run-book's commands do what it says: against the deployed function, and straight at the controller."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import botocore.session
import pytest
from moto import mock_aws

from guardrail_lab.controller.seed import SPOKE
from tests.back_out_function import BackOutFunction, back_out_function
from tests.controller_lab import PASSWORD, controller_lab
from tests.docs.test_documents import ROOT, commands

RUN_BOOK = ROOT / "docs" / "run-books" / "back_out.md"
AWS = """#!{python}
import argparse, boto3
parser = argparse.ArgumentParser()
parser.add_argument("service", choices=["lambda"]); parser.add_argument("command", choices=["invoke"])
parser.add_argument("--function-name", required=True); parser.add_argument("--payload", required=True)
parser.add_argument("--cli-binary-format", choices=["raw-in-base64-out"], required=True)
parser.add_argument("--cli-read-timeout", type=int); parser.add_argument("outfile")
given = parser.parse_args()
answer = boto3.client("lambda").invoke(FunctionName=given.function_name, Payload=given.payload)
with open(given.outfile, "ab") as file:
    file.write(answer["Payload"].read())
"""
"""Not every machine has the AWS CLI; what it does of it is what the text needs."""


@contextmanager
def lambda_endpoint(function: BackOutFunction) -> Iterator[str]:
    """Answer Invoke as Lambda does; moto would want a container for it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            payload = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            known = re.fullmatch(r"/2015-03-31/functions/back_out/invocations", self.path)
            answer = json.dumps(function.invoke(payload) if known else {}).encode()
            self.send_response(200 if known else 404)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A directory to work in, and the environment of somebody who was woken up."""
    keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1"}
    for name, value in keys.items():
        monkeypatch.setenv(name, value)
    tool = tmp_path / "aws"
    tool.write_text(AWS.replace("{python}", sys.executable))
    tool.chmod(0o755)
    session = botocore.session.Session()
    with mock_aws(), controller_lab(tmp_path) as lab:
        clients = cache(lambda service: session.create_client(service, region_name="us-east-1"))
        with back_out_function(clients, lab, monkeypatch.setenv) as function, lambda_endpoint(function) as endpoint:
            environment = {
                **keys,
                "PATH": f"{tmp_path}:{ROOT / '.venv' / 'bin'}:{Path(sys.executable).parent}:/usr/bin:/bin",
                "HOME": str(tmp_path),
                "AWS_ENDPOINT_URL": endpoint,
                "BACK_OUT_FUNCTION": "back_out",
                "CONTROLLER": lab.url,
                "CONTROLLER_CA": lab.ca_file,
                "SPOKE": SPOKE,
                "AVIATRIX_PASSWORD": PASSWORD,
                "LANG": os.environ.get("LANG", "C.UTF-8"),
            }
            yield tmp_path, environment, function


def run(command, directory, environment):
    return subprocess.run(
        ["bash", "-c", command], cwd=directory, env=environment, capture_output=True, text=True, check=False
    )


def test_the_one_liners_of_cloudshell_back_out_and_in_again(place):
    directory, environment, function = place
    asked = [command for command in commands(RUN_BOOK) if command.startswith("aws ")]

    answers = [json.loads(run(command, directory, environment).stdout) for command in asked]

    assert len(answers) == 8
    assert all(answer["done"] for answer in answers)
    out, status, back, *_ = answers
    assert out["proof"]["status"] == "proven"
    assert [each["scope"] for each in status["suspensions"]] == ["insertion"]
    assert back["after"]["snat"] is True
    assert function.default_route() == {"InstanceId": function.network.instance}


def test_the_guardrail_commands_do_the_same(place):
    directory, environment, function = place
    asked = [command for command in commands(RUN_BOOK) if command.startswith("guardrail") and "--function" in command]

    for command in asked:
        done = run(command, directory, environment)
        assert done.returncode == 0, (command, done.stdout, done.stderr)

    assert len(asked) == 3
    assert not function.invoke("status")["suspensions"]


def test_straight_at_the_controller_it_is_done_without_aws_and_nobody_has_seen_the_routes(place):
    directory, environment, function = place
    asked = [command for command in commands(RUN_BOOK) if command.startswith("guardrail") and "--controller" in command]
    without_aws = {name: value for name, value in environment.items() if not name.startswith("AWS_")}

    out = run(asked[0], directory, without_aws)
    assert out.returncode == 2, out.stderr
    assert not function.snat()
    assert (directory / "undo.json").exists()

    back = run(asked[1], directory, without_aws)
    assert back.returncode in (0, 2), back.stderr
    assert function.snat()


def test_every_command_of_the_run_book_is_one_of_those():
    assert len(commands(RUN_BOOK)) == 8 + 3 + 2
