"""What accounts tells the floors above. Sent inside the transaction that wrote the fact."""

from django.dispatch import Signal

# phone: str, code: str. A code has to reach a phone; whoever listens writes it into the outbox.
code_issued = Signal()

# user: User. Asks for the address at which this person begins; the first answer that is not empty is taken.
landing_asked = Signal()

# user: User. Asks whether this account opens so much that a one-time code is not enough; one yes decides.
password_asked = Signal()
