"""LangChain, as its documentation shows for local use: HuggingFaceEmbeddings and FAISS."""

from collections.abc import Sequence
from pathlib import Path

from langchain_community.vectorstores import FAISS
from langchain_huggingface import HuggingFaceEmbeddings

from tests.benchmarks.peers.system import Text


class LangChainPeer:
    """See System."""

    def __init__(self, model: Path) -> None:
        self._embeddings = HuggingFaceEmbeddings(model_name=str(model))

    def build(self, texts: Sequence[Text], folder: Path) -> None:
        store = FAISS.from_texts([one.text for one in texts], self._embeddings, ids=[one.id for one in texts])
        store.save_local(str(folder))

    def open(self, folder: Path) -> None:
        self._store = FAISS.load_local(str(folder), self._embeddings, allow_dangerous_deserialization=True)

    def search(self, question: str, limit: int) -> list[str]:
        return [str(document.id) for document in self._store.similarity_search(question, k=limit)]
