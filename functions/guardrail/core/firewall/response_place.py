"""Where CloudFormation takes the answer to a custom resource's request."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ResponsePlace:
    """What the function knows of it without the request, which anybody can make up who may invoke the function.

    Attributes:
        region: The function's own: CloudFormation invokes functions of its stack's Region only.
        endpoint: Where an emulator of AWS answers, too; empty in AWS.
    """

    region: str
    endpoint: str = ""

    def takes(self, url: str) -> bool:
        """Say whether an address is in the bucket that CloudFormation has in this Region, or on the emulator.

        Scheme, host and the slash after it are compared as text, so that no two parsers can disagree about them.
        """
        emulator = f"|{re.escape(self.endpoint.rstrip('/'))}" if self.endpoint else ""
        return re.fullmatch(rf"(https://{self._bucket()}{emulator})/[!-~]*", url) is not None

    def _bucket(self) -> str:
        """Its host in the forms that CloudFormation sends: with the Region after a dot or after a dash, or without."""
        name = f"cloudformation-custom-resource-response-{self.region.replace('-', '')}"
        domain = "amazonaws.com.cn" if self.region.startswith("cn-") else "amazonaws.com"
        return rf"{re.escape(name)}\.s3([.-]{re.escape(self.region)})?\.{re.escape(domain)}"
