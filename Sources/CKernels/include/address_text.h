#pragma once
#include <stdint.h>

/// Reads IPv4 addresses in text (four decimal numbers of at most 255 without leading zeros, joined
/// by dots), of `count` fields: field i lies between the positions `befores[i * stride]` and
/// `afters[i * stride]` in `bytes`. Where a field starts with `quote`, its first and last byte are
/// left out; -1 where none does.
///
/// Where a field is such an address, its number goes to `numbers[i]` and 1 to `is_address[i]`; where
/// it is not, `numbers[i]` is 0 and so is `is_address[i]`. 16 bytes after each field's start must be
/// readable. Picks SSE4.1 where the processor has it; both variants write the same.
void read_ipv4_fields(const uint8_t *bytes, const uint32_t *befores, const uint32_t *afters,
                      uint32_t stride, uint32_t count, int quote, uint32_t *numbers,
                      uint8_t *is_address);

/// The same, byte by byte: the reference for `read_ipv4_fields`.
void read_ipv4_fields_scalar(const uint8_t *bytes, const uint32_t *befores, const uint32_t *afters,
                             uint32_t stride, uint32_t count, int quote, uint32_t *numbers,
                             uint8_t *is_address);
