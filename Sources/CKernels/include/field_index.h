#pragma once
#include <stdint.h>

/// What a scan of delimited text met.
struct field_scan {
  /// Positions written.
  uint32_t count;
  /// First byte not looked at: `to`, or earlier where `positions` was full or a quote is misplaced.
  uint32_t end;
  /// Line feeds and carriage returns among the positions.
  uint32_t line_feeds;
  uint32_t carriage_returns;
  /// Line feeds and carriage returns inside quotes.
  uint32_t quoted_line_ends;
  /// Nonzero where there are quotes.
  uint32_t has_quotes;
  /// Nonzero where there are quotes inside quotes, which are doubled.
  uint32_t has_doubled_quotes;
  /// Nonzero where a quote opens in the middle of a field, or text follows a closing quote.
  uint32_t is_malformed;
};

/// Writes the positions of all delimiters, line feeds and carriage returns in `bytes[from ..< to]`
/// that are not inside quotes to `positions`, ascending. `from` is the start of a field. `quote` is
/// a byte, or -1 where text is never quoted; a quote inside a quoted field is doubled.
///
/// 64 bytes after `to` must be readable. The scan stops while fewer than 64 of `capacity` are free.
/// Picks AVX2 where the processor has it; both variants write the same.
void scan_fields(const uint8_t *bytes, uint32_t from, uint32_t to, uint8_t delimiter, int quote,
                 uint32_t *positions, uint32_t capacity, struct field_scan *result);

/// The same, byte by byte: the reference for `scan_fields`.
void scan_fields_scalar(const uint8_t *bytes, uint32_t from, uint32_t to, uint8_t delimiter,
                        int quote, uint32_t *positions, uint32_t capacity,
                        struct field_scan *result);
