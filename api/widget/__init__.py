"""The chat that a page embeds: its modules, style and words, and the one script that is made of them."""
