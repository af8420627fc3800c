"""Errors as RFC 9457 problem documents: one shape for the API, the webhooks and whoever reads them."""

from __future__ import annotations

import errno
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.serializers import as_serializer_error

CONTENT_TYPE = "application/problem+json"
NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})


class LongwaveError(Exception):
    """Base of our errors: a sentence for people, and where it helps the field that is wrong.

    Attributes:
        status: the HTTP status a door answers with.
        title: the kind of problem, the same for every instance.

    """

    status: ClassVar[int] = 400
    title: ClassVar[str] = "This cannot be done"

    def __init__(self, detail: str, *, field: str = "") -> None:
        """Keep the sentence, and the field's name if one is to blame."""
        super().__init__(detail)
        self.detail = detail
        self.field = field

    def document(self) -> dict[str, Any]:
        """Return the problem document."""
        body: dict[str, Any] = {"title": self.title, "status": self.status, "detail": self.detail}
        if self.field:
            body["errors"] = [{"field": self.field, "detail": self.detail}]
        return body

    def headers(self) -> dict[str, str]:
        """Return headers that belong to the answer, such as ``Retry-After``."""
        return {}


class NoSpaceError(LongwaveError):
    """A disk is full."""

    status: ClassVar[int] = 507
    title: ClassVar[str] = "No space left"


def problem_response(error: LongwaveError) -> JsonResponse:
    """Answer a plain Django view's caller with a problem document."""
    return JsonResponse(error.document(), status=error.status, content_type=CONTENT_TYPE, headers=error.headers())


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn every error the API raises into a problem document (DRF's ``EXCEPTION_HANDLER``)."""
    # Importing DRF's views imports the classes that settings name, and those import this module.
    from rest_framework.views import exception_handler as drf_exception_handler  # noqa: PLC0415 - see above
    from rest_framework.views import set_rollback  # noqa: PLC0415 - see above

    if isinstance(error, OSError) and error.errno in NO_SPACE:
        error = NoSpaceError("The disk is full: nothing was stored. Free some space, then try again.")
    if isinstance(error, LongwaveError):
        set_rollback()
        return Response(error.document(), status=error.status, content_type=CONTENT_TYPE, headers=error.headers())
    if isinstance(error, DjangoValidationError):
        error = exceptions.ValidationError(as_serializer_error(error))
    response = drf_exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        response.status_code = 422  # 400 is left to what is no JSON at all
    response.data = _document(error, response)
    response.content_type = CONTENT_TYPE
    return response


def not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:  # noqa: ARG001
    """Answer for an API path that does not exist."""
    body = {"title": "Not found", "status": 404, "detail": f"Nothing lives at {request.path}."}
    return JsonResponse(body, status=404, content_type=CONTENT_TYPE)


def _document(error: Exception, response: Response) -> dict[str, Any]:
    title = _title(error)
    body: dict[str, Any] = {"title": title, "status": response.status_code}
    if isinstance(error, exceptions.ValidationError):
        errors = list(_fields(response.data))
        body["detail"] = "; ".join(f"{e['field']}: {e['detail']}" for e in errors)
        body["errors"] = errors
    else:
        data = response.data
        body["detail"] = str(data.get("detail", title)) if isinstance(data, dict) else title
    return body


def _title(error: Exception) -> str:
    if isinstance(error, exceptions.ValidationError):
        return "Something in the request is not valid"
    if isinstance(error, Http404):
        return "Not found"
    if isinstance(error, PermissionDenied):
        return "Not allowed"
    if isinstance(error, exceptions.APIException):
        return str(error.default_detail).rstrip(".")
    return "Error"


def _fields(data: Any, path: str = "") -> list[dict[str, str]]:
    if isinstance(data, dict):
        return [e for key, value in data.items() for e in _fields(value, f"{path}.{key}" if path else str(key))]
    if isinstance(data, list):
        return [e for value in data for e in _fields(value, path)]
    return [{"field": path or "body", "detail": str(data)}]
