"""A question in, an Answer out. A library: no HTTP, no environment, no printing."""
