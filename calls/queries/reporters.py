"""In whose name a call becomes a ticket. The dialled number decides: the caller's can be forged."""

from dataclasses import dataclass

from accounts.queries.company import firm
from calls.models import Call
from customers.models import Contact, Customer


@dataclass(frozen=True)
class Reporter:
    """Whose ticket it is. `customer` None: nobody's that we know. `contact`: their known contact.

    `is_theirs`: the caller's number is known as one of this customer's.
    """

    customer: Customer | None = None
    contact: Contact | None = None
    is_theirs: bool = False

    @property
    def name(self) -> str:
        """Who calls, as far as the number says; "" for nobody that we know."""
        if self.contact is not None:
            return self.contact.name
        return self.customer.name if self.customer is not None and self.is_theirs else ""

    @property
    def language(self) -> str:
        """The contact's, else the firm's."""
        return self.contact.language if self.contact else firm().language


def reporter_of(call: Call) -> Reporter:
    """On a service number whoever had it then; else whoever the caller's number belongs to, if one.

    The caller is named as contact where the number is known as that of one person of this customer.
    """
    caller = call.customer if call.match == Call.Match.KNOWN else None
    customer = call.holder or caller
    is_theirs = caller is not None and caller == customer
    return Reporter(customer, call.contact if is_theirs else None, is_theirs)
