"""The shipped style: what it must find in a sentence, and what it must let be. A pattern that changes keeps both lists."""

from pathlib import Path

import pytest

from indexer.check.check import check_corpus
from indexer.check.corpus import read_corpus
from tests.written_corpus import TODAY, write_corpus

AMOUNT, TAKEN, SCHEDULE, CONVERSION = "an amount of a drug", "an amount to take", "a schedule", "a conversion between drugs"
GETTING, MAKING, TEST, SAFE = (
    "a way to get drugs",
    "a way to make or prepare drugs",
    "a way to beat a drug test",
    "a mix, amount or way of use called safe",
)
ADVERTISING, LABEL, LEANS, UNDATED, NUMBER = "advertising", "labels a person", "opens with", "without a date", "typed out"
FOUND = {
    "A common strength is 2mg.": AMOUNT,
    "A common strength is 0.5-mg.": AMOUNT,
    "A common strength is 10\N{NO-BREAK SPACE}mgs.": AMOUNT,
    "A common strength is 2\N{NON-BREAKING HYPHEN}mg.": AMOUNT,
    "A patch holds 25 \N{MICRO SIGN}g an hour.": AMOUNT,
    "Half a milligram is the smallest tablet.": AMOUNT,
    "Fifty milligrams is a usual tablet.": AMOUNT,
    "Two millilitres of liquid are in a vial.": AMOUNT,
    "Some people use a gram a day.": AMOUNT,
    "Keep naloxone spray near when you take 80 mg of oxycodone.": AMOUNT,
    "Take 1-2 tablets of Xanax.": TAKEN,
    "Swallow half a bar.": TAKEN,
    "Two bars of Xanax are too many.": TAKEN,
    "A couple of bars of Xanax helps.": TAKEN,
    "Give Xanax every 6 hours.": SCHEDULE,
    "Xanax is taken three times daily.": SCHEDULE,
    "Take Xanax 3x a day.": SCHEDULE,
    "The label says q6h.": SCHEDULE,
    "Redose ketamine after 30 minutes.": SCHEDULE,
    "Lower the Xanax by ten percent.": SCHEDULE,
    "Cut Xanax by 25% to lower the risk of seizures.": SCHEDULE,
    "Halve the dose weekly.": SCHEDULE,
    "Week one - take less.": SCHEDULE,
    "Two Klonopin tablets replace one Xanax tablet.": CONVERSION,
    "The ratio of methadone to morphine is 1:10.": CONVERSION,
    "An equianalgesic table helps.": CONVERSION,
    "Vendors on Instagram sell ketamine.": GETTING,
    "Ketamine costs about $20 a bag.": GETTING,
    "The street price fell.": GETTING,
    "Crush the tablet and snort the powder.": MAKING,
    "Cold water extraction is used.": MAKING,
    "A tablet is baked into crystals.": MAKING,
    "Drug tests can be beaten.": TEST,
    "Getting around a hair test is hard.": TEST,
    "Synthetic urine is sold online.": TEST,
    "Ketamine is safe to mix with cannabis, and no doctor is needed.": SAFE,
    "A safe dose of ketamine is small.": SAFE,
    "Ketamine mixes well with cannabis.": SAFE,
    "One beer with Xanax is fine.": SAFE,
    "Call us today.": ADVERTISING,
    "Call now for a free assessment.": ADVERTISING,
    "A promo code lowers the price.": ADVERTISING,
    "Fentanyl users need care.": LABEL,
    "Drug-users need care.": LABEL,
    "People who relapse need care.": LABEL,
    "A person who tested clean went home.": LABEL,
    "An opioid-addicted person needs care.": LABEL,
    "Ketamine abuse harms the bladder.": LABEL,
    "It is not an opioid.": LEANS,
    "Yes, it can.": LEANS,
    "Because it is strong, care is needed.": LEANS,
    "The drug can harm the bladder.": LEANS,
    "Both can harm the bladder.": LEANS,
    "However, ketamine is strong.": LEANS,
    "In these cases, the kidneys can fail.": LEANS,
    "Ketamine is currently rare.": UNDATED,
    "In recent years ketamine spread.": UNDATED,
    "Call 9-1-1 at once.": NUMBER,
    "Call 911-emergency services.": NUMBER,
    "Call 800 555 0199 at once.": NUMBER,
    "Call 1-800-GAMBLER at once.": NUMBER,
    "Text 83283 at once.": NUMBER,
}
LET_BE = [
    "Naloxone can be bought without a prescription.",
    "Use one spray of naloxone in one nostril.",
    "Give another dose of naloxone after 2 to 3 minutes.",
    "In 2024 about 79,000 people died, and 24 of 228,668 deaths involved ketamine alone.",
    "The rule covers Schedules II to V.",
    "Withdrawal lasts 2 to 4 weeks.",
    "The death rate was cut by a third, and deaths dropped by 20%.",
    "Medicine cuts the risk of death by half.",
    "One study found deaths fell by 26.2%.",
    "About 1 in 6 people and 9 in 10 deaths were counted.",
    "Fentanyl is 50 times as strong as heroin.",
    "Lines are open 24/7.",
    "Help is a line of work for many.",
    "Do not crush or chew a tablet.",
    "No mix of drugs is safe.",
    "Mixing drugs is never safe.",
    "Taking both is not safe.",
    "A drug test can be wrong, and a person who passes out needs help.",
    "Labs test urine, hair or saliva.",
    "Take-back sites are free.",
    "Free treatment programs exist.",
    "A wound should be kept clean.",
    "Sleep habits matter, and a habit-forming medicine needs care.",
    "An alcoholic drink adds to the danger.",
    "Report child abuse.",
    "The National Institute on Drug Abuse studies drugs.",
    "The word \N{LEFT DOUBLE QUOTATION MARK}addict\N{RIGHT DOUBLE QUOTATION MARK} hurts.",
    "Those who use opioids can carry naloxone.",
    "Many people who use ketamine stop.",
    "Both ketamine and Xanax can harm.",
    "There are three forms of buprenorphine.",
    "If a person is awake, stay.",
    "Currently, in 2026, naloxone is sold in shops.",
    "The day was 2019-03-01.",
    "The study of 911 people and the count of 988 deaths are done.",
    "Each day counts.",
    "People aged 18 to 25 answered.",
]


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What is found at each sentence, all of them paragraphs of one document under the shipped style."""
    folder = tmp_path_factory.mktemp("style")
    sentences = [*FOUND, *LET_BE]
    text = "\n\n".join(f"{sentence}[^ICEBOOK]" for sentence in sentences)
    corpus = write_corpus(folder, {"documents/drinks/ice.md": ("Ice water is cold:", f"{text}\n\nIce water is cold:")})
    (corpus / "style.toml").unlink()
    findings = check_corpus(read_corpus(corpus), Path("none"), TODAY)
    rules = ("forbidden", "words", "stands-alone", "due", "helpline")
    return {
        sentence: [
            finding.message
            for finding in findings
            if finding.line == 20 + 2 * number and finding.rule in rules and "ice.md" in finding.file
        ]
        for number, sentence in enumerate(sentences)
    }


@pytest.mark.parametrize("sentence", FOUND)
def test_what_a_careless_author_writes_is_found(messages: dict[str, list[str]], sentence: str) -> None:
    assert any(FOUND[sentence] in message for message in messages[sentence]), messages[sentence]


@pytest.mark.parametrize("sentence", LET_BE)
def test_what_a_careful_author_writes_is_let_be(messages: dict[str, list[str]], sentence: str) -> None:
    assert messages[sentence] == []
