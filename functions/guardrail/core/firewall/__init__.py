"""The firewall wing: what a policy pack says, how it decides a flow, and what a controller is to hold."""
