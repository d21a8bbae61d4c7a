"""Many requests to a real server: `python -m tests.load` prints a table, test_load.py is a short version of the same.

The clients share the processors with the server. They speak HTTP/1.1 over bare sockets, so they cost little; what they cost is printed.
"""
