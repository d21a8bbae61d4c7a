"""Files of several formats in, one `Document` each out.

`find_files` says which files are documents, `read_documents` reads them all, `BoundedReader.read` reads one within limits of time and
memory. A reader of one format turns bytes into a `Manuscript`; what formats share is done once, in `reader.py`.
"""

from indexer.readers.bounded import BoundedReader
from indexer.readers.encoding import checked_encoding
from indexer.readers.files import FoundFiles, find_files
from indexer.readers.reading import Entry, Reading, read_documents

__all__ = ["BoundedReader", "Entry", "FoundFiles", "Reading", "checked_encoding", "find_files", "read_documents"]
