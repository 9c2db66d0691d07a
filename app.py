"""CDK entry point: context in, stacks out. Makes no AWS call."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent / "functions"))

from aws_cdk import App, Tags, Validations, aws_lambda
from cdk_nag import AwsSolutionsChecks

from guardrail.core.errors import InvalidInput
from stacks.asset import build_asset
from stacks.guardrail import GuardrailStack
from stacks.settings import guardrail_props


def build_app(context: Callable[[str], Any] | None = None) -> App:
    """Return the app with one guardrail stack per landing zone of the context, checked by cdk-nag.

    Raises:
        InvalidInput: The context is of the wrong form.
    """
    app = App()
    props = guardrail_props(context or app.node.try_get_context)
    code = aws_lambda.Code.from_asset(str(build_asset(props[0].runtime.removeprefix("python"))))
    for each in props:
        GuardrailStack(app, f"AgentCoreGuardrail-{each.zone.region}-{each.zone.account}", props=each, code=code)
    Tags.of(app).add("application", "agentcore-guardrail")
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    return app


if __name__ == "__main__":
    try:
        built = build_app()
    except InvalidInput as invalid:
        sys.exit(f"{invalid}. Nothing was synthesised.")
    built.synth()
