"""A simulated Aviatrix controller: its REST API, its sessions, its route model and its logs, on one machine."""
