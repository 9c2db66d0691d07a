"""Never deployed: a whole cloud on one machine, to deploy the guardrail to and to drift runtimes on."""
