#include "field_index.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static inline uint32_t block_length(uint32_t at, uint32_t to) { return to - at < 64 ? to - at : 64; }

void scan_fields_scalar(const uint8_t *bytes, uint32_t from, uint32_t to, uint8_t delimiter,
                       int quote, uint32_t *positions, uint32_t capacity,
                       struct field_scan *result) {
  struct field_scan r = {0, from, 0, 0, 0};
  while (r.end < to && capacity - r.count >= 64) {
    uint32_t length = block_length(r.end, to);
    for (uint32_t i = 0; i < length; i++) {
      if (bytes[r.end + i] == quote) r.met_quote = 1;
    }
    if (r.met_quote) break;
    for (uint32_t i = 0; i < length; i++) {
      uint8_t byte = bytes[r.end + i];
      if (byte == delimiter || byte == '\n' || byte == '\r') positions[r.count++] = r.end + i;
      r.line_feeds += byte == '\n';
      r.carriage_returns += byte == '\r';
    }
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

__attribute__((target("avx2,bmi,popcnt"))) static void scan_fields_avx2(
    const uint8_t *bytes, uint32_t from, uint32_t to, uint8_t delimiter, int quote,
    uint32_t *positions, uint32_t capacity, struct field_scan *result) {
  struct field_scan r = {0, from, 0, 0, 0};
  while (r.end < to && capacity - r.count >= 64) {
    uint32_t length = block_length(r.end, to);
    uint64_t valid = length == 64 ? ~0ull : (1ull << length) - 1;
    struct block b = {_mm256_loadu_si256((const __m256i *)(bytes + r.end)),
                      _mm256_loadu_si256((const __m256i *)(bytes + r.end + 32))};
    if (quote >= 0 && (matches(b, (uint8_t)quote) & valid)) {
      r.met_quote = 1;
      break;
    }
    uint64_t line_feeds = matches(b, '\n') & valid;
    uint64_t carriage_returns = matches(b, '\r') & valid;
    uint64_t found = (matches(b, delimiter) & valid) | line_feeds | carriage_returns;
    uint32_t *next = positions + r.count;
    uint32_t count = (uint32_t)_mm_popcnt_u64(found);
    // Eight at a time, whether or not there are as many: the branch is then predictable.
    for (uint32_t done = 0; done < count; done += 8) {
      for (uint32_t k = 0; k < 8; k++) {
        next[done + k] = r.end + (uint32_t)_tzcnt_u64(found);
        found = _blsr_u64(found);
      }
    }
    r.count += count;
    r.line_feeds += (uint32_t)_mm_popcnt_u64(line_feeds);
    r.carriage_returns += (uint32_t)_mm_popcnt_u64(carriage_returns);
    r.end += length;
  }
  *result = r;
}

#endif

void scan_fields(const uint8_t *bytes, uint32_t from, uint32_t to, uint8_t delimiter, int quote,
                uint32_t *positions, uint32_t capacity, struct field_scan *result) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi")) {
    scan_fields_avx2(bytes, from, to, delimiter, quote, positions, capacity, result);
    return;
  }
#endif
  scan_fields_scalar(bytes, from, to, delimiter, quote, positions, capacity, result);
}
