// Decides requests with iam-simulate, a development tool (AGPL): reads {attached, requests} from stdin, prints decisions.
import { runSimulation, runUnsafeSimulation } from "@cloud-copilot/iam-simulate";
import { readFileSync } from "node:fs";

const named = (policies) => policies.map((policy, index) => ({ name: `policy${index}`, policy }));

function simulation(attached, { action, resource, context, principal, account }) {
  return {
    request: { principal, action, resource: { resource, accountId: account }, contextVariables: context },
    identityPolicies: named(attached.identity),
    permissionBoundaryPolicies: attached.boundary ? named(attached.boundary) : undefined,
    serviceControlPolicies: attached.scps ? [{ orgIdentifier: "account", policies: named(attached.scps) }] : [],
    resourceControlPolicies: [],
  };
}

// The strict simulation checks documents, actions, resources and keys against AWS's authorization data. It refuses
// resources that the data does not list for an action, such as a harness for UpdateAgentRuntime.
async function strict(asked) {
  const found = await runSimulation(asked, {});
  return found.resultType === "error" ? JSON.stringify(found.errors) : found.overallResult;
}

const { attached, requests } = JSON.parse(readFileSync(0, "utf8"));
const decisions = [];
for (const request of requests) {
  const asked = simulation(attached[request.attached], request);
  decisions.push(request.strict ? await strict(asked) : runUnsafeSimulation(asked, {}));
}
process.stdout.write(JSON.stringify(decisions));
