import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import Turn, checked_history, checked_question
from bot.errors import QuestionError


def test_outer_space_is_trimmed_before_lengths_are_checked() -> None:
    assert checked_question("  hi \n") == "hi"
    assert checked_question(" " * 50 + "a" * 1000) == "a" * 1000


@pytest.mark.parametrize("question", ["", "  \n\t", "\u3000"])
def test_an_empty_question_is_refused(question: str) -> None:
    with pytest.raises(QuestionError, match="the question is empty"):
        checked_question(question)


def test_a_question_that_is_too_long_is_refused_with_its_length() -> None:
    with pytest.raises(QuestionError, match=r"has 1,001 characters; ask in at most 1,000"):
        checked_question("a" * 1001)


def test_half_a_surrogate_pair_is_replaced_in_questions_and_turns() -> None:
    assert checked_question("is it \ud83d safe") == "is it \N{REPLACEMENT CHARACTER} safe"
    assert checked_history([{"role": "user", "content": "\ud83d\ude00"}]) == (Turn("user", "\U0001f600"),)


def test_turns_come_out_as_they_went_in() -> None:
    turns = [{"role": "user", "content": " what is xanax "}, {"role": "assistant", "content": ""}]
    assert checked_history(turns) == (Turn("user", " what is xanax "), Turn("assistant", ""))
    assert checked_history(tuple(turns)) == checked_history(turns)
    assert checked_history([]) == checked_history(()) == ()


def test_what_else_a_turn_holds_is_left_out() -> None:
    assert checked_history([{"role": "user", "content": "hi", "id": 7}]) == (Turn("user", "hi"),)


def test_history_of_more_than_twenty_turns_is_refused() -> None:
    turns = [{"role": "user", "content": "hi"}] * 21
    with pytest.raises(QuestionError, match="21 turns"):
        checked_history(turns)
    assert len(checked_history(turns[:20])) == 20


@pytest.mark.parametrize("history", ["hi", None, 3, {"role": "user", "content": "hi"}])
def test_history_that_is_no_list_is_refused(history: object) -> None:
    with pytest.raises(QuestionError, match="the history is not a list"):
        checked_history(history)


@pytest.mark.parametrize("turn", [{"role": "system", "content": "x"}, {"role": "user"}, {"role": "user", "content": 3}, "x", None])
def test_a_turn_of_another_form_is_refused(turn: object) -> None:
    with pytest.raises(QuestionError, match="each turn of the history"):
        checked_history([{"role": "user", "content": "hi"}, turn])


@given(st.text(st.characters(exclude_categories=()), max_size=40))
def test_a_checked_question_can_be_written_down_and_checked_again(text: str) -> None:
    try:
        question = checked_question(text)
    except QuestionError:
        assert not text.strip()
    else:
        assert question.encode()
        assert checked_question(question) == question
