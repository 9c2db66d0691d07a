"""The Aviatrix controller over its REST API: a call is done or is a named error, and no secret is shown."""
