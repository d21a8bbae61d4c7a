"""Haystack, as its documentation shows for local use: sentence-transformers, the in-memory store, a pipeline of embedder and retriever."""

from collections.abc import Sequence
from pathlib import Path

from haystack import Document, Pipeline
from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
from haystack.components.writers import DocumentWriter
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)

from tests.benchmarks.peers.system import Text

_FILE = "store.json"


class HaystackPeer:
    """See System."""

    def __init__(self, model: Path) -> None:
        self._model = str(model)

    def build(self, texts: Sequence[Text], folder: Path) -> None:
        store = InMemoryDocumentStore(embedding_similarity_function="cosine")
        pipeline = Pipeline()
        pipeline.add_component("embedder", SentenceTransformersDocumentEmbedder(model=self._model, progress_bar=False))
        pipeline.add_component("writer", DocumentWriter(document_store=store))
        pipeline.connect("embedder", "writer")
        pipeline.run({"embedder": {"documents": [Document(id=one.id, content=one.text) for one in texts]}})
        store.save_to_disk(str(folder / _FILE))

    def open(self, folder: Path) -> None:
        store = InMemoryDocumentStore.load_from_disk(str(folder / _FILE))
        self._pipeline = Pipeline()
        self._pipeline.add_component("embedder", SentenceTransformersTextEmbedder(model=self._model, progress_bar=False))
        self._pipeline.add_component("retriever", InMemoryEmbeddingRetriever(document_store=store))
        self._pipeline.connect("embedder.embedding", "retriever.query_embedding")

    def search(self, question: str, limit: int) -> list[str]:
        found = self._pipeline.run({"embedder": {"text": question}, "retriever": {"top_k": limit}})
        return [document.id for document in found["retriever"]["documents"]]
