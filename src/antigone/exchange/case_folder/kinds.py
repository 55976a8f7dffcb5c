# SPDX-License-Identifier: Apache-2.0
"""Every kind of fault, warning and note about a case folder: code, sentence, remedy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from antigone.terms.errors import gettext_noop


class Severity(Enum):
    """What a remark does to the folder."""

    FAULT = "fault"  # refused
    WARNING = "warning"  # accepted; somebody should look
    NOTE = "note"  # accepted; how it was read


@dataclass(frozen=True, slots=True)
class RemarkKind:
    """One kind of remark. `sentence` and `remedy` are ``%(name)s`` templates for translators."""

    code: str
    severity: Severity
    sentence: str
    remedy: str


KINDS: dict[str, RemarkKind] = {}
"""Every kind by its code."""


def _kind(severity: Severity, code: str, sentence: str, remedy: str) -> RemarkKind:
    KINDS[code] = RemarkKind(code, severity, gettext_noop(sentence), gettext_noop(remedy))
    return KINDS[code]


def _fault(code: str, sentence: str, remedy: str) -> RemarkKind:
    return _kind(Severity.FAULT, code, sentence, remedy)


def _warning(code: str, sentence: str, remedy: str) -> RemarkKind:
    return _kind(Severity.WARNING, code, sentence, remedy)


def _note(code: str, sentence: str, remedy: str) -> RemarkKind:
    return _kind(Severity.NOTE, code, sentence, remedy)


# Files and archives
NO_SUCH_PATH = _fault(
    "no-such-path", "There is nothing at this path.", "Check the spelling of the path."
)
NOT_A_CASE_FOLDER = _fault(
    "not-a-case-folder",
    "This is no folder, .zip or .xlsx file.",
    "Give the folder that holds datapackage.json, a .zip of it, or an .xlsx workbook.",
)
NO_TABLES = _fault(
    "no-tables",
    "No table was found here.",
    "Put files such as remains.csv or sheets such as remains here; the known tables are: "
    "%(known)s.",
)
FILE_TOO_LARGE = _fault(
    "file-too-large",
    "The file has %(size)s bytes; the limit is %(limit)s.",
    "Split the case by site or laboratory batch, and load the parts one by one.",
)
TOO_MANY_FILES = _fault(
    "too-many-files",
    "There are %(count)s files; the limit is %(limit)s.",
    "Pack only the tables, datapackage.json and policy.toml.",
)
TOO_MUCH_UNPACKED = _fault(
    "too-much-unpacked",
    "Unpacked, the archive has %(size)s bytes; the limit is %(limit)s.",
    "Split the case, or give the folder itself.",
)
PACKED_TOO_TIGHT = _fault(
    "packed-too-tight",
    "This member unpacks to %(ratio)s times its size; the limit is %(limit)s. "
    "Archives made to exhaust a machine look like this.",
    "Ask the sender what it is; if it is sound, unpack it and give the folder.",
)
UNSAFE_MEMBER = _fault(
    "unsafe-member",
    "The archive has a member whose path leaves its folder or is absolute.",
    "Do not unpack it; ask the sender for a .zip of the plain folder.",
)
LINK = _fault(
    "link",
    "This is a symbolic link, not a file.",
    "Put the file itself here.",
)
DUPLICATE_MEMBER = _fault(
    "duplicate-member",
    "The name stands twice here, so that two readers could see two different files.",
    "Keep one of them.",
)
ENCRYPTED_MEMBER = _fault(
    "encrypted-member",
    "This member is protected with a password.",
    "Decrypt it first and give the plain folder or archive.",
)
BROKEN_ARCHIVE = _fault(
    "broken-archive",
    "The file is damaged, or is not what its name says.",
    "Ask for it again and compare the checksums.",
)
BROKEN_WORKBOOK = _fault(
    "broken-workbook",
    "The workbook cannot be read.",
    "Open it in a spreadsheet program, save it as .xlsx without macros, and try again.",
)
UNREADABLE = _fault(
    "unreadable",
    "The operating system refuses to read it: %(reason)s.",
    "Check its permissions and the medium.",
)
NOT_READ = _note(
    "not-read",
    "This file is not part of the format and was not read.",
    "Nothing to do, unless a table was meant: tables are named like remains.csv.",
)

# Text
NOT_UTF8 = _fault(
    "not-utf8",
    "The file is not UTF-8: byte %(offset)s, in line %(line)s, does not fit. %(guess)s",
    "Open it with its own encoding and save it as CSV UTF-8.",
)
CONTROL_CHARACTER = _fault(
    "control-character",
    "The cell holds the control character %(name)s, which no text has.",
    "Delete the character; if many cells have it, export the table again.",
)
BIDIRECTIONAL = _note(
    "bidirectional-character",
    "The cell holds %(name)s, which can change the order in which text is shown.",
    "It was kept. Look at the cell where invisible characters are shown.",
)
FOLDED_CODE = _note(
    "folded-code",
    "The code was written with Cyrillic letters that look Latin, and was read as %(code)s.",
    "Nothing to do; type codes with Latin letters next time.",
)

# The shape of a table
UNKNOWN_TABLE = _fault(
    "unknown-table",
    "There is no table of this name.%(closest)s",
    "Rename or remove it. The tables are: %(known)s.",
)
EMPTY_FILE = _fault(
    "empty-file",
    "The table has no header.",
    "Write the column names in the first row, or remove the table. They are: %(columns)s.",
)
EMPTY_TABLE = _note("empty-table", "The table has a header and no rows.", "Nothing to do.")
NAMELESS_COLUMN = _fault(
    "nameless-column",
    "Column %(number)s has cells but no name.",
    "Write its name in the first row, or remove it.",
)
DUPLICATE_COLUMN = _fault(
    "duplicate-column", "The column stands twice in the header.", "Remove or rename one of them."
)
MISSING_COLUMN = _fault(
    "missing-column",
    "The table lacks this column, which every row needs.",
    "Add the column. The columns are: %(columns)s.",
)
UNKNOWN_COLUMN = _note(
    "unknown-column",
    "The format has no column of this name in this table.%(closest)s",
    "It was kept and enters no result; rename it if a known column was meant.",
)
WRONG_DELIMITER = _fault(
    "wrong-delimiter",
    "The columns are parted by %(delimiter)s, not by commas.",
    "Save the table as comma-separated CSV UTF-8, or as an .xlsx workbook.",
)
WRONG_CELL_COUNT = _fault(
    "wrong-cell-count",
    "The row has %(found)s cells; the header has %(wanted)s.",
    "Add or remove commas; put text that contains a comma between double quotes.",
)
BROKEN_CSV = _fault(
    "broken-csv",
    "The file cannot be read as CSV from this row on: %(reason)s.",
    "Double quotes inside a cell must be doubled, and a quoted cell must end.",
)
TOO_MANY_ROWS = _fault(
    "too-many-rows",
    "The table has more than %(limit)s rows or cells too many to hold.",
    "Split the table, or delete the formatting below its last row.",
)
EMPTY_ROWS = _note(
    "empty-rows",
    "%(count)s rows without any cell were passed over; the first is this one.",
    "Nothing to do, unless a row was meant to hold something.",
)
FORMULA = _fault(
    "formula",
    "Cell %(cell)s holds a formula; a formula is not evidence and is never calculated here.",
    "Copy the column and paste it as values; put text that begins with = in a text cell.",
)
ERROR_CELL = _fault(
    "error-cell",
    "Cell %(cell)s holds an error of the spreadsheet.",
    "Type the value, or leave the cell blank for not recorded.",
)
TURNED_INTO_DATE = _fault(
    "turned-into-date",
    "Cell %(cell)s is a date, in a column that holds none: spreadsheets turn allele 9.3 and "
    "numbers such as 3-4 into dates.",
    "Format the column as text and type the value again from its source.",
)

# The package and the policy
BROKEN_PACKAGE = _fault(
    "broken-package",
    "It cannot be read as a data package: %(reason)s.",
    "Mend it, or remove it: the tables can be read without it.",
)
WRONG_VERSION = _fault(
    "wrong-version",
    "The folder has version %(found)s of the format; this program reads version %(known)s.",
    "Read it with a program of its version, or write it again as version %(known)s.",
)
NO_PACKAGE = _note(
    "no-package",
    "There is no datapackage.json: version 1 is assumed, and that the case is real.",
    "Nothing to do; an export writes one.",
)
NO_VERSION = _note(
    "no-version", "No version of the format is stated: version 1 is assumed.", "Nothing to do."
)
LISTED_BUT_ABSENT = _fault(
    "listed-but-absent",
    "datapackage.json lists this table, but its file %(path)s is not here.",
    "Add the file beside datapackage.json, or take the table out of the list.",
)
CHANGED_SINCE = _note(
    "changed-since",
    "The table was changed since datapackage.json was written.",
    "Nothing to do if somebody meant to change it; else ask for the folder again.",
)
NO_POLICY = _note(
    "no-policy",
    "There is no policy.toml: the tables can be read, but identify refuses to run.",
    "Write one with: antigone policy new.",
)
POLICY_FAULT = _fault(
    "policy-fault", "%(sentence)s", "Mend policy.toml; compare with: antigone policy new."
)
POLICY_TWICE = _fault(
    "policy-twice",
    "The policy stands both in a sheet and in policy.toml beside the workbook, and they differ.",
    "Keep one of them.",
)

# Cells
BLANK_KEY = _fault(
    "blank-key",
    "The row has no %(column)s.",
    "Every row needs one: write what the source calls it.",
)
BLANK_CELL = _fault("blank-cell", "The row has no %(column)s, which it needs.", "Fill it in.")
BLANKS_AROUND = _fault(
    "blanks-around",
    "The cell has blanks before or after its text; keys are compared exactly.",
    "Delete the blanks.",
)
DUPLICATE_KEY = _fault(
    "duplicate-key",
    "The key stands twice: in row %(first)s and in row %(second)s.",
    "Keys are unique in their table. Remove one row, or ask the source for the right key.",
)
DUPLICATE_CALL = _fault(
    "duplicate-call",
    "The marker stands twice in one run: in row %(first)s and in row %(second)s.",
    "Keep the row that the laboratory reported; a repetition is a run of its own.",
)
NOT_A_CODE = _fault(
    "not-a-code", "The cell is none of: %(codes)s.%(closest)s", "Write one of these words."
)
NOT_A_NUMBER = _fault(
    "not-a-number",
    "The cell is not a number.",
    "Write digits with a decimal point, without unit: 12.5; leave it blank for not recorded.",
)
NOT_A_WHOLE_NUMBER = _fault(
    "not-a-whole-number", "The cell is not a whole number.", "Write digits only: 12."
)
OUT_OF_RANGE = _fault(
    "out-of-range",
    "The number is not between %(low)s and %(high)s.",
    "Check the number and its unit against the source.",
)
NOT_A_DATE = _fault(
    "not-a-date",
    "The cell is not a date.",
    "Write 2022-04-03, 2022-04, 2022, 1956~ (about), 1956? (uncertain), 2022-03/2022-05 "
    "(between) or ../2022-09-10 (until).",
)
NOT_A_TIME = _fault(
    "not-a-time",
    "The cell is not a time with its offset.",
    "Write 2022-09-20T14:05:00+03:00.",
)
NOT_AN_ALLELE = _fault(
    "not-an-allele",
    "The cell is not an allele.",
    "Write the repeat number, such as 14 or 9.3; leave it blank where nothing was called.",
)
MIN_ABOVE_MAX = _fault(
    "min-above-max", "%(low)s is above %(high)s in this row.", "Exchange the two, or mend one."
)
UNKNOWN_DVI_ITEM = _fault(
    "unknown-dvi-item",
    "No ante- or post-mortem form has this item.",
    "Write a number of the forms, such as 36, 53.04 or 24.0207; what fits none goes to item 92.",
)
DVI_CONTACT_IN_VALUE = _fault(
    "dvi-contact-in-value",
    "This item names living people or says how they are reached.",
    "Move the words to the column contact, which only those who speak with families read.",
)
DVI_VALUE_IN_CONTACT = _fault(
    "dvi-value-in-contact",
    "This item describes, and names nobody.",
    "Move the words to the column value.",
)
DVI_ALLELES_IN_VALUE = _fault(
    "dvi-alleles-in-value",
    "This item is alleles, which the laboratory alone reads.",
    "Move them to table profile, and write the number of the report at item 94.",
)

# References
UNKNOWN_REFERENCE = _fault(
    "unknown-reference",
    "Table %(table)s has no row with this key.%(closest)s",
    "Mend the key, or add the row to table %(table)s.",
)
OWNER_WITHOUT_KIND = _fault(
    "owner-without-kind",
    "The row has a key here, but %(by)s does not say of which table.",
    "Fill in %(by)s.",
)
UNCHECKED_REFERENCE = _note(
    "unchecked-reference",
    "The column refers to table %(table)s, which is not here: its %(count)s keys are unchecked.",
    "Nothing to do where the database already has them.",
)

# Pedigrees
FATHER_FEMALE = _fault(
    "father-female",
    "The father, %(parent)s, is recorded as female in row %(row)s.",
    "Exchange father and mother, or mend the sex.",
)
MOTHER_MALE = _fault(
    "mother-male",
    "The mother, %(parent)s, is recorded as male in row %(row)s.",
    "Exchange father and mother, or mend the sex.",
)
ONE_PARENT_TWICE = _fault(
    "one-parent-twice", "Father and mother are the same individual.", "Mend one of them."
)
OWN_ANCESTOR = _fault(
    "own-ancestor",
    "This individual is an own ancestor: %(loop)s.",
    "One of these links is wrong; ask the family again.",
)
PARENT_ELSEWHERE = _fault(
    "parent-elsewhere",
    "The %(parent_column)s, %(parent)s, stands in family %(other)s, the child in %(family)s.",
    "Put both in one family: joined families become one tree.",
)
SEXES_DIFFER = _warning(
    "sexes-differ",
    "The sex in the pedigree is %(relative)s, that of the reported person %(person)s is "
    "%(reported)s.",
    "Ask the family which is right.",
)
PEDIGREE_CONTRADICTED = _warning(
    "pedigree-contradicted",
    "The profiles of child %(child)s and %(parents)s do not fit the recorded pedigree at "
    "%(conflicts)s of %(compared)s markers (%(markers)s).",
    "For geneticists only: check sample labels, mutation and the pedigree. It is weighed by the "
    "policy's error rates and excludes nobody by itself.",
)

# The laboratory
SAMPLE_OF_NOTHING = _fault(
    "sample-of-nothing",
    "The sample, of kind %(kind)s, has no %(wanted)s.",
    "Fill in %(wanted)s.",
)
SAMPLE_OF_TWO = _fault(
    "sample-of-two",
    "The sample points to more than one donor (%(columns)s).",
    "A sample has one donor: keep one of them.",
)
SAMPLE_OF_WRONG_KIND = _fault(
    "sample-of-wrong-kind",
    "A sample of kind %(kind)s cannot point to %(column)s.",
    "Mend the kind, or move the key to its column.",
)
FREQUENCIES_NOT_ONE = _fault(
    "frequencies-not-one",
    "The frequencies of marker %(marker)s in population %(population)s sum to %(total)s, not 1.",
    "Add the missing alleles, or take the table again from its source.",
)
FREQUENCIES_NEARLY_ONE = _warning(
    "frequencies-nearly-one",
    "The frequencies of marker %(marker)s in population %(population)s sum to %(total)s; "
    "they are scaled to 1.",
    "Nothing to do: published tables are rounded.",
)
ALLELE_TWICE = _fault(
    "allele-twice",
    "The allele stands twice for marker %(marker)s in population %(population)s: in row "
    "%(first)s and in row %(second)s.",
    "Keep one row.",
)
POPULATION_ABSENT = _fault(
    "population-absent",
    "The policy uses population %(population)s, which table frequency does not have.",
    "Name one of these in policy.toml: %(known)s.",
)
MARKER_WITHOUT_FREQUENCIES = _warning(
    "marker-without-frequencies",
    "Marker %(marker)s has no frequencies in population %(population)s: its %(count)s calls "
    "cannot be weighed.%(closest)s",
    "Add its frequencies, or mend the marker's name.",
)
ALLELE_NOT_IN_TABLE = _warning(
    "allele-not-in-table",
    "Allele %(allele)s of marker %(marker)s was observed in %(count)s calls and is not in the "
    "table: the policy's minimum, %(minimum)s, will be used.",
    "Check the call, and whether the table bins rare alleles.",
)
ALLELE_WITHOUT_MINIMUM = _fault(
    "allele-without-minimum",
    "Allele %(allele)s of marker %(marker)s was observed and is not in the table, and the policy "
    "gives no minimum for a table without n_alleles.",
    "Fill in frequency.n_alleles, or state an absolute frequencies.minimum in policy.toml.",
)
MUTATION_INCOMPLETE = _fault(
    "mutation-incomplete",
    "The mutation model %(model)s needs %(missing)s.",
    "Fill in the rates, or choose another model.",
)
MUTATION_MATRIX = _fault(
    "mutation-matrix",
    "The mutation model matrix needs a matrix, for which version 1 of the format has no column.",
    "Choose equal, proportional or stepwise with its rates.",
)

# Relations and decisions
RELATION_WITH_ITSELF = _fault(
    "relation-with-itself", "The row relates a thing with itself.", "Mend one of the two keys."
)
RELATION_CONTRADICTED = _fault(
    "relation-contradicted",
    "Row %(first)s says %(one)s of the same two, this row says %(other)s.",
    "Keep the decision that stands.",
)
DECISION_WITHOUT_PERSON = _fault(
    "decision-without-person",
    "The decision's outcome is %(outcome)s, but it names no person.",
    "Fill in person.",
)
LOOP = _fault(
    "loop",
    "The %(column)s of these rows lead back to themselves: %(loop)s.",
    "One of them is wrong.",
)
