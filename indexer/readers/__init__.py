"""Files of several formats in, one `Document` each out.

`corpus_files` finds the files, `read_documents` reads them. A reader is a function from a file's bytes to drafts; what
they share (ids, sections, sources, front matter) is done once, in `files.py`.
"""

from indexer.readers.files import Reading, corpus_files, read_documents

__all__ = ["Reading", "corpus_files", "read_documents"]
