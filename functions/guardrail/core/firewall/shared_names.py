"""Names under which anybody can get a name of their own: a star right below one of them permits strangers."""

import re

from guardrail.core.firewall.names import fixed_suffix

_COUNTRY = re.compile(r"(ac|co|com|edu|gob|gov|go|gv|info|ltd|me|mil|ne|net|nom|or|org|plc|sch)\.[a-z]{2}", re.ASCII)
"""Second levels under a country's domain that registries sell below."""

# fmt: off
_SHARED = frozenset((
    "amazonaws.com", "amazonaws.com.cn", "api.aws", "on.aws", "cloudfront.net", "elasticbeanstalk.com",
    "awsapps.com", "amplifyapp.com", "amazoncognito.com", "awsglobalaccelerator.com", "azurewebsites.net",
    "azurefd.net", "azureedge.net", "cloudapp.net", "cloudapp.azure.com", "core.windows.net", "azurecontainer.io",
    "azurestaticapps.net", "trafficmanager.net", "azure-api.net", "azurecontainerapps.io", "servicebus.windows.net",
    "openai.azure.com", "cognitiveservices.azure.com", "hf.space",
    "googleapis.com", "googleusercontent.com", "appspot.com", "run.app", "cloudfunctions.net", "web.app",
    "firebaseapp.com", "firebaseio.com", "pkg.dev", "gcr.io", "github.io", "githubusercontent.com", "gitlab.io",
    "pages.dev", "workers.dev", "r2.dev", "cloudflare-ipfs.com", "cdn.cloudflare.net", "vercel.app", "netlify.app",
    "herokuapp.com", "onrender.com", "fly.dev", "railway.app", "deno.dev", "surge.sh", "glitch.me", "replit.dev",
    "repl.co", "stackblitz.io", "codesandbox.io", "csb.app", "digitaloceanspaces.com", "ondigitalocean.app",
    "backblazeb2.com", "wasabisys.com", "fastly.net", "edgekey.net", "akamaized.net", "b-cdn.net", "ngrok.io",
    "ngrok.app", "ngrok.dev", "ngrok-free.app", "trycloudflare.com", "loca.lt", "localhost.run", "serveo.net",
    "lhr.life", "blogspot.com", "wordpress.com", "weebly.com", "wixsite.com", "myshopify.com", "notion.site",
    "webflow.io", "pipedream.net", "beeceptor.com", "oastify.com", "interact.sh",
))
# fmt: on


def too_broad(pattern: str) -> bool:
    """Say whether a pattern, in the form in which names are compared, takes in names that strangers can get.

    This is a list of what is common, not the public suffix list: what it does not know it lets pass.
    """
    if "*" not in pattern:
        return False
    suffix = fixed_suffix(pattern)
    if "." not in suffix or _COUNTRY.fullmatch(suffix):
        return True
    return any(_below(suffix, shared) or _below(shared, suffix) for shared in _SHARED)


def _below(name: str, other: str) -> bool:
    return name == other or name.endswith(f".{other}")
