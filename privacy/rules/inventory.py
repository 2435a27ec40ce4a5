"""The inventory of personal data: every column of every table that can hold a text or a file.

Each is named once, with whose data it may hold and what erasing a person does with it; whatever holds
nobody's says why. A test walks all models and fails for a column that stands nowhere here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Erasure(StrEnum):
    """What erasing a contact does with a column."""

    REPLACED = "replaced"
    """The person's name, addresses and numbers are replaced in it, whoever wrote it."""
    CONTENT = "content"
    """The same; and all of it goes where the person wrote it and what they wrote is chosen, too."""
    SEALED = "sealed"
    """It is encrypted: it is opened, and what names the person is replaced in it."""
    EMPTIED = "emptied"
    """It is the name of whoever did it and nothing else; rows that never change let it be emptied."""
    ROW = "row"
    """The row is about one person alone or of no use without them: it goes."""
    ROOM = "room"
    """An action empties it that finds the rows by links and numbers: half a number is of no use, nor is a
    colleague's own number to go, and reading all of so large a table would take too long."""
    FILE = "file"
    """A stored file: it goes with its row, or when files are chosen."""
    UNSEALED = "unsealed"
    """Replaced while its row is open; once a statement has sealed it, the law has it kept."""
    LAW = "law"
    """It has to be kept for as long as the law says; the preview counts it."""
    NOTHING = "nothing"
    """It holds nobody's data; `why` says how come."""


IN_PLACE = (Erasure.REPLACED, Erasure.CONTENT, Erasure.UNSEALED)
"""Where the person is looked for in the column itself, and replaced."""


class Whose(StrEnum):
    """Whose data may stand in a column."""

    PERSON = "person"
    ANYBODY = "anybody"
    STAFF = "staff"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Column:
    """How one column is treated. `export`: the part of an access export that shows it; "" for none."""

    whose: Whose
    erasure: Erasure
    why: str = ""
    export: str = ""


CODE = "codes and settings of the product"
DIGEST = "a digest, a random key or a token's hash"
OURS = "a text of the firm about what it offers"
ORGANISATION = "data of an organisation"
MACHINE = "written by the product itself, without names"
STAFF = "about people of the firm, who are no contacts"


def _table(text: str, whose: Whose, erasure: Erasure) -> Iterator[tuple[str, Column]]:
    """Lines of `table: column column=export ...`; for tables of nobody `table | why: column ...`."""
    for line in filter(None, (line.strip() for line in text.splitlines())):
        head, _, columns = line.partition(": ")
        table, _, why = head.partition(" | ")
        for word in columns.split():
            name, _, export = word.partition("=")
            yield f"{table}.{name}", Column(whose, erasure, _WHY.get(why, why), export)


_WHY = {
    "code": CODE,
    "digest": DIGEST,
    "ours": OURS,
    "organisation": ORGANISATION,
    "machine": MACHINE,
    "staff": STAFF,
    "tax": "part of bookkeeping (§ 147 AO), kept for the years the law says (GDPR Art. 17 (3) b)",
    "proof": "proof of an agreement (GDPR Art. 28 (9)), kept until claims of it have lapsed (Art. 17 (3) e)",
}

_PERSON_REPLACED = """
accounts.User: username=login first_name=login last_name=login email=login
customers.Contact: name=person sort_name email=person
tickets.Message: author_name=messages
tickets.TicketEvent: actor_name
tickets.ConsentList: confirmed_by_name
tickets.DataSubject: name=consents
tickets.ApprovalRequest: answered_by_name=approvals
tickets.RemoteSession: confirmed_by=remote_sessions partner_id
contracts.DpaReviewItem: done_by_name
contracts.Instruction: given_by_name=rights
contracts.DataReturn: chosen_by_name=rights
contracts.AuditRequest: asked_by_name=rights
contracts.StandingApproval: granted_by=approvals
contracts.BreachNotice: acknowledged_by_name=rights
contracts.ChangeNotice: acknowledged_by_name=rights objected_by_name=rights
contracts.ToldContact: name=notices address=notices
"""

_EMPTIED = """
contracts.DpaEvent: by_name
"""

_CONTENT = """
tickets.Ticket: subject=tickets
tickets.Message: body=messages
tickets.Rating: comment=ratings
tickets.ApprovalRequest: answer_note=approvals
knowledge.Feedback: comment=feedback
contracts.ChangeNotice: objection=rights
"""

