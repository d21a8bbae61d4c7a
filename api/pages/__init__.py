"""Pages to read and to ask on, without JavaScript: every word escaped, nothing from elsewhere, usable at any width and in the dark."""

from api.pages.answer import answer_page, problem_page
from api.pages.document import document_page, withdrawn_page
from api.pages.evaluation import no_evaluation_page
from api.pages.form import Reader
from api.pages.frame import DOCUMENT_HEADERS, HOME_HEADERS, PAGE_HEADERS
from api.pages.home import Standing, home_page
from api.pages.insights import insights_page

__all__ = [
    "DOCUMENT_HEADERS",
    "HOME_HEADERS",
    "PAGE_HEADERS",
    "Reader",
    "Standing",
    "answer_page",
    "document_page",
    "home_page",
    "insights_page",
    "no_evaluation_page",
    "problem_page",
    "withdrawn_page",
]
