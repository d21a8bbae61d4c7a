"""Documents in, an index folder out, and back again. Knows nothing of questions, answers or HTTP."""
