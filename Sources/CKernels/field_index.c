#include "field_index.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static inline uint32_t block_length(uint32_t at, uint32_t to) { return to - at < 64 ? to - at : 64; }

/// How quotes stand between blocks.
struct quote_state {
  /// All bits set inside quotes.
  uint64_t inside;
  /// 1 where the byte before is a separator or a quote, so that a quote may open.
  uint64_t may_open;
  /// 1 where the byte before closed a quote, so that a separator or a quote must follow.
  uint64_t has_closed;
};

/// The marks of a block of 64 bytes, a bit each.
struct marks {
  uint64_t delimiters, line_feeds, carriage_returns, quotes;
};

/// `inclusive` has bit i set where an odd number of quotes lies in bits 0 ... i.
static inline uint64_t outside(struct marks m, uint64_t inclusive, uint64_t valid,
                               struct quote_state *state, struct field_scan *r) {
  uint64_t line_ends = m.line_feeds | m.carriage_returns;
  uint64_t in = inclusive ^ state->inside;
  uint64_t separators = (m.delimiters | line_ends) & ~in;
  uint64_t opens = m.quotes & in;
  uint64_t closes = m.quotes & ~in;
  uint64_t bounds = separators | m.quotes;
  uint64_t misplaced = (opens & ~(bounds << 1 | state->may_open)) |
                       ((closes << 1 | state->has_closed) & ~bounds & valid);
  r->is_malformed |= misplaced != 0;
  r->has_quotes |= m.quotes != 0;
  r->has_doubled_quotes |= ((closes << 1 | state->has_closed) & opens) != 0;
  r->quoted_line_ends += (uint32_t)__builtin_popcountll(line_ends & in);
  state->inside = (uint64_t)((int64_t)in >> 63);
  state->may_open = bounds >> 63;
  state->has_closed = closes >> 63;
  return separators;
}

void scan_fields_scalar(const uint8_t *bytes, uint32_t from, uint32_t to, uint8_t delimiter,
                        int quote, uint32_t *positions, uint32_t capacity,
                        struct field_scan *result) {
  struct field_scan r = {.end = from};
  struct quote_state state = {.may_open = 1};
  while (r.end < to && capacity - r.count >= 64) {
    uint32_t length = block_length(r.end, to);
    struct marks m = {0};
    uint64_t inclusive = 0, parity = 0;
    for (uint32_t i = 0; i < 64; i++) {
      uint8_t byte = bytes[r.end + i];
      uint64_t bit = i < length;
      m.delimiters |= (bit & (byte == delimiter)) << i;
      m.line_feeds |= (bit & (byte == '\n')) << i;
      m.carriage_returns |= (bit & (byte == '\r')) << i;
      m.quotes |= (bit & (byte == quote)) << i;
      parity ^= m.quotes >> i & 1;
      inclusive |= parity << i;
    }
    uint64_t valid = length == 64 ? ~0ull : (1ull << length) - 1;
    uint64_t found = outside(m, inclusive, valid, &state, &r);
    if (r.is_malformed) break;
    for (uint32_t i = 0; i < length; i++) {
      if (found >> i & 1) positions[r.count++] = r.end + i;
    }
    r.line_feeds += (uint32_t)__builtin_popcountll(m.line_feeds & found);
    r.carriage_returns += (uint32_t)__builtin_popcountll(m.carriage_returns & found);
    r.end += length;
  }
  *result = r;
}

#if defined(__x86_64__)

struct block {
  __m256i low, high;
};

__attribute__((target("avx2"), always_inline)) static inline uint64_t matches(struct block b,
                                                                              uint8_t byte) {
  __m256i wanted = _mm256_set1_epi8((char)byte);
  uint32_t low = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(b.low, wanted));
  uint32_t high = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(b.high, wanted));
  return (uint64_t)high << 32 | low;
}

__attribute__((target("avx2,bmi,popcnt,pclmul"))) static void scan_fields_avx2(
    const uint8_t *bytes, uint32_t from, uint32_t to, uint8_t delimiter, int quote,
    uint32_t *positions, uint32_t capacity, struct field_scan *result) {
  struct field_scan r = {.end = from};
  struct quote_state state = {.may_open = 1};
  while (r.end < to && capacity - r.count >= 64) {
    uint32_t length = block_length(r.end, to);
    uint64_t valid = length == 64 ? ~0ull : (1ull << length) - 1;
    struct block b = {_mm256_loadu_si256((const __m256i *)(bytes + r.end)),
                      _mm256_loadu_si256((const __m256i *)(bytes + r.end + 32))};
    struct marks m = {.delimiters = matches(b, delimiter) & valid,
                      .line_feeds = matches(b, '\n') & valid,
                      .carriage_returns = matches(b, '\r') & valid};
    uint64_t found = m.delimiters | m.line_feeds | m.carriage_returns;
    if (quote >= 0) {
      m.quotes = matches(b, (uint8_t)quote) & valid;
      if (m.quotes | state.inside | state.has_closed) {
        // A carry-less product with all ones is the prefix XOR.
        __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, (int64_t)m.quotes),
                                               _mm_set1_epi8(-1), 0);
        found = outside(m, (uint64_t)_mm_cvtsi128_si64(product), valid, &state, &r);
        if (r.is_malformed) break;
      } else {
        state.may_open = found >> 63;
      }
    }
    uint32_t *next = positions + r.count;
    uint32_t count = (uint32_t)_mm_popcnt_u64(found);
    r.line_feeds += (uint32_t)_mm_popcnt_u64(m.line_feeds & found);
    r.carriage_returns += (uint32_t)_mm_popcnt_u64(m.carriage_returns & found);
    // Eight at a time, whether or not there are as many: the branch is then predictable.
    for (uint32_t done = 0; done < count; done += 8) {
      for (uint32_t k = 0; k < 8; k++) {
        next[done + k] = r.end + (uint32_t)_tzcnt_u64(found);
        found = _blsr_u64(found);
      }
    }
    r.count += count;
    r.end += length;
  }
  *result = r;
}

#endif

void scan_fields(const uint8_t *bytes, uint32_t from, uint32_t to, uint8_t delimiter, int quote,
                 uint32_t *positions, uint32_t capacity, struct field_scan *result) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
      __builtin_cpu_supports("pclmul")) {
    scan_fields_avx2(bytes, from, to, delimiter, quote, positions, capacity, result);
    return;
  }
#endif
  scan_fields_scalar(bytes, from, to, delimiter, quote, positions, capacity, result);
}
