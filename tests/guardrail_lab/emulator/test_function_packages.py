from pathlib import Path

import botocore

from guardrail_lab.process import PYTHON
from tests.guardrail_lab.arrange import deploy_function, zip_of, zip_with_sdk

LOOK_FOR = """
import importlib.util
def handler(event, context):
    return [name for name in event["names"] if importlib.util.find_spec(name)]
"""
SDK_VERSION = """
import botocore, os
def handler(event, context):
    return {"version": botocore.__version__, "bundled": botocore.__file__.startswith(os.environ["LAMBDA_TASK_ROOT"])}
"""
EMULATORS_PACKAGES = ["botocore", "urllib3", "ministack"]


def test_a_function_does_not_see_the_emulators_packages(cloud, account):
    found = deploy_function(cloud, account, zip_of({"main.py": LOOK_FOR}))({"names": ["json", *EMULATORS_PACKAGES]})

    assert found == ["json"]


def test_a_function_uses_the_sdk_of_its_own_bundle(cloud, account):
    found = deploy_function(cloud, account, zip_with_sdk(SDK_VERSION))({})

    assert found == {"version": botocore.__version__, "bundled": True}
    # Else the emulator's own would have done as well.
    assert not list(
        Path(PYTHON).parents[1].glob(f"lib/python*/site-packages/botocore-{botocore.__version__}.dist-info")
    )


def test_ministacks_workers_still_see_its_packages(cloud_without, account):
    cloud = cloud_without("function_packages")

    found = deploy_function(cloud, account, zip_of({"main.py": LOOK_FOR}))({"names": EMULATORS_PACKAGES})

    assert found == EMULATORS_PACKAGES
