"""LlamaIndex, as its documentation shows for local use: HuggingFaceEmbedding and FaissVectorStore on an exact index."""

from collections.abc import Sequence
from pathlib import Path

import faiss
from llama_index.core import StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.vector_stores.faiss import FaissVectorStore

from tests.benchmarks.peers.system import Text

_DIMENSION = 384


class LlamaIndexPeer:
    """See System."""

    def __init__(self, model: Path) -> None:
        self._embeddings = HuggingFaceEmbedding(model_name=str(model))

    def build(self, texts: Sequence[Text], folder: Path) -> None:
        storage = StorageContext.from_defaults(vector_store=FaissVectorStore(faiss_index=faiss.IndexFlatL2(_DIMENSION)))
        nodes = [TextNode(id_=one.id, text=one.text) for one in texts]
        VectorStoreIndex(nodes, storage_context=storage, embed_model=self._embeddings).storage_context.persist(str(folder))

    def open(self, folder: Path) -> None:
        store = FaissVectorStore.from_persist_dir(str(folder))
        storage = StorageContext.from_defaults(vector_store=store, persist_dir=str(folder))
        self._index = load_index_from_storage(storage, embed_model=self._embeddings)

    def search(self, question: str, limit: int) -> list[str]:
        found = self._index.as_retriever(similarity_top_k=limit).retrieve(question)
        return [one.node.node_id for one in found]
