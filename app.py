"""CDK entry point: context in, stacks out. Makes no AWS call."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent / "functions"))

from aws_cdk import App, Tags, Validations, aws_lambda
from cdk_nag import AwsSolutionsChecks

from guardrail.core.errors import GuardrailError, InvalidInput
from guardrail.core.firewall.bound_json import bound_document
from policy_pack.bound import bound_pack
from policy_pack.load import SHIPPED
from policy_pack.report import good_pack
from stacks.asset import build_asset
from stacks.firewall import FirewallStack
from stacks.firewall_settings import firewall
from stacks.guardrail import GuardrailStack
from stacks.prevention import PreventionStack, ServiceControlStack
from stacks.prevention_settings import prevention
from stacks.settings import guardrail_props


def build_app(context: Callable[[str], Any] | None = None) -> App:
    """Return the app with one guardrail stack per landing zone of the context, checked by cdk-nag.

    Where the context says that something is to be prevented, also one prevention stack per account; where it names a
    controller, also the firewall stack of its network account.

    Raises:
        GuardrailError: The context is of the wrong form, or the policy pack that it names is wrong.
    """
    app = App()
    context = context or app.node.try_get_context
    _check_pack(context("policy_pack"))
    props = guardrail_props(context)
    asset = str(build_asset(props[0].runtime.removeprefix("python")))
    for each in props:
        name = f"AgentCoreGuardrail-{each.zone.region}-{each.zone.account}"
        GuardrailStack(app, name, props=each, code=aws_lambda.Code.from_asset(asset))
    if kept := firewall(context, props[0]):
        pack = bound_document(bound_pack(kept.pack_directory or SHIPPED, kept.bindings))
        name = f"AgentCoreFirewall-{kept.region}-{kept.account}"
        FirewallStack(app, name, props=kept, pack=pack, code=aws_lambda.Code.from_asset(asset))
    prevented = prevention(context, [each.zone for each in props])
    for account in prevented.accounts:
        PreventionStack(app, f"AgentCorePrevention-{account.account}", props=account)
    if prevented.management_account:
        name = f"AgentCorePrevention-organization-{prevented.management_account}"
        ServiceControlStack(app, name, management_account=prevented.management_account, accounts=prevented.accounts)
    Tags.of(app).add("application", "agentcore-guardrail")
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    return app


def _check_pack(named: Any) -> None:
    """Refuse a policy pack with errors; if the context names none, it is the shipped one with its example bindings."""
    if named is not None and not (isinstance(named, dict) and named.keys() <= {"directory", "bindings"}):
        raise InvalidInput("context policy_pack", "an object with directory and bindings")
    paths = {key: Path(str(value)) for key, value in (named or {}).items()}
    good_pack(paths.get("directory", SHIPPED), paths.get("bindings"))


if __name__ == "__main__":
    try:
        built = build_app()
    except GuardrailError as invalid:
        sys.exit(f"{invalid}{'' if str(invalid).endswith('?') else '.'} Nothing was synthesised.")
    built.synth()
