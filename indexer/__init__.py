"""Documents in, an index folder out, and back again. Knows nothing of questions, answers or HTTP."""

import os

# Parallel over questions, not within one: for products of this size, threads that wait for each other cost up to a hundred times the work.
# The library behind NumPy heeds it only before its first import; whoever has set it otherwise is left alone.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
