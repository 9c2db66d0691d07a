"""Settings -> gateways -> ports: where a handler's world is put together, once per execution environment."""
