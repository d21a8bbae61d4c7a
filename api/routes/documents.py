"""The documents: as data, and as pages that citations open."""

from http import HTTPStatus

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse

from api.dependencies import ADMITTED, BotDependency, IndexDependency
from api.examples import DOCUMENT, DOCUMENTS, PAGE, problems
from api.pages import DOCUMENT_HEADERS, PAGE_HEADERS, document_page, withdrawn_page
from api.replies import document_list, document_reply
from api.schemas import DocumentList, DocumentReply
from indexer.documents import Document
from indexer.index import Index

router = APIRouter(tags=["documents"])


@router.get(
    "/v1/documents", operation_id="listDocuments", responses={200: DOCUMENTS, **problems(401, 403, 429, 503)}, dependencies=[ADMITTED]
)
def list_documents(index: IndexDependency) -> DocumentList:
    """Every document in the index."""
    return document_list(index)


@router.get(
    "/v1/documents/{document_id:path}",
    operation_id="getDocument",
    responses={200: DOCUMENT, **problems(401, 403, 404, 410, 422, 429, 503)},
    dependencies=[ADMITTED],
)
def get_document(document_id: str, index: IndexDependency) -> DocumentReply:
    """One document as indexed."""
    return document_reply(_find(index, document_id))


@router.get(
    "/documents/{document_id:path}",
    operation_id="readDocument",
    response_class=HTMLResponse,
    responses={
        200: PAGE,
        **problems(404, 422, 503),
        410: {"description": "A page that says why the document was withdrawn", "content": PAGE["content"]},
    },
)
def read_document(document_id: str, bot: BotDependency, index: IndexDependency) -> HTMLResponse:
    """One document as a readable page, an anchor for each section."""
    tombstone = index.store.tombstone(document_id)
    if tombstone is not None:
        return HTMLResponse(withdrawn_page(tombstone, bot.safety), HTTPStatus.GONE, headers=PAGE_HEADERS)
    return HTMLResponse(document_page(_find(index, document_id), bot.safety), headers=DOCUMENT_HEADERS)


def _find(index: Index, name: str) -> Document:
    document = index.store.document(name)
    tombstone = index.store.tombstone(name)
    if tombstone is not None:
        raise HTTPException(HTTPStatus.GONE, f"{tombstone.title} was withdrawn: {tombstone.reason}")
    if document is None:
        raise HTTPException(404, "there is no such document; GET /v1/documents lists those there are")
    return document
