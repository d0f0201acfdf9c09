/* http/problem.h: errors for the outside, RFC 9457 problem details (`application/problem+json`).
 * Members: type, title, status, detail, code, pointer?, request_id, and those of the caller.
 *   E1  The kind of the error decides the status; a stable code of the table in problem.c refines it (412, 415,
 *       429...).
 *   E2  A 5xx tells what was meant for the outside only: the sentence of COMITY_ERROR_IO and COMITY_ERROR_DAMAGED, and
 *       of any 5xx without a code, goes to the log with the request's id, never to the client. */
#pragma once
#include "base/error.h"
#include "http/response.h"

/* Codes of this library; a feature may use them too. Their statuses stand beside them. */
#define HTTP_CODE_PRECONDITION "http.precondition"     /* 412 */
#define HTTP_CODE_PRECONDITION_MISSING "http.if_match" /* 428 */
#define HTTP_CODE_MEDIA_TYPE "http.media_type"         /* 415 */
#define HTTP_CODE_RATE "http.rate"                     /* 429 */
#define HTTP_CODE_METHOD "http.method"                 /* 405 */
#define HTTP_CODE_TOO_LARGE "http.too_large"           /* 413 */
#define HTTP_CODE_BUSY "http.busy"                     /* 503 */
#define HTTP_CODE_FULL "http.no_room"                  /* 507 */
#define HTTP_CODE_BODY "http.body"                     /* 400: JSON that is not what the profile allows */

/* The status for @error: kind and code (E1). */
guint http_problem_status(const GError *error);
/* Fills @response with the problem of @error for @request. Where the handler set a status of 400 or more before it
 * failed, that one stands. Headers that the handler set stay (Retry-After, Upload-Offset). Logs what E2 hides. */
void http_problem_fill(HttpResponse *response, const HttpRequest *request, const GError *error);
/* The same with more members; @members (taken, may be NULL) may not replace the standard ones. */
void http_problem_fill_with(HttpResponse *response, const HttpRequest *request, const GError *error, json_t *members);