_ROOM = """
customers.ContactPhone: number=person
calls.Call: from_text=phone_calls from_number=phone_calls to_number=phone_calls
calls.CallStep: request
"""

_ANYBODY_REPLACED = """
customers.Customer: note
tickets.Ticket: pin_reason
tickets.TicketEvent: params
tickets.Assignment: reason ended_reason
tickets.Decline: reason
tickets.ApprovalRequest: text evidence
tickets.Clock: justification changes
tickets.TimeEntry: text remark void_reason
tickets.CoverageDecision: reason inputs
tickets.CoverageSlice: reason_params
tickets.Consent: evidence=consents withdrawal_note=consents
tickets.RemoteSession: confirmed_how done
tickets.ChecklistItem: text
tickets.Attachment: name=attachments
tickets.Delivery: error params
tickets.AlertSource: name
accounts.Notice: error
accounts.Announcement: text_de text_en
accounts.ApiToken: name
contracts.ProcessingAgreement: end_reason
contracts.DpaReviewItem: note
contracts.Instruction: text=rights outcome
contracts.AuditRequest: subject=rights outcome
contracts.Breach: title text
contracts.DataReturn: kept
contracts.BreachNotice: text
accounts.Impersonation: reason
contracts.ChangeNotice: outcome_note
contracts.StandingApproval: evidence
contracts.Suspension: reason
contracts.Agreement: reference
knowledge.ArticleText: title summary html plain
knowledge.Revision: title summary body note
knowledge.ArticleFile: name
privacy.LegalHold: reason
calls.ServiceNumber: note
calls.Call: no_ticket_why
calls.AgentPhone: presence_reason
"""

_ROWS = """
sessions.Session: session_key session_data
usersessions.UserSession: ip=logins session_key user_agent=logins data
account.EmailAddress: email=login
account.EmailConfirmation: key
mfa.Authenticator: data
knowledge.SearchTerm: query
accounts.KeptAnswer: key
accounts.Notice: address=notices
accounts.AuditValues: salt actor_name=audit object_label=audit details=audit
admin.LogEntry: object_id object_repr change_message
"""

_SEALED = """
accounts.Notice: params
accounts.KeptAnswer: answer
privacy.PrivacyJob: sealed
tickets.HeldFile: sealed
"""

_STAFF = """
knowledge.Revision | staff: author_name
accounts.Impersonation | staff: admin_name
accounts.Company | staff: officer_name officer_email officer_phone
billing.Charge | staff: released_by_name created_by_name
billing.Statement | staff: closed_by_name handed_over_by_name
calls.AgentPhone | staff: dial_target
calls.OnCall | staff: dial_target
calls.CallStep | staff: inputs response
"""

_LAW = """
billing.Statement | tax: vat_shares consumption seller buyer
billing.BillingParty | tax: email legal_name line_one line_two city buyer_reference
contracts.AllowanceEntry | tax: note
contracts.DpaSignature | proof: name=signatures role=signatures ip=signatures
contracts.DpaSignature | proof: file
"""

_UNSEALED = """
billing.Charge | tax: ticket_subject text reason_params reason_de reason_en release_note
"""

_FILES = """
tickets.Attachment: file=attachments
tickets.HeldFile: file=held_files
privacy.PrivacyJob: file
"""

