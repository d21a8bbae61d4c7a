"""What one document may cost: enough for the longest book, too little to bring a machine down."""

LARGEST_FILE = 64 * 2**20  # bytes; JSON lines are read line by line, and may be any length
LONGEST_TEXT = 2_000_000  # signs: some 1,000 printed pages
LONGEST_READING = 120  # seconds; the longest PDF takes 40 on two idle cores
MOST_MEMORY = 2 * 2**30  # bytes


def shown_size(size: int) -> str:
    """A number of bytes as people say it."""
    return f"{size / 2**20:,.0f} MB"
