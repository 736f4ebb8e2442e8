#pragma once
#include <stdint.h>

/// Reads decimal numbers of one to eight digits in text, of `count` fields: field i lies between the
/// positions `befores[i * stride]` and `afters[i * stride]` in `bytes`. Where a field starts with
/// `quote`, its first and last byte are left out; -1 where none does.
///
/// Where a field is such a number it goes to `numbers[i]`, and `other` where it is not; returns how
/// many are not. Eight bytes after each field's start must be readable. Picks AVX2 where the
/// processor has it; both variants write the same.
uint32_t read_number_fields(const uint8_t *bytes, const uint32_t *befores, const uint32_t *afters,
                            uint32_t stride, uint32_t count, int quote, int64_t other,
                            int64_t *numbers);

/// The same, byte by byte: the reference for `read_number_fields`.
uint32_t read_number_fields_scalar(const uint8_t *bytes, const uint32_t *befores,
                                   const uint32_t *afters, uint32_t stride, uint32_t count,
                                   int quote, int64_t other, int64_t *numbers);