_NOBODYS = """
auth.Permission | code: name codename
auth.Group | code: name
contenttypes.ContentType | code: app_label model
accounts.User | digest: password
accounts.Team | organisation: name slug
accounts.ApiUse | an id of a user and a minute, gone after an hour: who
accounts.KeptAnswer | digest: fingerprint
accounts.AuditEntry | ids and codes; the values lie apart: verb object_kind object_id commitment hash
accounts.AuditCut | digest: hash
accounts.Company | organisation: name logo logo_type logo_digest accent_light accent_dark postal_address
accounts.Company | ours: welcome_title_de welcome_title_en welcome_text_de welcome_text_en footer_de footer_en
accounts.Company | organisation: imprint_url privacy_url public_phone support_address
accounts.SetUpCode | digest: digest
accounts.Heartbeat | machine: part
accounts.Notice | digest: mail_id
accounts.ApiToken | digest: digest
customers.Customer | organisation: name sort_name
customers.CustomerDomain | organisation: domain
customers.CustomerPhone | organisation: number
contracts.ServiceHours | code: name weekly time_zone country region
contracts.SpecialDays | code: name intervals
contracts.Service | ours: code name_de name_en
contracts.ServiceLevel | ours: name description warn_at
contracts.Allowance | code: alert_at
contracts.AllowanceEntry | machine: key source
contracts.PriceList | ours: name currency
contracts.PriceItem | ours: code name_de name_en
contracts.CustomerPrice | ours: code currency
contracts.StandingApproval | code: currency
contracts.DpaDocument | ours: version body_de body_en measures_de measures_en sha256
contracts.DpaSignature | digest: document_sha256 sha256
contracts.DpaReviewItem | code: code
contracts.DpaEvent | code: code params
contracts.DirectoryVersion | ours: note withdrawn_because
contracts.ProcessingAgreement | ours: offered_text
contracts.SubprocessorEntry | organisation: name service data_categories place safeguards
knowledge.Category | ours: name_de name_en description_de description_en
knowledge.Article | where it was imported from: source
knowledge.ArticleText | made of the title when it is published: slug
knowledge.ArticleText | made anew of what is replaced: heading search
knowledge.ArticleFile | digest: key file content_type sha256
knowledge.Feedback | digest: visitor
knowledge.Word | single words of articles, made anew when an article changes: word
knowledge.SynonymSet | ours: words
tickets.Ticket | code: number rank_key
tickets.TicketEvent | code: kind
tickets.QueueStay | code: rank_key level_name
tickets.LiveChange | code: left_key
tickets.ApprovalRequest | code: currency
tickets.Recalculation | ours: what
tickets.Consent | code: capabilities
tickets.Attachment | digest: key content_type sha256 sound
tickets.Delivery | digest: mail_id
tickets.CoverageSlice | code: reason_code currency
tickets.AlertSource | digest: token_sha256
tickets.Alert | digest: fingerprint
tickets.HeldFile | digest: key
tickets.HeldFile | reasons of the detection, nothing of the content: codes
tickets.RemoteTool | ours: name link_template
tickets.RemoteSession | code: opened_by
billing.Statement | code: number currency language digest
billing.Charge | code: key ticket_number reason_code currency
billing.Charge | ours: title_de title_en
billing.Seller | organisation: line_one line_two postcode city country vat_id name tax_number contact_name
billing.Seller | organisation: email phone iban bic bank register_entry
billing.BillingParty | organisation: postcode country vat_id
billing.CloseJob | code: error
calls.PhoneSystem | code: name region area_code networks numbers_pushed sounds queue
calls.PhoneSystem | digest: secret_sha256 former_secret_sha256 signing_key
calls.PhoneSystem | code: ari_url ari_user ari_password ami_host ami_user ami_password
calls.PhoneSystem | machine: reconcile_error numbers_error
calls.ServiceNumber | organisation: number
calls.ServiceNumber | ours: announcement
calls.Call | code: external_id line_why cause standing tried
calls.CallStep | code: event rule
calls.Voicemail | code: recording
calls.Voicemail | digest: sha256
calls.Voicemail | machine: error
calls.CallChore | machine: error
privacy.PrivacyJob | ids and codes: choices counts fault sha256
privacy.RetentionRule | code: kind
"""

INVENTORY: Mapping[str, Column] = dict(
    [
        *_table(_PERSON_REPLACED, Whose.PERSON, Erasure.REPLACED),
        *_table(_EMPTIED, Whose.PERSON, Erasure.EMPTIED),
        *_table(_CONTENT, Whose.PERSON, Erasure.CONTENT),
        *_table(_ROOM, Whose.PERSON, Erasure.ROOM),
        *_table(_ANYBODY_REPLACED, Whose.ANYBODY, Erasure.REPLACED),
        *_table(_ROWS, Whose.PERSON, Erasure.ROW),
        *_table(_SEALED, Whose.ANYBODY, Erasure.SEALED),
        *_table(_STAFF, Whose.STAFF, Erasure.NOTHING),
        *_table(_LAW, Whose.ANYBODY, Erasure.LAW),
        *_table(_UNSEALED, Whose.ANYBODY, Erasure.UNSEALED),
        *_table(_FILES, Whose.PERSON, Erasure.FILE),
        *_table(_NOBODYS, Whose.NOBODY, Erasure.NOTHING),
    ]
)
"""`app.Model.column` → how it is treated."""

NOT_MODELS: Mapping[str, str] = {
    "accounts_throttle": "attempts counted by address and user, gone after minutes; those of the person go",
    "django_migrations": "names of migrations",
}
"""Tables without a model, and why they need no line above."""
