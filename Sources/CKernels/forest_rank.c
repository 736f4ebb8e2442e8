#include "forest_kernels.h"
#include "forest_targets.h"
#include <string.h>

uint32_t forest_float_key(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits ^ ((uint32_t)((int32_t)bits >> 31) | 0x80000000u);
}

/// The bucket in which each value's rank is sought; values outside all buckets use the nearest.
static inline __attribute__((always_inline)) void find_buckets(
    const forest_ranking *ranking, const float *values, uint32_t *buckets) {
  const uint32_t first_key = ranking->first_key;
  const uint32_t last = ranking->bucket_count - 1;
  for (size_t row = 0; row < forest_block_rows; row++) {
    uint32_t key = forest_float_key(values[row]);
    uint32_t offset = key < first_key ? 0 : key - first_key;
    uint32_t bucket = offset >> ranking->key_shift;
    buckets[row] = bucket < last ? bucket : last;
  }
}

/// The first of at most eight thresholds among which the value's rank is decided.
static inline __attribute__((always_inline)) uint32_t narrow(
    const forest_ranking *ranking, uint32_t bucket, float value) {
  uint32_t low = ranking->starts[bucket];
  if (ranking->has_wide_buckets) {
    uint32_t width = ranking->starts[bucket + 1] - low;
    while (width > 8) {
      uint32_t half = width / 2;
      low += ranking->thresholds[low + half - 1] < value ? half : 0;
      width -= half;
    }
  }
  return low;
}

/// Replaces the ranks of missing values.
static inline __attribute__((always_inline)) void mark_missing(
    const float *values, int16_t *ranks) {
  for (size_t row = 0; row < forest_block_rows; row++)
    ranks[row] = values[row] == values[row] ? ranks[row] : forest_missing_rank;
}

static void rank_plain(const forest_ranking *ranking, const float *values, int16_t *ranks) {
  uint32_t buckets[forest_block_rows];
  find_buckets(ranking, values, buckets);
  for (size_t row = 0; row < forest_block_rows; row++) {
    uint32_t low = narrow(ranking, buckets[row], values[row]);
    uint32_t rank = low;
    for (uint32_t i = 0; i < 8; i++) rank += ranking->thresholds[low + i] < values[row];
    ranks[row] = (int16_t)rank;
  }
  mark_missing(values, ranks);
}

#ifdef FOREST_X86
__attribute__((target("avx2,popcnt"))) static void rank_avx2(
    const forest_ranking *ranking, const float *values, int16_t *ranks) {
  uint32_t buckets[forest_block_rows];
  find_buckets(ranking, values, buckets);
  for (size_t row = 0; row < forest_block_rows; row++) {
    uint32_t low = narrow(ranking, buckets[row], values[row]);
    __m256 isBelow = _mm256_cmp_ps(
        _mm256_loadu_ps(ranking->thresholds + low), _mm256_set1_ps(values[row]), _CMP_LT_OQ);
    ranks[row] = (int16_t)(low + (uint32_t)__builtin_popcount((unsigned)_mm256_movemask_ps(isBelow)));
  }
  mark_missing(values, ranks);
}
#endif

void forest_rank(
    forest_instructions instructions, const forest_ranking *ranking, const float *values,
    int16_t *ranks) {
#ifdef FOREST_X86
  if (instructions != forest_plain) {
    rank_avx2(ranking, values, ranks);
    return;
  }
#endif
  rank_plain(ranking, values, ranks);
}
