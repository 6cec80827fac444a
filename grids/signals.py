"""What the streets tell others, always after the fact is safely in the database."""

from django.dispatch import Signal

case_moved = Signal()
"""sent with case_id (int) and move (a name of grids.workflow.MOVES, or "report" for a new case)"""

patrol_finished = Signal()
"""sent with patrol_id (int)"""
