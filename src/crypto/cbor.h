/* crypto/cbor.h: as much of CBOR (RFC 8949) as it takes to find one member of an attestation object. libfido2 decodes
 * what lies inside, but takes no whole object.
 *   B1  Definite lengths only, as CTAP2 demands; at most 8 deep; nothing is copied. */
#pragma once
#include "base/reader.h"

/* The byte string under the text key @key of the map that is the whole of @bytes; @length gets its length. Borrowed.
 * NULL where that is no such map, or something follows it. */
const guint8 *cbor_find_bytes(const guint8 *bytes, gsize size, const char *key, gsize *length);
