from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """Keyset pages: the hundredth page costs what the first does, and no count over the history is made."""

    ordering = "-pk"
    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 200
